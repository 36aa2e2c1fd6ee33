"""Queues in the layers: in layer database with what may use them, and beside what they invoke or scale."""

from __future__ import annotations

from typing import Any

from awacs import sqs as actions
from awacs.aws import Statement
from troposphere import GetAtt, Ref, awslambda, sqs
from troposphere import applicationautoscaling as scaling

from petc import naming
from petc.layers import iam, key_use
from petc.layers.base import Draft
from petc.layers.contracts import Value
from petc.layers.kind_emission import KindEmission, Scaled, StoredPart
from petc.layers.monitoring import widgets
from petc.layers.monitoring.alarms import AT_ONCE, BRIEFLY, AlarmWatch, MissingData
from petc.layers.monitoring.metrics import Series
from petc.layers.monitoring.widgets import Line, Widget, chart
from petc.model.components import Function, Queue, Use
from petc.model.grants import Grant
from petc.model.graph import Access
from petc.model.kinds import queue as kind

QUEUE_URL = Value("database", "QueueUrl")
"""Where messages are sent and received; only of a queue that a part uses."""
QUEUE_ARN = Value("database", "QueueArn")
"""Only of a queue that invokes a function."""
QUEUE_NAME = Value("database", "QueueName")
DEAD_LETTERS = Value("database", "DeadLettersName")

DAY = 24 * 3600

MESSAGES, OLDEST = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
"""Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"."""

CONCURRENT = (2, 1000)
"""Fewest and most concurrent invocations of an event source mapping; AWS Lambda API reference, ScalingConfig."""


def _add(draft: Draft, queue: Queue, key: Any | None) -> sqs.Queue:
    """Add a queue and its dead-letter queue, encrypted by the key of messages or SQS's own."""
    dead = _queue(
        draft,
        queue,
        "DeadLetters",
        f"keeps messages of {queue.name} that were received {queue.max_receives} times",
        MessageRetentionPeriod=queue.dead_letter_days * DAY,
    )
    made = _queue(
        draft,
        queue,
        "Queue",
        queue.description or f"messages of {queue.name}",
        MessageRetentionPeriod=queue.retention_days * DAY,
        VisibilityTimeout=kind.visibility(draft.stage, queue),
        RedrivePolicy=sqs.RedrivePolicy(
            deadLetterTargetArn=GetAtt(dead, "Arn"), maxReceiveCount=queue.max_receives
        ),
    )
    if kind.users(draft.stage, queue):
        draft.export(QUEUE_URL, Ref(made), queue.key, f"Where messages of {queue.name} are sent")
    if kind.triggered(draft.stage, queue):
        draft.export(QUEUE_ARN, GetAtt(made, "Arn"), queue.key)
    draft.export(QUEUE_NAME, GetAtt(made, "QueueName"), queue.key)
    draft.export(DEAD_LETTERS, GetAtt(dead, "QueueName"), queue.key)
    return made


def _queue(draft: Draft, queue: Queue, role: str, why: str, **properties: Any) -> sqs.Queue:
    encryption = key_use.given(key_use.message_key(draft), "KmsMasterKeyId") or {"SqsManagedSseEnabled": True}
    title = naming.logical_id(role, queue.key)
    made = draft.add_stateful(sqs.Queue(title, **encryption, **properties), queue.at, why=why)
    arn = GetAtt(made, "Arn")
    draft.add(
        sqs.QueuePolicy(
            naming.logical_id(f"{role}Policy", queue.key),
            Queues=[Ref(made)],
            PolicyDocument=iam.policy(iam.tls_only(actions.Action("*"), arn)),
        ),
        queue.at,
        why=f"refuses every call without TLS to {title}",
    )
    return made


def _statements(draft: Draft, grant: Grant, key: Any | None) -> list[Statement]:
    """Return what a grant allows: sending, receiving, or what Lambda does to invoke a function.

    A receiver deletes what it has handled and may hide a message for longer. AWS Lambda Developer Guide, "Execution
    role permissions" of Amazon SQS event source mappings.
    """
    arn = GetAtt(naming.logical_id("Queue", draft.stage.queues[grant.target.name].key), "Arn")
    encrypted = key_use.message_key(draft)
    taking = [actions.DeleteMessage, actions.GetQueueAttributes, actions.ReceiveMessage]
    if grant.access == Access.SEND:
        return [
            iam.allow("SendMessages", [actions.SendMessage], [arn]),
            *key_use.through(encrypted, "EncryptMessages", "sqs", *key_use.READ_AND_WRITE),
        ]
    reads = key_use.through(encrypted, "DecryptMessages", "sqs", *key_use.READ)
    if grant.access == kind.POLL:
        return [iam.allow("PollQueues", taking, [arn]), *reads]
    return [iam.allow("ReceiveMessages", [actions.ChangeMessageVisibility, *taking], [arn]), *reads]


def _trigger(draft: Draft, function: Function, added: awslambda.Function) -> None:
    queue = draft.stage.queues.get(function.trigger.queue)
    if queue is None:
        return
    optional: dict[str, Any] = {}
    if window := kind.batch_seconds(function):
        optional["MaximumBatchingWindowInSeconds"] = window
    source = awslambda.EventSourceMapping(
        naming.logical_id("EventSource", function.key),
        FunctionName=Ref(added),
        EventSourceArn=draft.imported(QUEUE_ARN, queue.key),
        BatchSize=function.trigger.batch_size,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        Enabled=True,
        **optional,
    )
    fewest, most = CONCURRENT
    if function.concurrency >= fewest:
        # No more batches than the function may run, or throttled messages would end as dead letters. troposphere
        # knows another type's property by this name.
        source.properties["ScalingConfig"] = {"MaximumConcurrency": min(function.concurrency, most)}
    why = f"brings messages of {queue.name} to {function.name}, and repeats those that failed"
    draft.add(source, f"{function.at}/trigger/queue", why=why)


def _scale(draft: Draft, scaled: Scaled, queue: Queue, use: Use) -> None:
    """Add the policy that holds the messages for each running task.

    Application Auto Scaling User Guide, "Create a target tracking scaling policy using metric math".
    """
    if not use.backlog:
        return
    name, scale = scaled.service.name, scaled.service.scale
    tasks = {"ClusterName": Ref(scaled.cluster), "ServiceName": GetAtt(scaled.running, "Name")}
    backlog = scaling.TargetTrackingMetricDataQuery(
        Id="backlog", Label="messages for each task", Expression="waiting / IF(running > 0, running, 1)"
    )
    backlog.properties["ReturnData"] = True
    metrics = [
        backlog,
        _query("waiting", "AWS/SQS", MESSAGES, "Sum", {"QueueName": draft.imported(QUEUE_NAME, queue.key)}),
        _query("running", "ECS/ContainerInsights", "RunningTaskCount", "Average", tasks),
    ]
    draft.add(
        scaling.ScalingPolicy(
            naming.logical_id("BacklogPolicy", scaled.service.key),
            PolicyName="backlog",
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=Ref(scaled.target),
            TargetTrackingScalingPolicyConfiguration=scaling.TargetTrackingScalingPolicyConfiguration(
                CustomizedMetricSpecification=scaling.CustomizedMetricSpecification(Metrics=metrics),
                TargetValue=use.backlog,
                ScaleInCooldown=scale.in_cooldown_seconds,
                ScaleOutCooldown=scale.out_cooldown_seconds,
            ),
        ),
        f"{use.at}/backlog",
        why=f"holds the messages of {queue.name} for each task of {name} at {use.backlog}",
    )


def _query(
    id: str, namespace: str, name: str, statistic: str, dimensions: dict[str, Any]
) -> scaling.TargetTrackingMetricDataQuery:
    metric = scaling.TargetTrackingMetric(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[
            scaling.TargetTrackingMetricDimension(Name=key, Value=value) for key, value in dimensions.items()
        ],
    )
    return scaling.TargetTrackingMetricDataQuery(
        Id=id, MetricStat=scaling.TargetTrackingMetricStat(Metric=metric, Stat=statistic), ReturnData=False
    )


def _series(draft: Draft, value: Value, queue: Queue, name: str, statistic: str = "Maximum") -> Series:
    return Series("AWS/SQS", name, {"QueueName": draft.imported(value, queue.key)}, statistic)


def _watches(draft: Draft, queue: Queue) -> tuple[AlarmWatch, ...]:
    """Return what is watched: messages that wait too long, and those that were given up.

    SQS falls silent about a queue that nobody has touched for hours, whatever lies in it.
    """
    receivers = [item.name for item in kind.triggered(draft.stage, queue)] or ["what receives from it"]
    return (
        AlarmWatch(
            kind=kind.WORD,
            key=queue.key,
            what="age",
            watched=_series(draft, QUEUE_NAME, queue, OLDEST),
            threshold=queue.alarm_age_seconds,
            window=BRIEFLY,
            missing=MissingData.AS_BEFORE,
            text=f"The oldest message of {queue.name} waits too long, in seconds",
            first=f"See whether {' and '.join(receivers)} fails or is too slow, then whether more was sent",
            at=f"{queue.at}/alarm_age_seconds",
        ),
        AlarmWatch(
            kind=kind.WORD,
            key=queue.key,
            what="dead-letters",
            watched=_series(draft, DEAD_LETTERS, queue, MESSAGES),
            threshold=draft.stage.monitoring.alarms.dead_letters,
            window=AT_ONCE,
            missing=MissingData.AS_BEFORE,
            text=f"Messages of {queue.name} failed {queue.max_receives} times and lie in its dead-letter queue",
            first="Read one and the log of what received it; mend the cause, then start a redrive in the console",
            at=queue.at,
        ),
    )


def _charts(draft: Draft) -> list[list[Widget]]:
    queues = draft.stage.queues.values()
    if not queues:
        return []

    def lines(value: Value, name: str) -> list[Line]:
        return [Line(queue.name, _series(draft, value, queue, name)) for queue in queues]

    charts = [
        chart("Messages that wait", lines(QUEUE_NAME, MESSAGES)),
        chart("Age of the oldest message, seconds", lines(QUEUE_NAME, OLDEST)),
        chart("Messages in work", lines(QUEUE_NAME, "ApproximateNumberOfMessagesNotVisible")),
        chart("Dead letters", lines(DEAD_LETTERS, MESSAGES)),
    ]
    return [[widgets.heading("Queues")], charts]


EMISSION = KindEmission(
    kind.KIND,
    values={kind.URL: lambda draft, queue: draft.imported(QUEUE_URL, queue.key)},
    stored=StoredPart(_add, _statements, keyed=False),
    trigger=_trigger,
    scales=_scale,
    watches=_watches,
    charts=_charts,
)
