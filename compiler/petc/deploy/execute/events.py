"""What execution tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from petc.deploy.engine import ResourceEvent, State
from petc.deploy.plan.types import OperationKind, Phase
from petc.deploy.targets import Target


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins: its layers by stem, in the order of the plan."""

    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepStarted:
    """All that the step waited for is done."""

    step: str
    stem: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class OperationStarted:
    """AWS has accepted the call; `resumed` when an earlier run had made it."""

    step: str
    stem: str
    kind: OperationKind
    name: str
    targets: tuple[Target, ...]
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step cannot go on: `reason` says who or what holds it, and for how many seconds by now."""

    step: str
    stem: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ResourceMoved:
    """A resource of a running operation has another status."""

    step: str
    stem: str
    event: ResourceEvent


@dataclass(frozen=True, slots=True)
class OperationEnded:
    """An operation has ended, after `seconds`."""

    step: str
    stem: str
    kind: OperationKind
    state: State
    seconds: float


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step has ended; `problem` is empty when it has succeeded."""

    step: str
    stem: str
    phase: Phase
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that a person may want to know and that stops nothing."""

    message: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: what shows elapsed time may do so anew."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over. `waiting` names the stems that were never begun."""

    seconds: float
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    waiting: tuple[str, ...]


Event = (
    Started
    | StepStarted
    | OperationStarted
    | Waiting
    | ResourceMoved
    | OperationEnded
    | StepEnded
    | Noted
    | Tick
    | Ended
)
"""Everything that a listener is told."""


class Listener(Protocol):
    """Whoever shows what happens. It is called from one thread only, one event after another."""

    def __call__(self, event: Event, /) -> None:
        """Take note of an event; must not raise."""


def silent(event: Event) -> None:
    """Show nothing."""
