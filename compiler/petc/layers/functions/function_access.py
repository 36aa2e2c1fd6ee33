"""What a function's role may do whatever it is for: log, trace, keep dead letters, call.

Grants on what another layer makes live in that layer; the targets of these stand beside the function, or
are no resource of the stage at all.
"""

from __future__ import annotations

from types import MappingProxyType

from awacs import awslambda as lambda_actions
from awacs import logs as logs_actions
from awacs import sqs as sqs_actions
from awacs import xray as xray_actions
from awacs.aws import Statement
from troposphere import GetAtt, Sub

from petc import naming
from petc.layers import iam, injection, key_use, models_access
from petc.layers.base import Draft
from petc.model import queries
from petc.model.components import Function
from petc.model.grants import Grant, granted, grants
from petc.model.graph import Access, Party, PartyKind
from petc.model.types import Stage

_OWN = (Access.WRITE_LOGS, Access.WRITE_TRACES, Access.CONVERSE, Access.INVOKE)

REASONS = MappingProxyType(
    {
        "SendTraces": "X-Ray has no resource to name when segments are sent",
        **models_access.REASONS,
    }
)
"""Reasons for a `*`, by the statement's Sid."""


def own_grants(stage: Stage, layer: str) -> tuple[Grant, ...]:
    """Return the grants of a layer's functions that this module turns into statements."""
    here = {Party(PartyKind.FUNCTION, function.name) for function in queries.functions_of(stage, layer)}
    own = (*granted(stage, *_OWN), *granted(stage, Access.SEND, target=PartyKind.DEAD_LETTERS))
    return tuple(grant for grant in grants(stage) if grant in own and grant.holder in here)


def function_arn(stage: Stage, name: str) -> Sub:
    """Return a function's ARN by its fixed name, without waiting for the layer that makes it."""
    return Sub(
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        + injection.function_name(stage, name)
    )


def statements(draft: Draft, grant: Grant) -> list[Statement]:
    """Return what one of the own grants allows; the log group and the queue stand in the draft's layer."""
    stage = draft.stage
    function = stage.functions[grant.holder.name]
    match grant.access:
        case Access.WRITE_LOGS:
            return _running(draft, function)
        case Access.WRITE_TRACES:
            actions = [xray_actions.PutTraceSegments, xray_actions.PutTelemetryRecords]
            return [iam.allow("SendTraces", actions, ["*"])]
        case Access.SEND:
            queue = naming.logical_id("DeadLetters", function.key)
            key = key_use.message_key(draft)
            return [
                iam.allow("KeepDeadLetters", [sqs_actions.SendMessage], [GetAtt(queue, "Arn")]),
                *key_use.through(key, "EncryptDeadLetters", "sqs", *key_use.READ_AND_WRITE),
            ]
        case Access.CONVERSE:
            return models_access.converse(stage.models[grant.target.name])
        case _:
            called = function_arn(stage, grant.target.name)
            return [iam.allow("CallFunctions", [lambda_actions.InvokeFunction], [called])]


def _running(draft: Draft, function: Function) -> list[Statement]:
    """Allow what every function needs to run; its place in the VPC is granted where its role is made."""
    group = naming.logical_id("LogGroup", function.key)
    writes = [logs_actions.CreateLogStream, logs_actions.PutLogEvents]
    return [
        iam.allow("WriteOwnLogs", writes, [GetAtt(group, "Arn")]),
        *key_use.through(key_use.message_key(draft), "DecryptEnvironment", "lambda", *key_use.READ),
    ]
