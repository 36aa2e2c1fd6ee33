"""What invokes a function without waiting for it: a schedule, the topic, or the rotation of a secret.

Each way in gets its permission for exactly its source, and what cannot even be delivered becomes a dead
letter like what the function failed to handle. Parts that invoke functions are their kind's to connect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import sqs as sqs_actions
from awacs.aws import ArnEquals, Condition
from troposphere import AWSObject, GetAtt, Ref, awslambda, events, sns, sqs

from petc import naming
from petc.layers import contracts, iam, kind_table
from petc.layers.base import Draft
from petc.layers.functions import lambda_function
from petc.layers.functions.lambda_function import Added
from petc.model.components import Function

ROTATED = "RotationSucceeded"
NOT_ROTATED = ("RotationFailed", "RotationAbandoned")
"""Events of Secrets Manager; AWS Secrets Manager User Guide, "Log entries for rotation"."""


def add_triggers(draft: Draft, added: Mapping[str, Added], topic: Any | None = None) -> None:
    """Connect each function with what its trigger names; `topic` is the topic where the layer makes it."""
    for name, item in added.items():
        function = draft.stage.functions[name]
        for row in kind_table.ROWS:
            row.trigger(draft, function, item.function)
        if item.queue is None:
            continue
        sources: dict[str, list[Any]] = {}
        if function.trigger.schedule:
            schedule = _schedule(draft, function, item)
            sources.setdefault("events.amazonaws.com", []).append(GetAtt(schedule, "Arn"))
        if function.trigger.rotation_of:
            for rule in _rotation(draft, function, item):
                sources.setdefault("events.amazonaws.com", []).append(GetAtt(rule, "Arn"))
        if function.trigger.alarms:
            arn = topic if topic is not None else draft.imported(contracts.TOPIC_ARN)
            _subscription(draft, function, item, arn)
            sources["sns.amazonaws.com"] = [arn]
        _queue_policy(draft, function, item.queue, sources)


def rotation_pattern(secrets: list[Any], *names: str) -> dict[str, Any]:
    """Return the pattern of rotation events of exactly these secrets.

    They reach EventBridge through CloudTrail, as service events and not as calls of the API; the secret's ARN
    stands in `additionalEventData`. Sources: AWS Secrets Manager User Guide, "Match Secrets Manager events
    with EventBridge" and "Log entries for rotation",
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
    """
    return {
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS Service Event via CloudTrail"],
        "detail": {
            "eventSource": ["secretsmanager.amazonaws.com"],
            "eventName": list(names),
            "additionalEventData": {"SecretId": secrets},
        },
    }


def relabelled_pattern(secret: Any) -> dict[str, Any]:
    """Return the pattern of Secrets Manager's own event that a secret has a new current value.

    It needs no trail. Whether it is sent for secrets that RDS owns is not documented. Source: AWS Secrets Manager
    User Guide, "Secret Label Updated event",
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
    """
    return {
        "source": ["aws.secretsmanager"],
        "detail-type": ["Secret Label Updated"],
        "resources": [secret],
        "detail": {"labelUpdated": ["AWSCURRENT"]},
    }


def _schedule(draft: Draft, function: Function, added: Added) -> events.Rule:
    at = f"{function.at}/trigger/schedule"
    return _rule(draft, "Schedule", function, added, at, {"ScheduleExpression": function.trigger.schedule})


def _rotation(draft: Draft, function: Function, added: Added) -> list[events.Rule]:
    """Add the rules of both events that tell of a new value; without a trail there is but one of them."""
    at = f"{function.at}/trigger/rotation_of"
    database = draft.stage.databases[function.trigger.rotation_of]
    secret = draft.imported(contracts.MASTER_SECRET_ARN, database.key)
    patterns = {"Relabelled": relabelled_pattern(secret)}
    if draft.stage.security.trail != "none":
        patterns["Rotation"] = rotation_pattern([secret], ROTATED)
    return [
        _rule(draft, kind, function, added, at, {"EventPattern": pattern})
        for kind, pattern in sorted(patterns.items())
    ]


def _rule(
    draft: Draft, kind: str, function: Function, added: Added, at: str, when: Mapping[str, Any]
) -> events.Rule:
    assert added.queue is not None
    rule = draft.add(
        events.Rule(
            naming.logical_id(kind, function.key),
            Description=f"{kind} of {function.name}",
            State="ENABLED",
            Targets=[
                events.Target(
                    Id="function",
                    Arn=GetAtt(added.function, "Arn"),
                    DeadLetterConfig=events.DeadLetterConfig(Arn=GetAtt(added.queue, "Arn")),
                    RetryPolicy=events.RetryPolicy(
                        MaximumEventAgeInSeconds=lambda_function.OLDEST_SECONDS, MaximumRetryAttempts=10
                    ),
                )
            ],
            **when,
        ),
        at,
        why=f"invokes {function.name}",
    )
    _permission(draft, kind, function, added, at, "events.amazonaws.com", GetAtt(rule, "Arn"))
    return rule


def _subscription(draft: Draft, function: Function, added: Added, topic: Any) -> None:
    assert added.queue is not None
    at = f"{function.at}/trigger/alarms"
    permission = _permission(draft, "Alarms", function, added, at, "sns.amazonaws.com", topic)
    draft.add(
        sns.SubscriptionResource(
            naming.logical_id("Subscription", function.key),
            TopicArn=topic,
            Protocol="lambda",
            Endpoint=GetAtt(added.function, "Arn"),
            RedrivePolicy={"deadLetterTargetArn": GetAtt(added.queue, "Arn")},
        ),
        at,
        why=f"brings notifications to {function.name}",
        after=(permission,),
    )


def _permission(
    draft: Draft, kind: str, function: Function, added: Added, at: str, service: str, source: Any
) -> AWSObject:
    return draft.add(
        awslambda.Permission(
            naming.logical_id(f"{kind}Permission", function.key),
            FunctionName=Ref(added.function),
            Action="lambda:InvokeFunction",
            Principal=service,
            # The ARN of a rule or topic names its account, so that SourceAccount would add nothing.
            SourceArn=source,
        ),
        at,
        why=f"lets exactly this source invoke {function.name}",
    )


def _queue_policy(
    draft: Draft, function: Function, queue: sqs.Queue, sources: Mapping[str, list[Any]]
) -> None:
    arn = GetAtt(queue, "Arn")
    statements = [
        iam.allow_service(
            f"Undelivered{naming.pascal(service.split('.')[0])}",
            service,
            [sqs_actions.SendMessage],
            [arn],
            Condition(ArnEquals({"aws:SourceArn": arns})),
        )
        for service, arns in sources.items()
    ]
    statements.append(iam.tls_only(sqs_actions.Action("*"), arn))
    draft.add(
        sqs.QueuePolicy(
            naming.logical_id("DeadLettersPolicy", function.key),
            Queues=[Ref(queue)],
            PolicyDocument=iam.policy(*statements),
        ),
        f"{function.at}/trigger",
        why=f"lets what invokes {function.name} leave here what it cannot deliver, over TLS only",
    )
