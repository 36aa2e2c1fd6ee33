"""The words in which a deployment's progress is told."""

from __future__ import annotations

from petc.cli.output import plain
from petc.deploy.engine import ResourceEvent
from petc.deploy.execute.events import Ended, OperationStarted
from petc.deploy.plan.types import OperationKind, Phase
from petc.deploy.targets import folded

_STACK = "AWS::CloudFormation::Stack"
_KINDS = {
    OperationKind.CREATE_SET: "making the stack set",
    OperationKind.UPDATE_SET: "updating",
    OperationKind.CREATE_INSTANCES: "creating",
    OperationKind.UPDATE_INSTANCES: "updating",
    OperationKind.DELETE_INSTANCES: "deleting",
    OperationKind.DELETE_SET: "removing the stack set",
    OperationKind.CREATE_STACK: "creating",
    OperationKind.UPDATE_STACK: "updating",
    OperationKind.DELETE_STACK: "deleting",
}
_PHASES = {
    Phase.ONLY: "",
    Phase.ADD: " (adding what is new)",
    Phase.PIN: " (passing values that are about to change)",
    Phase.REMOVE: " (removing what is unused)",
    Phase.DELETE: " (deleting)",
}


def seconds(elapsed: float) -> str:
    """Return a time in words: `42 s`, `1 min 05 s`, `2 h 03 min`."""
    whole = int(elapsed)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def phase(of: Phase) -> str:
    """Return what a step of a layer is for; nothing when it does all."""
    return _PHASES[of]


def operation(event: OperationStarted) -> str:
    """Return what is being done, and where when it is more than one place."""
    where = f" in {folded(event.targets)}" if len(event.targets) > 1 else ""
    again = ", started earlier" if event.resumed else ""
    return f"{_KINDS[event.kind]}{where}{again}"


def resource(event: ResourceEvent) -> str:
    """Return a resource with its new status: `Table (AWS::DynamoDB::Table) is created`."""
    kind = f" ({event.type})" if event.type else ""
    reason = f": {event.reason}" if _is_bad(event) and event.reason else ""
    if event.type == _STACK and event.logical_id == event.stack:
        return plain(f"the stack: {_status(event.status)}{reason}")
    return plain(f"{event.logical_id}{kind} {_status(event.status)}{reason}")


def is_worth_a_line(event: ResourceEvent) -> bool:
    """Whether a resource's event is shown where each stays on the screen: what went wrong."""
    return _is_bad(event)


def ended(event: Ended) -> str:
    """Return the closing line."""
    parts = [f"{len(event.succeeded)} done"]
    parts += [f"{len(event.failed)} failed"] if event.failed else []
    parts += [f"{len(event.waiting)} not finished"] if event.waiting else []
    layers = len(event.succeeded) + len(event.failed) + len(event.waiting)
    return f"{layers} layer{'' if layers == 1 else 's'}: {', '.join(parts)} in {seconds(event.seconds)}"


def _is_bad(event: ResourceEvent) -> bool:
    return event.status.endswith("_FAILED") or event.status == "TASKS_STOP"


def _status(status: str) -> str:
    if status == "TASKS_STOP":
        return "waits for tasks that stop again and again"
    return status.replace("_", " ").lower()
