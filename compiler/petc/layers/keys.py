"""The customer key of logs, messages and hand-put secrets: made, brought, or left to AWS."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs.aws import (
    Allow,
    ArnLike,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringLike,
)
from troposphere import GetAtt, Ref, Sub
from troposphere import kms as kms_resources

from petc.layers import contracts, iam
from petc.layers.base import Draft
from petc.model.types import Stage

_USE = [
    kms.Encrypt,
    kms.Decrypt,
    kms.Action("ReEncrypt*"),
    kms.Action("GenerateDataKey*"),
    kms.DescribeKey,
]
"""What CloudWatch Logs needs; CloudWatch Logs user guide, "Encrypt log data using AWS KMS"."""

_MESSAGES = [kms.Decrypt, kms.Action("GenerateDataKey*")]
"""What publishing to an encrypted topic or queue needs; Amazon SNS developer guide, "Key management"."""

_PUBLISHERS = ("cloudwatch", "events", "sns")

_HERE = "${AWS::Region}:${AWS::AccountId}"

_THIS_KEY = "in a key policy * means this key"

_REASONS = {
    "Administration": "without it nobody could change the key; the account's IAM policies decide who may",
    "Logs": _THIS_KEY,
    "Messages": _THIS_KEY,
    "TrailEncrypts": _THIS_KEY,
    "TrailDescribes": _THIS_KEY,
}


def emit_key(draft: Draft) -> Any:
    """Add or bring the stage's key, export and return its ARN; return None when AWS's keys serve."""
    stage = draft.stage
    if stage.encryption.key == "aws":
        return None
    if stage.encryption.key == "existing":
        parameter = draft.parameter("KmsKeyArn", "ARN of the brought key", lambda region: region.kms_key)
        arn: Any = Ref(parameter)
    else:
        arn = GetAtt(_make(draft), "Arn")
    draft.export(contracts.KEY_ARN, arn)
    return arn


def _make(draft: Draft) -> kms_resources.Key:
    stage = draft.stage
    at = "/encryption/key"
    document = _policy(stage)
    sids = {statement.properties["Sid"] for statement in document.properties["Statement"]}
    key = draft.add_stateful(
        kms_resources.Key(
            "Key",
            Description=f"Logs, messages and hand-put secrets of {stage.name} {stage.stage}",
            EnableKeyRotation=True,
            PendingWindowInDays=30 if stage.keep else 7,
            KeyPolicy=document,
        ),
        at,
        why="encrypts logs, messages and hand-put secrets",
        reasons={sid: reason for sid, reason in _REASONS.items() if sid in sids},
    )
    draft.add(
        kms_resources.Alias(
            "KeyAlias", AliasName=f"alias/{stage.name}-{stage.stage}-operations", TargetKeyId=Ref(key)
        ),
        at,
        why="name under which people find the key",
    )
    return key


def _policy(stage: Stage) -> PolicyDocument:
    root = Principal("AWS", [Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")])
    groups = [f"{stage.root}/*", "aws-waf-logs-*"]
    logs = [Sub(f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}") for group in groups]
    statements = [
        Statement(
            Sid="Administration", Effect=Allow, Principal=root, Action=[kms.Action("*")], Resource=["*"]
        ),
        Statement(
            Sid="Logs",
            Effect=Allow,
            Principal=Principal("Service", [Sub("logs.${AWS::Region}.${AWS::URLSuffix}")]),
            Action=_USE,
            Resource=["*"],
            Condition=Condition(ArnLike({"kms:EncryptionContext:aws:logs:arn": logs})),
        ),
        Statement(
            Sid="Messages",
            Effect=Allow,
            # The topic's publishers, and the topic itself where a queue takes what it could not deliver.
            Principal=Principal("Service", [f"{service}.amazonaws.com" for service in _PUBLISHERS]),
            Action=_MESSAGES,
            Resource=["*"],
            Condition=iam.same_account(),
        ),
        *(_trail() if _has_trail(stage) else ()),
    ]
    return iam.policy(*statements)


def _has_trail(stage: Stage) -> bool:
    """Whether layer aws-native makes a trail: rotation events reach EventBridge through one."""
    rotations = any(function.trigger.rotation_of for function in stage.functions.values())
    return rotations and stage.security.trail == "create"


def _trail() -> tuple[Statement, ...]:
    """AWS CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"."""
    trails = Sub(f"arn:${{AWS::Partition}}:cloudtrail:{_HERE}:trail/*")
    service = "cloudtrail.amazonaws.com"
    source = ArnLike({"aws:SourceArn": trails})
    context = StringLike({"kms:EncryptionContext:aws:cloudtrail:arn": trails})
    account = StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})
    return (
        iam.allow_service(
            "TrailEncrypts", service, [kms.Action("GenerateDataKey*")], ["*"], Condition([source, context])
        ),
        iam.allow_service("TrailDescribes", service, [kms.DescribeKey], ["*"], Condition([source, account])),
    )
