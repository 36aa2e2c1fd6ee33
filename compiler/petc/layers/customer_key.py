"""A customer key: brought as a parameter, or made with its alias and its policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from awacs import kms
from awacs.aws import ArnLike, Condition, PolicyDocument, Principal, Statement
from troposphere import GetAtt, Ref, Sub
from troposphere import kms as kms_resources

from petc.layers import iam
from petc.layers.base import Draft
from petc.layers.contracts import Value

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

THIS_KEY = "in a key policy * means this key"
"""Reason for a `*` in a key policy."""

ACCOUNT = Principal("AWS", [Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")])
"""The account itself: its IAM policies decide further."""

_AT = "/encryption/key"


def exported(
    draft: Draft, value: Value, holds: str, make: Callable[[Draft], kms_resources.Key]
) -> Any | None:
    """Bring the key or `make` it, export its ARN and return it; return None where AWS's own keys encrypt.

    `holds` says what the key encrypts.
    """
    kind = draft.stage.encryption.key
    if kind == "aws":
        return None
    if kind == "existing":
        arn: Any = Ref(draft.parameter("KeyArn", f"ARN of the key of {holds}", lambda region: region.kms_key))
    else:
        arn = GetAtt(make(draft), "Arn")
    draft.export(value, arn, description=f"Key of {holds}")
    return arn


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
