"""One operation from its call to its result: asked for once, waited for, and asked for its cause when it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event as Flag
from typing import TypeVar

from petc.deploy.engine import Busy, Cause, Engine, Progress, State
from petc.deploy.execute import codes
from petc.deploy.execute.clock import Clock, pause
from petc.deploy.execute.events import Event, Noted, OperationEnded, OperationStarted, ResourceMoved, Waiting
from petc.deploy.plan.types import Operation, Step
from petc.diagnostics import Rejected


@dataclass(frozen=True, slots=True)
class Done:
    """How a step ended, after `seconds`.

    `failed` is the operation that did not succeed, `ending` how it ended, and `problem` what stopped petc.
    """

    step: Step
    seconds: float
    failed: Operation | None = None
    ending: Ending | None = None
    problem: Rejected | None = None

    @property
    def is_good(self) -> bool:
        """Whether every operation of the step has succeeded."""
        return self.failed is None and self.problem is None


T = TypeVar("T")

_PASSING = frozenset({"aws-throttled", "aws-unreachable"})
"""Problems of the way to AWS that may be over in a moment."""

_ACTIVITY_SECONDS = 0.5
_ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.STOPPED})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited, in seconds.

    For an operation of someone else, for the way to AWS, for an operation to show after its call, and for a call
    of an earlier run that may still be on its way.
    """

    busy: float = 1800.0
    unreachable: float = 300.0
    absent: float = 30.0
    settle: float = 10.0


class Abandoned(Exception):
    """The run was interrupted; what AWS was asked for goes on there."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an operation ended.

    `cause` is there when it did not succeed. `ABSENT` is one that AWS did not accept, for `problem`; without a
    problem it is one of an earlier run that never reached AWS.
    """

    state: State
    cause: Cause | None = None
    problem: Rejected | None = None


@dataclass(frozen=True, slots=True)
class Performer:
    """What every operation of one run is performed with."""

    engine: Engine
    token: str
    templates: Mapping[str, str]
    tell: Callable[[Event], None]
    clock: Clock
    limits: Limits
    stop: Flag


def perform(performer: Performer, step: Step, operation: Operation) -> Ending:
    """Ask for the operation and return how it ended.

    Raises `Rejected` when it is not known how it stands, and `Abandoned` when the run is to stop.
    """
    started = performer.clock.monotonic()
    try:
        _begin(performer, step, operation)
    except Rejected as fault:
        if any(item.code == "aws-unreachable" for item in fault.diagnostics):
            raise
        return Ending(State.ABSENT, problem=fault)
    performer.tell(OperationStarted(step.id, step.stem, operation.kind, operation.name, operation.targets))
    progress = _await_end(performer, step, operation, started, earlier=False)
    return _ended(performer, step, operation, progress, started)


def await_earlier(performer: Performer, step: Step, operation: Operation) -> Ending:
    """Return how an operation ended that an earlier run may have asked for; nothing is asked for here.

    `ABSENT` when AWS does not know it after the time that a call can be on its way. Raises as `perform` does.
    """
    started = performer.clock.monotonic()
    while (state := _progress(performer, step, operation).state) is State.ABSENT:
        if performer.clock.monotonic() - started >= performer.limits.settle:
            performer.tell(Noted(f"{step.stem}: AWS never received the call that was about to be made"))
            return Ending(State.ABSENT)
        performer.clock.sleep(pause(performer.clock.monotonic() - started))
        _heed(performer)
    if state not in _ENDED:
        performer.tell(
            OperationStarted(
                step.id, step.stem, operation.kind, operation.name, operation.targets, resumed=True
            )
        )
    progress = _await_end(performer, step, operation, started, earlier=True)
    return _ended(performer, step, operation, progress, started)


def _ended(
    performer: Performer, step: Step, operation: Operation, progress: Progress, started: float
) -> Ending:
    seconds = performer.clock.monotonic() - started
    performer.tell(OperationEnded(step.id, step.stem, operation.kind, progress.state, seconds))
    if progress.state in (State.SUCCEEDED, State.ABSENT):
        return Ending(progress.state)
    return Ending(progress.state, _cause(performer, operation, progress))


def _begin(performer: Performer, step: Step, operation: Operation) -> None:
    started = performer.clock.monotonic()
    while True:
        _heed(performer)
        busy = _patiently(
            performer, step, lambda: performer.engine.begin(operation, performer.token, performer.templates)
        )
        if busy is None:
            return
        waited = performer.clock.monotonic() - started
        if waited > performer.limits.busy:
            raise _held(operation, busy, waited)
        holder = f"operation {busy.operation}" if busy.operation else "another operation"
        performer.tell(Waiting(step.id, step.stem, f"{holder} holds {operation.name}", waited))
        performer.clock.sleep(pause(waited))


def _await_end(
    performer: Performer, step: Step, operation: Operation, started: float, *, earlier: bool
) -> Progress:
    """Return the progress of an operation that has ended, or, of an `earlier` run, that AWS has forgotten."""
    newest, looked, may_look = 0.0, started - _ACTIVITY_SECONDS, True
    seen = performer.clock.monotonic()
    while True:
        _heed(performer)
        progress = _progress(performer, step, operation)
        if progress.state in _ENDED:
            return progress
        now = performer.clock.monotonic()
        if progress.state is not State.ABSENT:
            seen = now
        elif now - seen > performer.limits.absent:
            if earlier:
                return progress
            # What AWS does not know after this time never arrived.
            _begin(performer, step, operation)
            seen = now
        if may_look and now - looked >= _ACTIVITY_SECONDS:
            looked = now
            try:
                for event in performer.engine.activity(operation, performer.token, newest):
                    newest = max(newest, event.time)
                    performer.tell(ResourceMoved(step.id, step.stem, event))
            except Rejected:
                # It only shows what goes on; when that may not be read, the operation goes on all the same.
                may_look = False
        performer.clock.sleep(pause(performer.clock.monotonic() - started))


def _progress(performer: Performer, step: Step, operation: Operation) -> Progress:
    return _patiently(performer, step, lambda: performer.engine.progress(operation, performer.token))


def _patiently(performer: Performer, step: Step, ask: Callable[[], T]) -> T:
    """Return the answer, asking again while only the way to AWS is at fault."""
    failing_since: float | None = None
    while True:
        try:
            return ask()
        except Rejected as fault:
            now = performer.clock.monotonic()
            failing_since = now if failing_since is None else failing_since
            passing = all(item.code in _PASSING for item in fault.diagnostics)
            if not passing or now - failing_since >= performer.limits.unreachable:
                raise
            performer.tell(Waiting(step.id, step.stem, fault.diagnostics[0].message, now - failing_since))
            performer.clock.sleep(pause(max(10.0, now - failing_since)))
            _heed(performer)


def _heed(performer: Performer) -> None:
    if performer.stop.is_set():
        raise Abandoned


def _cause(performer: Performer, operation: Operation, progress: Progress) -> Cause:
    try:
        return performer.engine.cause(operation, performer.token)
    except Rejected as fault:
        failed = [item for item in progress.results if item.status == "FAILED"]
        if failed:
            return Cause(failed[0].target, "", "", failed[0].reason, "")
        return Cause(None, "", "", f"the cause cannot be read: {fault.diagnostics[0].message}")


def _held(operation: Operation, busy: Busy, waited: float) -> Rejected:
    holder = f"operation {busy.operation}" if busy.operation else "an operation"
    waited_for = f"after {waited / 60:.0f} minutes"
    message = f"{holder}, which petc did not begin, still holds {operation.name} {waited_for}"
    help_ = (
        "wait for it or stop it (`aws cloudformation stop-stack-set-operation`), then run petc deploy again"
    )
    return codes.OPERATION_IN_PROGRESS.because(message, help_)
