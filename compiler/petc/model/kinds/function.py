"""Functions: on Lambda, invoked by permission, in the VPC only where what they use stands there."""

from __future__ import annotations

from collections.abc import Iterator

from petc import naming
from petc.model.components import Function, Use
from petc.model.injected import Injected, Known, SettingReference, upper
from petc.model.kinds import database
from petc.model.kinds.kind import GROUP, Interface, LogicalId, PartKind, PhysicalName
from petc.model.parties import TOPIC, Access, Caller, Edge, Party, PartyKind, Role
from petc.model.types import Stage

_FUNCTION = 64
"""AWS Lambda API reference, CreateFunction, FunctionName."""
_LOG_GROUP = 512
"""Amazon CloudWatch Logs API reference, CreateLogGroup, logGroupName."""


def _reached(caller: Caller, function: Function, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.FUNCTION, function.name)
    because = caller.because(function.name)
    yield Edge(caller.party, target, Access.INVOKE, use.at, because, role=caller.calls, calls=("lambda",))


def _caller(function: Function) -> Caller:
    me = Party(PartyKind.FUNCTION, function.name)
    return Caller(me, secrets=Role.FUNCTION, calls=Role.FUNCTION, uses=tuple(function.uses.values()))


def _own(stage: Stage, function: Function) -> Iterator[Edge]:
    """Lambda delivers logs, traces and dead letters itself, outside the function's network interface."""
    me = Party(PartyKind.FUNCTION, function.name)
    at, acts = function.at, Role.FUNCTION
    yield Edge(me, Party(PartyKind.LOGS, function.name), Access.WRITE_LOGS, at, "output is logged", role=acts)
    yield Edge(me, Party(PartyKind.METRICS), Access.WRITE_METRICS, at, "AWS measures it")
    if function.tracing:
        yield Edge(
            me, Party(PartyKind.TRACES), Access.WRITE_TRACES, f"{at}/tracing", "tracing is on", role=acts
        )
    yield from _triggered(stage, function, me)


def _triggered(stage: Stage, function: Function, me: Party) -> Iterator[Edge]:
    at, acts, trigger = f"{function.at}/trigger", Role.FUNCTION, function.trigger
    if trigger.is_event:
        kept = Party(PartyKind.DEAD_LETTERS, function.name)
        yield Edge(me, kept, Access.SEND, at, "what fails is kept", role=acts)
    if trigger.alarms:
        yield Edge(TOPIC, me, Access.INVOKE, f"{at}/alarms", "alarms invoke it")
    if trigger.schedule:
        yield Edge(Party(PartyKind.EVENTS), me, Access.INVOKE, f"{at}/schedule", "a schedule invokes it")
    if trigger.rotation_of:
        cause = f"{at}/rotation_of"
        yield Edge(Party(PartyKind.EVENTS), me, Access.INVOKE, cause, "a rotation invokes it")
        for service in database.holders(stage, trigger.rotation_of):
            target = Party(PartyKind.SERVICE, service.name)
            because = "it rolls what holds the secret"
            # It also asks when the secret changed last.
            calls = ("ecs", "secretsmanager")
            yield Edge(me, target, Access.ROLL, cause, because, role=acts, calls=calls)


def _given(function: Function, use: Use) -> Iterator[Injected]:
    name = {"f": SettingReference(Known.FUNCTION_NAME, function.name)}
    yield Injected(f"{upper(function.name)}_FUNCTION", "${f}", use.at, name)


def _names(stage: Stage, function: Function) -> Iterator[PhysicalName]:
    name = naming.function_name(stage.name, stage.stage, function.key)
    yield PhysicalName("function name", name, _FUNCTION)
    yield PhysicalName("log group", f"{stage.root}/function/{function.key}", _LOG_GROUP)


KIND = PartKind(
    "function",
    "functions",
    Function,
    reached=_reached,
    own=_own,
    caller=_caller,
    given=_given,
    interface=Interface.BY_USE,
    holds=("AWS::Logs::LogGroup", "AWS::SQS::Queue"),
    # A function's own layer follows from its trigger; one entry stands for all, which is the stricter reading.
    ids=(
        GROUP,
        LogicalId("security", "FunctionRole"),
        LogicalId("security", "NetworkInterfaces"),
        LogicalId("functions", "Function"),
        LogicalId("functions", "LogGroup"),
        LogicalId("functions", "DeadLetters"),
        LogicalId("functions", "DeadLettersPolicy"),
        LogicalId("functions", "Asynchronous"),
        LogicalId("functions", "EventSource"),
        LogicalId("functions", "Schedule"),
        LogicalId("functions", "SchedulePermission"),
        LogicalId("functions", "Relabelled"),
        LogicalId("functions", "RelabelledPermission"),
        LogicalId("functions", "Rotation"),
        LogicalId("functions", "RotationPermission"),
        LogicalId("functions", "Subscription"),
    ),
    names=_names,
)
