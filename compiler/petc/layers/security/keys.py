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
from troposphere import Ref, Sub
from troposphere import kms as kms_resources

from petc.layers import contracts, customer_key, iam
from petc.layers.base import Draft
from petc.model.types import Stage

_HOLDS = "logs, messages and hand-put secrets"

_MESSAGES = [kms.Decrypt, kms.Action("GenerateDataKey*")]
"""What publishing to an encrypted topic or queue needs; Amazon SNS developer guide, "Key management"."""

_SERVICES = ("ecr", "lambda", "secretsmanager", "sns", "sqs")
"""What the account uses the key through: images, the environment of functions, secrets, topics and queues.

CloudWatch Logs, CloudTrail, CloudWatch and EventBridge come in their own name.
"""

_PUBLISHERS = ("cloudwatch", "sns")

_THIS_KEY = customer_key.THIS_KEY

_REASONS = {
    **customer_key.REASONS,
    "Logs": _THIS_KEY,
    "Messages": _THIS_KEY,
    "EventsToTopics": _THIS_KEY,
    "EventsToQueues": _THIS_KEY,
    "TrailEncrypts": _THIS_KEY,
    "TrailDescribes": _THIS_KEY,
}


def emit_key(draft: Draft) -> Any | None:
    """Add or bring the stage's key, export and return its ARN; return None when AWS's keys serve."""
    arn = customer_key.given(draft, _HOLDS, _make)
    if arn is not None:
        draft.export(contracts.KEY_ARN, arn, description=f"Key of {_HOLDS}")
    return arn


def _make(draft: Draft) -> kms_resources.Key:
    return customer_key.add(
        draft,
        "Key",
        _HOLDS,
        _policy(draft.stage),
        alias="operations",
        why="encrypts logs, messages and hand-put secrets; renewed every year",
        reasons=_REASONS,
    )


def _policy(stage: Stage) -> PolicyDocument:
    return iam.policy(
        *customer_key.for_account(tuple(name for name in _SERVICES if name != "lambda" or stage.functions)),
        customer_key.for_log_groups("Logs", f"{stage.root}/*", "aws-waf-logs-*"),
        Statement(
            Sid="Messages",
            Effect=Allow,
            # The topic's publishers, and the topic itself where a queue takes what it could not deliver.
            Principal=Principal("Service", [f"{service}.amazonaws.com" for service in _PUBLISHERS]),
            Action=_MESSAGES,
            Resource=["*"],
            Condition=iam.same_account(),
        ),
        _from_events("EventsToTopics", "aws:sns:topicArn", "sns"),
        _from_events("EventsToQueues", "aws:sqs:arn", "sqs"),
        *(_trail() if _has_trail(stage) else ()),
    )


def _from_events(sid: str, context: str, service: str) -> Statement:
    """Let EventBridge encrypt what it sends to this account's topics or queues.

    EventBridge tells the key nothing of where an event comes from: with `aws:SourceAccount` each one would
    be dropped. The topic or queue does name itself. Amazon SNS developer guide, "Key management".
    """
    here = Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:*")
    return iam.allow_service(
        sid,
        "events.amazonaws.com",
        _MESSAGES,
        ["*"],
        Condition(ArnLike({f"kms:EncryptionContext:{context}": here})),
    )


def _has_trail(stage: Stage) -> bool:
    """Whether layer aws-native makes a trail: rotation events reach EventBridge through one."""
    rotations = any(function.trigger.rotation_of for function in stage.functions.values())
    return rotations and stage.security.trail == "create"


def _trail() -> tuple[Statement, ...]:
    """AWS CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"."""
    trails = Sub("arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/*")
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
