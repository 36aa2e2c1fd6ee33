"""The customer key of databases and buckets: made, brought, or left to AWS."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs.aws import Action, Allow, Bool, Condition, Statement, StringEquals
from troposphere import Ref
from troposphere import kms as kms_resources

from petc.layers import contracts, customer_key, iam, key_use
from petc.layers.base import Draft

_ADMINISTRATION = (
    *(kms.Action(f"{verb}*") for verb in ("Describe", "Disable", "Enable", "Get", "List", "Put", "Update")),
    kms.CancelKeyDeletion,
    kms.CreateAlias,
    kms.DeleteAlias,
    kms.RevokeGrant,
    kms.RotateKeyOnDemand,
    kms.ScheduleKeyDeletion,
    kms.TagResource,
    kms.UntagResource,
)
_SERVICES = ("rds", "s3", "secretsmanager")
"""What the key may be used through."""

_HOLDS = "databases and buckets"
_THIS_KEY = customer_key.THIS_KEY
_REASONS = {
    "AccountAdministers": f"{_THIS_KEY}; without this statement nobody could ever change or delete it",
    "UseThroughServices": f"{_THIS_KEY}; IAM policies of this account decide who may",
    "GrantThroughServices": f"{_THIS_KEY}; a database keeps its key by a grant to RDS",
    "DatabaseLogs": f"{_THIS_KEY}; the condition names the log groups of Aurora clusters",
}


def add_key(draft: Draft) -> Any | None:
    """Add the stage's data key, export it and return the expression for its ARN; None with AWS's own keys."""
    return customer_key.exported(draft, contracts.DATA_KEY_ARN, _HOLDS, _make)


def _make(draft: Draft) -> kms_resources.Key:
    return customer_key.add(
        draft,
        "DataKey",
        _HOLDS,
        iam.policy(*_policy()),
        alias="data",
        why="encrypts databases, their credentials and logs, and buckets; renewed every year",
        reasons=_REASONS,
    )


def _policy() -> tuple[Statement, ...]:
    """Let the account administer the key, and use it through the services alone, never by hand."""
    services = [key_use.via(service) for service in _SERVICES]
    through_services = StringEquals({"kms:CallerAccount": Ref("AWS::AccountId"), "kms:ViaService": services})

    def admitted(sid: str, actions: tuple[Action, ...], condition: Condition | None = None) -> Statement:
        optional = {"Condition": condition} if condition else {}
        return Statement(
            Sid=sid,
            Effect=Allow,
            Principal=customer_key.ACCOUNT,
            Action=list(actions),
            Resource=["*"],
            **optional,
        )

    return (
        admitted("AccountAdministers", _ADMINISTRATION),
        admitted("UseThroughServices", customer_key.USE, Condition(through_services)),
        admitted(
            "GrantThroughServices",
            (kms.CreateGrant,),
            Condition([through_services, Bool({"kms:GrantIsForAWSResource": "true"})]),
        ),
        customer_key.for_log_groups("DatabaseLogs", "/aws/rds/cluster/*"),
    )
