"""An earlier deployment brought to a known end, so that a new plan starts from what really stands.

What was asked for is waited for. What was only about to be asked for is asked for again under the same token:
a call that was on its way when petc ended may still arrive, and AWS takes only one of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from petc.deploy.engine import Engine
from petc.deploy.observed import Observed
from petc.deploy.run import journal
from petc.deploy.run.clock import SYSTEM, Clock, pause
from petc.deploy.run.ending import Done
from petc.deploy.run.execute import walk
from petc.deploy.run.journal import Unfinished
from petc.deploy.run.listener import Listener, Waiting
from petc.deploy.run.performing import Limits
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
    """
    head = unfinished.head
    steps = tuple(
        replace(step, operations=operations, after=())
        for step in head.steps
        if (operations := tuple(one for one in step.operations if one.id in unfinished.open))
    )
    record = journal.reopen(folder, head.stage)
    try:
        run = walk(steps, engine, head.token, head.templates, record, listener, clock, limits, resumed=True)
        unknown = [done.problem for done in run if done.problem is not None and done.ending is None]
        if unknown:
            raise Rejected(tuple(dict.fromkeys(item for one in unknown for item in one.diagnostics)))
        record.finish()
    finally:
        record.close()
    return run


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
    return Rejected.because("operation-in-progress", message, help_)
