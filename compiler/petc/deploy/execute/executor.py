"""Walks the steps of a plan and decides nothing: what is ready runs, side by side, until all is done."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Protocol

from petc.deploy.engine import Engine, State
from petc.deploy.execute import failure_report
from petc.deploy.execute.clock import SYSTEM, Clock
from petc.deploy.execute.events import Ended, Event, Listener, Started, StepEnded, StepStarted, Tick
from petc.deploy.execute.operation import Abandoned, Done, Limits, Performer, await_earlier, perform
from petc.deploy.plan.types import Plan, Step
from petc.diagnostics import Rejected

AT_ONCE = 16
"""Steps that run at the same time; each waits most of its time."""

_TICK_SECONDS = 0.25
_LIMITS = Limits()


class Record(Protocol):
    """Where it is written down what was begun and how it ended, before anything else happens."""

    def began(self, operation: str) -> None:
        """Note that the operation is about to be asked for."""

    def ended(self, operation: str, state: State) -> None:
        """Note how the operation ended."""


def execute(
    plan: Plan,
    engine: Engine,
    token: str,
    record: Record,
    listener: Listener,
    clock: Clock = SYSTEM,
    limits: Limits = _LIMITS,
) -> tuple[Done, ...]:
    """Run every step of the plan and return how each ended.

    After a failure nothing new starts and what runs is waited for; then `Rejected` names the first cause
    (`deployment-failed`), or what stopped petc itself. On an interrupt what runs goes on at AWS and
    `Rejected` says so (`deployment-interrupted`).
    """
    run = walk(plan.steps, engine, token, plan.templates, record, listener, clock, limits)
    if not all(done.is_good for done in run):
        raise failure_report.rejected(plan, tuple(run))
    return run


def walk(
    steps: tuple[Step, ...],
    engine: Engine,
    token: str,
    templates: Mapping[str, str],
    record: Record,
    listener: Listener,
    clock: Clock,
    limits: Limits,
    *,
    resumed: bool = False,
) -> tuple[Done, ...]:
    """Run the steps and return how those that were begun ended; raises only when interrupted.

    `resumed` steps hold operations of an earlier run, about which AWS is only asked.
    """
    told: queue.SimpleQueue[Event | Done | BaseException] = queue.SimpleQueue()
    performer = Performer(engine, token, templates, told.put, clock, limits, threading.Event())
    started = clock.monotonic()
    finished: list[Done] = []
    waiting, running = list(steps), 0
    listener(Started(tuple(dict.fromkeys(step.stem for step in steps))))
    try:
        while True:
            good = resumed or all(done.is_good for done in finished)
            ready = list(_ready(waiting, finished, steps)) if good else []
            for step in ready[: AT_ONCE - running]:
                waiting.remove(step)
                running += 1
                listener(StepStarted(step.id, step.stem, step.phase))
                threading.Thread(
                    target=_run, args=(performer, step, record, told, resumed), name=step.id, daemon=True
                ).start()
            if not running:
                break
            item = _next(told, listener)
            if isinstance(item, Done):
                running -= 1
                finished.append(item)
                problem = failure_report.sentence(item)
                listener(StepEnded(item.step.id, item.step.stem, item.step.phase, item.seconds, problem))
            elif isinstance(item, BaseException):
                raise item
            else:
                listener(item)
    except KeyboardInterrupt as interrupt:
        performer.stop.set()
        raise failure_report.interrupted(steps, tuple(finished), running) from interrupt
    except BaseException:
        performer.stop.set()
        raise
    listener(_ended(steps, finished, clock.monotonic() - started))
    return tuple(finished)


def _ready(waiting: list[Step], finished: list[Done], steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps whose predecessors have ended; what is not in this run is done already."""
    here = {step.id for step in steps}
    done = {item.step.id for item in finished}
    for step in waiting:
        if all(before in done or before not in here for before in step.after):
            yield step


def _next(
    told: queue.SimpleQueue[Event | Done | BaseException], listener: Listener
) -> Event | Done | BaseException:
    while True:
        try:
            return told.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            listener(Tick())


def _run(
    performer: Performer,
    step: Step,
    record: Record,
    told: queue.SimpleQueue[Event | Done | BaseException],
    resumed: bool,
) -> None:
    try:
        told.put(_steps_end(performer, step, record, resumed))
    except Abandoned:
        return
    except BaseException as fault:  # a fault of petc has to reach the main thread
        told.put(fault)


def _steps_end(performer: Performer, step: Step, record: Record, resumed: bool) -> Done:
    started = performer.clock.monotonic()
    for operation in step.operations:
        if performer.stop.is_set():
            raise Abandoned
        try:
            if resumed:
                ending = await_earlier(performer, step, operation)
            else:
                record.began(operation.id)
                ending = perform(performer, step, operation)
            record.ended(operation.id, ending.state)
        except Rejected as fault:
            return Done(step, performer.clock.monotonic() - started, operation, problem=fault)
        if resumed and ending.state is State.ABSENT:
            continue  # it never began, which the next plan sees
        if ending.state is not State.SUCCEEDED:
            seconds = performer.clock.monotonic() - started
            return Done(step, seconds, operation, ending, ending.problem)
    return Done(step, performer.clock.monotonic() - started)


def _ended(steps: tuple[Step, ...], finished: list[Done], seconds: float) -> Ended:
    failed = {done.step.stem for done in finished if not done.is_good}
    begun = {done.step.id for done in finished}
    unfinished = {step.stem for step in steps if step.id not in begun} - failed
    stems = tuple(dict.fromkeys(step.stem for step in steps))
    return Ended(
        seconds,
        succeeded=tuple(stem for stem in stems if stem not in failed | unfinished),
        failed=tuple(stem for stem in stems if stem in failed),
        waiting=tuple(stem for stem in stems if stem in unfinished),
    )
