"""A function wherever it stands: its log group, its dead letters, its grants and the Lambda function itself.

The layer of a function follows from its trigger (`petc.model.queries.function_layer`), and every layer that
holds functions calls `add_functions` once. Callers name the function itself, not a version or an alias:
nothing here shifts traffic or keeps instances warm, and a new package is a new digest, so a version would
only have to be cleaned up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from awacs.aws import Statement
from troposphere import AWSObject, GetAtt, Ref, awslambda, logs, sqs

from petc import naming
from petc.layers import contracts, iam, injection, key_use, log_groups
from petc.layers.base import Asset, Draft
from petc.layers.functions import function_access
from petc.model import queries
from petc.model.components import Function
from petc.model.grants import Grant
from petc.model.graph import Party, PartyKind
from petc.model.settings import function_settings

RETRIES = 2
"""Times that Lambda repeats a failed asynchronous invocation; AWS Lambda API reference, EventInvokeConfig."""
OLDEST_SECONDS = 3600
"""Age at which an asynchronous invocation that still waits becomes a dead letter."""
KEPT_SECONDS = 14 * 24 * 3600
"""How long a dead letter is kept: the longest that SQS allows; SQS API reference, SetQueueAttributes."""

Statements = Callable[[Grant], Sequence[Statement]]


@dataclass(frozen=True, slots=True)
class Added:
    """A function and the queue of its dead letters, if events invoke it."""

    function: awslambda.Function
    queue: sqs.Queue | None


def add_functions(
    draft: Draft,
    *,
    further: Iterable[Grant] = (),
    allowed: Statements = lambda grant: (),
    reasons: Mapping[str, str] = MappingProxyType({}),
    local: Mapping[str, Any] = MappingProxyType({}),
    environment: Callable[[Function], Mapping[str, Any]] = lambda function: {},
) -> dict[str, Added]:
    """Add every function of the draft's layer with all that belongs to it, and return them by name.

    `further` are grants whose target the layer itself makes, `allowed` says what each allows and `reasons`
    explains each `*`. `local` gives expressions for what the layer makes; see `injection.rendered`.
    `environment` returns variables that the layer works out itself.
    """
    functions = queries.functions_of(draft.stage, draft.layer)
    queues = {function.name: _queue(draft, function) for function in functions if function.trigger.is_event}
    groups = {function.name: _log_group(draft, function) for function in functions}
    own = function_access.own_grants(draft.stage, draft.layer)
    policies = iam.attach_grants(
        draft,
        (*own, *further),
        lambda grant: function_access.statements(draft, grant) if grant in own else allowed(grant),
        {**function_access.REASONS, **reasons},
    )
    added = {}
    for function in functions:
        variables = {
            item.key: injection.rendered(draft, item, local)
            for item in function_settings(draft.stage, function)
        }
        variables |= environment(function)
        after = policies.get(Party(PartyKind.FUNCTION, function.name), ())
        lambda_function = _function(draft, function, groups[function.name], variables, after)
        added[function.name] = Added(lambda_function, queues.get(function.name))
        _asynchronous(draft, function, added[function.name])
        draft.export(contracts.function_name(draft.layer), Ref(lambda_function), function.key)
    return added


def _log_group(draft: Draft, function: Function) -> logs.LogGroup:
    return log_groups.add(
        draft,
        naming.logical_id("LogGroup", function.key),
        f"{draft.stage.root}/function/{function.key}",
        function.at,
        why=f"log of {function.name}",
        key=key_use.message_key(draft),
    )


def _queue(draft: Draft, function: Function) -> sqs.Queue:
    encryption = key_use.given(key_use.message_key(draft), "KmsMasterKeyId") or {"SqsManagedSseEnabled": True}
    queue = draft.add_stateful(
        sqs.Queue(
            naming.logical_id("DeadLetters", function.key),
            MessageRetentionPeriod=KEPT_SECONDS,
            **encryption,
        ),
        f"{function.at}/trigger",
        why=f"keeps what {function.name} failed to handle, and why",
    )
    draft.export(contracts.dead_letters_name(draft.layer), GetAtt(queue, "QueueName"), function.key)
    return queue


def _function(
    draft: Draft,
    function: Function,
    group: logs.LogGroup,
    variables: Mapping[str, Any],
    after: Sequence[AWSObject],
) -> awslambda.Function:
    stage = draft.stage
    optional: dict[str, Any] = dict(key_use.given(key_use.message_key(draft), "KmsKeyArn"))
    if function.concurrency:
        optional["ReservedConcurrentExecutions"] = function.concurrency
    if queries.in_vpc(stage, function):
        optional["VpcConfig"] = awslambda.VPCConfig(
            SubnetIds=draft.imported(contracts.APP_SUBNETS),
            SecurityGroupIds=[draft.imported(contracts.SECURITY_GROUP, function.key)],
        )
    return draft.add(
        awslambda.Function(
            naming.logical_id("Function", function.key),
            FunctionName=injection.function_name(stage, function.name),
            Description=function.description or f"{function.name} of {stage.name} {stage.stage}",
            Role=iam.role_arn(draft, contracts.FUNCTION_ROLE, function.key),
            Runtime=function.runtime,
            Architectures=[function.architecture],
            Handler=function.handler,
            Code=_code(draft, function),
            MemorySize=function.memory,
            Timeout=function.timeout_seconds,
            Environment=awslambda.Environment(Variables=dict(sorted(variables.items()))),
            TracingConfig=awslambda.TracingConfig(Mode="Active" if function.tracing else "PassThrough"),
            LoggingConfig=_json_logs(group),
            **optional,
        ),
        function.at,
        why=function.description or f"runs {function.name}",
        after=after,
    )


def _json_logs(group: logs.LogGroup) -> awslambda.LoggingConfig:
    config = awslambda.LoggingConfig(LogGroup=Ref(group), ApplicationLogLevel="INFO", SystemLogLevel="INFO")
    # troposphere's class lacks this property of the resource schema, and its constructor would refuse it.
    config.properties["LogFormat"] = "JSON"
    return config


def _code(draft: Draft, function: Function) -> awslambda.Code:
    stage = draft.stage
    digest = stage.assets[function.name]
    key = naming.artifact_key(stage.name, stage.stage, "functions", function.key, f"{digest}.zip")
    bucket = draft.parameter(
        "ArtifactBucket",
        "Bucket in the target region that holds the packages of functions",
        lambda region: region.artifact_bucket,
    )
    draft.asset(Asset(function=function.name, source=function.source, digest=digest, key=key))
    return awslambda.Code(S3Bucket=Ref(bucket), S3Key=key)


def _asynchronous(draft: Draft, function: Function, added: Added) -> None:
    """Say what happens to invocations that nobody waits for: repeated, then kept as dead letters."""
    if added.queue is None:
        return
    kept = awslambda.OnFailure(Destination=GetAtt(added.queue, "Arn"))
    draft.add(
        awslambda.EventInvokeConfig(
            naming.logical_id("Asynchronous", function.key),
            FunctionName=Ref(added.function),
            Qualifier="$LATEST",
            MaximumRetryAttempts=RETRIES,
            MaximumEventAgeInSeconds=OLDEST_SECONDS,
            DestinationConfig=awslambda.DestinationConfig(OnFailure=kept),
        ),
        f"{function.at}/trigger",
        why=f"repeats failed invocations of {function.name} and keeps what still fails",
    )
