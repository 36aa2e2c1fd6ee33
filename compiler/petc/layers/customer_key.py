"""A customer key: brought as a parameter, or made with its alias and its policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from awacs import kms
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import GetAtt, Ref, Sub
from troposphere import kms as kms_resources

from petc.layers import iam, key_use
from petc.layers.base import Draft

USE = (
    kms.Encrypt,
    kms.Decrypt,
    kms.Action("ReEncrypt*"),
    kms.Action("GenerateDataKey*"),
    kms.DescribeKey,
)
"""What CloudWatch Logs needs, and what a full use of the key is.

Source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
"""

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
"""What looks after a key, and neither encrypts nor decrypts. `PutKeyPolicy` is among it, so that the account is
never locked out: AWS KMS Developer Guide, "Default key policy".
"""

THIS_KEY = "in a key policy * means this key"
"""Reason for a `*` in a key policy."""

ACCOUNT = Principal("AWS", [Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")])
"""The account itself: its IAM policies decide further."""

REASONS = {
    "AccountAdministers": f"{THIS_KEY}; without this statement nobody could ever change or delete it",
    "UseThroughServices": f"{THIS_KEY}; IAM policies of this account decide who may",
    "GrantThroughServices": f"{THIS_KEY}; a service keeps what it encrypted readable by a grant to itself",
}
"""Reasons for each `*` of `for_account`, by Sid."""

_AT = "/encryption/key"


def given(draft: Draft, holds: str, make: Callable[[Draft], kms_resources.Key]) -> Any | None:
    """Bring the key or `make` it, and return its ARN; return None where AWS's own keys encrypt.

    `holds` says what the key encrypts.
    """
    kind = draft.stage.encryption.key
    if kind == "aws":
        return None
    if kind == "existing":
        return Ref(draft.parameter("KeyArn", f"ARN of the key of {holds}", lambda region: region.kms_key))
    return GetAtt(make(draft), "Arn")


def add(
    draft: Draft,
    title: str,
    holds: str,
    document: PolicyDocument,
    *,
    alias: str,
    why: str,
    reasons: dict[str, str],
) -> kms_resources.Key:
    """Add a key that is renewed every year, and the alias `<name>-<stage>-<alias>`.

    `reasons` explain each `*` of its policy by Sid; those of Sids that it lacks are left out.
    """
    stage = draft.stage
    sids = {statement.properties["Sid"] for statement in document.properties["Statement"]}
    key = draft.add_stateful(
        kms_resources.Key(
            title,
            Description=f"{holds[0].upper()}{holds[1:]} of {stage.name} {stage.stage}",
            EnableKeyRotation=True,
            KeyPolicy=document,
            PendingWindowInDays=30 if stage.keep else 7,
        ),
        _AT,
        why=why,
        reasons={sid: reason for sid, reason in reasons.items() if sid in sids},
    )
    draft.add(
        kms_resources.Alias(
            f"{title}Alias", AliasName=f"alias/{stage.name}-{stage.stage}-{alias}", TargetKeyId=Ref(key)
        ),
        _AT,
        why="the name under which people find the key",
    )
    return key


def for_log_groups(sid: str, *groups: str) -> Statement:
    """Return the statement that CloudWatch Logs encrypts the log groups of these names with the key."""
    here = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    named = [Sub(here + group) for group in groups]
    return iam.allow_service(
        sid,
        Sub("logs.${AWS::Region}.${AWS::URLSuffix}"),
        USE,
        ["*"],
        Condition(ArnLike({"kms:EncryptionContext:aws:logs:arn": named})),
    )


def for_account(services: Iterable[str]) -> tuple[Statement, ...]:
    """Let the account look after a key, and use it by way of these services alone, never by hand.

    What a service does in the name of a caller carries the service in `kms:ViaService`; who may call is for the IAM
    policies of the account to say.
    """
    through = StringEquals(
        {
            "kms:CallerAccount": Ref("AWS::AccountId"),
            "kms:ViaService": [key_use.via(service) for service in services],
        }
    )

    def admitted(sid: str, actions: tuple[Action, ...], condition: Condition | None = None) -> Statement:
        optional = {"Condition": condition} if condition else {}
        return Statement(
            Sid=sid, Effect=Allow, Principal=ACCOUNT, Action=list(actions), Resource=["*"], **optional
        )

    return (
        admitted("AccountAdministers", _ADMINISTRATION),
        admitted("UseThroughServices", USE, Condition(through)),
        admitted(
            "GrantThroughServices",
            (kms.CreateGrant,),
            Condition([through, Bool({"kms:GrantIsForAWSResource": "true"})]),
        ),
    )
