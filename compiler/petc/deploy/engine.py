"""The narrow protocol that planning and execution know of an engine; the adapters implement it.

An operation is begun once and then asked about until it has ended. Every call may raise `Rejected` with
one of the codes of `petc.deploy.codes`, whose message names cause and way out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from petc.deploy.observed import Observed
from petc.deploy.plan.types import Operation
from petc.deploy.targets import Target


class State(Enum):
    """Where an operation stands. `ABSENT`: AWS knows no such operation, so it was never begun."""

    ABSENT = "absent"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class TargetResult:
    """How an operation stands in one target; `reason` is AWS's own text."""

    target: Target
    status: str
    reason: str = ""
    stack_id: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """An operation's state and its results by target, as far as they are known."""

    state: State
    results: tuple[TargetResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceEvent:
    """One line of a stack's history, as AWS writes it; `time` is seconds since the epoch, AWS's clock."""

    time: float
    target: Target
    stack: str
    logical_id: str
    type: str
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """The first cause of a failure: the resource that failed first, not those that were cancelled for it.

    `detail` holds what the resource itself says more, such as the reason why a task stopped.
    """

    target: Target | None
    logical_id: str
    type: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """The set is held by another operation, `operation`, and the call was not accepted."""

    operation: str


class Engine(Protocol):
    """What stack sets and plain stacks have in common."""

    def observe(self, names: Collection[str], prefix: str, targets: tuple[Target, ...]) -> Observed:
        """Return what stands under these names and under any name that begins with `prefix`."""

    def begin(self, operation: Operation, token: str, templates: Mapping[str, str]) -> Busy | None:
        """Ask AWS for the operation under the token; the same token begins it once, however often called."""

    def progress(self, operation: Operation, token: str) -> Progress:
        """Return where the operation stands."""

    def activity(self, operation: Operation, token: str, since: float) -> tuple[ResourceEvent, ...]:
        """Return what the stacks of a running operation did after `since`, oldest first."""

    def cause(self, operation: Operation, token: str) -> Cause:
        """Return why a failed operation failed."""
