"""The customer key of databases and buckets: made, brought, or left to AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import kms
from awacs.aws import Action, Allow, ArnLike, Bool, Condition, Principal, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub
from troposphere import kms as kms_resources

from petc.layers import contracts, iam
from petc.layers.base import Draft

_AT = "/encryption/key"

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
_USE = (
    kms.Decrypt,
    kms.DescribeKey,
    kms.Encrypt,
    kms.Action("GenerateDataKey*"),
    kms.Action("ReEncrypt*"),
)
_SERVICES = ("rds", "s3", "secretsmanager")
"""What the key may be used through; AWS KMS Developer Guide, "kms:ViaService"."""

_THIS_KEY = "in a key policy * means this key"
_REASONS = {
    "AccountAdministers": f"{_THIS_KEY}; without this statement nobody could ever change or delete it",
    "UseThroughServices": f"{_THIS_KEY}; IAM policies of this account decide who may",
    "GrantThroughServices": f"{_THIS_KEY}; a database keeps its key by a grant to RDS",
    "DatabaseLogs": f"{_THIS_KEY}; the condition names the log groups of Aurora clusters",
}


def add_key(draft: Draft) -> Any | None:
    """Add the stage's data key, export it and return the expression for its ARN; None with AWS's own keys."""
    kind = draft.stage.encryption.key
    if kind == "aws":
        return None
    if kind == "existing":
        about = "ARN of the key of databases and buckets"
        arn: Any = Ref(draft.parameter("KeyArn", about, lambda region: region.kms_key))
    else:
        arn = GetAtt(_customer_key(draft), "Arn")
    draft.export(contracts.DATA_KEY_ARN, arn, description="Key of databases and buckets")
    return arn


def given(key: Any | None, property: str) -> Mapping[str, Any]:
    """Return `property` with the key's ARN, or nothing where AWS's own keys encrypt."""
    return {property: key} if key is not None else {}


def through(key: Any | None, sid: str, service: str, *actions: Action) -> list[Statement]:
    """Return the statement that a role may use the key by way of `service`; none with AWS's own keys."""
    if key is None:
        return []
    return [iam.allow(sid, actions, [key], Condition(StringEquals({"kms:ViaService": [_via(service)]})))]


def _customer_key(draft: Draft) -> kms_resources.Key:
    stage = draft.stage
    key = draft.add_stateful(
        kms_resources.Key(
            "DataKey",
            Description=f"Databases and buckets of {stage.name} {stage.stage}",
            EnableKeyRotation=True,
            KeyPolicy=iam.policy(*_policy()),
            PendingWindowInDays=30 if stage.keep else 7,
        ),
        _AT,
        why="encrypts databases, their credentials and logs, and buckets; renewed every year",
    )
    key.resource["Metadata"]["petc"]["reasons"] = dict(sorted(_REASONS.items()))
    draft.add(
        kms_resources.Alias(
            "DataKeyAlias", AliasName=f"alias/{stage.name}-{stage.stage}-data", TargetKeyId=Ref(key)
        ),
        _AT,
        why="the name under which people find the key",
    )
    return key


def _policy() -> tuple[Statement, ...]:
    """Let the account administer the key, and use it through the services alone, never by hand."""
    account = Principal("AWS", [Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")])
    services = [_via(service) for service in _SERVICES]
    through_services = StringEquals({"kms:CallerAccount": Ref("AWS::AccountId"), "kms:ViaService": services})
    groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/rds/cluster/*"

    def admitted(sid: str, actions: tuple[Action, ...], condition: Condition | None = None) -> Statement:
        optional = {"Condition": condition} if condition else {}
        return Statement(
            Sid=sid, Effect=Allow, Principal=account, Action=list(actions), Resource=["*"], **optional
        )

    return (
        admitted("AccountAdministers", _ADMINISTRATION),
        admitted("UseThroughServices", _USE, Condition(through_services)),
        admitted(
            "GrantThroughServices",
            (kms.CreateGrant,),
            Condition([through_services, Bool({"kms:GrantIsForAWSResource": "true"})]),
        ),
        iam.allow_service(
            "DatabaseLogs",
            Sub("logs.${AWS::Region}.${AWS::URLSuffix}"),
            _USE,
            ["*"],
            Condition(ArnLike({"kms:EncryptionContext:aws:logs:arn": Sub(groups)})),
        ),
    )


def _via(service: str) -> Sub:
    return Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")
