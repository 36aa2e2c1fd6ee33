"""An earlier deployment brought to a known end, so that a new plan starts from what really stands.

AWS is asked, by their ids, about the operations that the journal calls begun, and what it knows is waited for.
Nothing of the journal is sent: what AWS does not know is left to the new plan. A call that was on its way when
petc ended may still arrive, so one that AWS does not know yet is given a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from petc.deploy.engine import Engine
from petc.deploy.execute import codes, journal
from petc.deploy.execute.clock import SYSTEM, Clock, pause
from petc.deploy.execute.events import Listener, Waiting
from petc.deploy.execute.executor import walk
from petc.deploy.execute.journal import Unfinished
from petc.deploy.execute.operation import Done, Limits
from petc.deploy.observed import Observed
from petc.diagnostics import Rejected

_LIMITS = Limits()


def resume(
    unfinished: Unfinished,
    folder: Path,
    engine: Engine,
    listener: Listener,
    clock: Clock = SYSTEM,
    limits: Limits = _LIMITS,
) -> tuple[Done, ...]:
    """Wait until every open operation of the earlier deployment has ended, and return how.

    `engine` is the one that the head names. A failed operation is no problem here: the next plan sees what
    it left. Raises `Rejected` when it cannot be known how an operation stands, or on an interrupt.

    A clock that was put back makes the wait for calls on their way longer, never longer than the limit.
    """
    head = unfinished.head
    steps = tuple(
        replace(step, operations=operations, after=())
        for step in head.steps
        if (operations := tuple(one for one in step.operations if one.id in unfinished.open))
    )
    record = journal.reopen(folder, head.stage)
    try:
        run = walk(
            steps, engine, head.token, {}, record, listener, clock, _since(unfinished, limits), resumed=True
        )
        unknown = [done.problem for done in run if done.problem is not None and done.ending is None]
        if unknown:
            raise Rejected(tuple(dict.fromkeys(item for one in unknown for item in one.diagnostics)))
        record.finish()
    finally:
        record.close()
    return run


def _since(unfinished: Unfinished, limits: Limits) -> Limits:
    """Return the limits with what is left of the time that a call can be on its way."""
    return replace(limits, settle=limits.settle - min(limits.settle, max(0.0, unfinished.age)))


def at_rest(
    look: Callable[[], Observed], listener: Listener, clock: Clock = SYSTEM, limits: Limits = _LIMITS
) -> Observed:
    """Return what stands once no operation runs on any layer, whoever began it.

    This is how a deployment goes on without a journal. Raises `Rejected` (`operation-in-progress`) when
    something still runs after the time that the limits give.
    """
    started = clock.monotonic()
    while True:
        seen = look()
        busy = {name: layer.busy for name, layer in seen.layers.items() if layer.busy}
        if not busy:
            return seen
        waited = clock.monotonic() - started
        if waited > limits.busy:
            raise _still_busy(busy, waited)
        for name, operation in sorted(busy.items()):
            listener(Waiting("", name, f"operation {operation} holds {name}", waited))
        clock.sleep(max(1.0, pause(waited)))


def _still_busy(busy: dict[str, str], waited: float) -> Rejected:
    held = ", ".join(f"{name} (operation {operation})" for name, operation in sorted(busy.items()))
    message = f"after {waited / 60:.0f} minutes operations that petc did not begin still run on {held}"
    help_ = "wait for them, or stop them (`aws cloudformation stop-stack-set-operation`)"
    return codes.OPERATION_IN_PROGRESS.because(message, help_)
