"""Carries remedies out, one after another."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from petc.deploy.aws import remedies as calls
from petc.deploy.aws.bootstrap_stack import Places
from petc.deploy.aws.settings import Settings
from petc.deploy.engine import Engine, State
from petc.deploy.operate.recovery import Cure, Remedy
from petc.deploy.plan.types import Kind, Operation
from petc.diagnostics import Rejected

_POLL_SECONDS = 2.0


def carry_out(remedy: Remedy, engine: Engine, settings: Settings, places: Places) -> str:
    """Do what a remedy says and return in what it ended; raises `Rejected` when that is not what it should be."""
    cure, target = remedy.cure, remedy.target
    if cure is Cure.WAIT_OPERATION:
        return calls.wait_for_operation(places, settings, remedy.name)
    if cure is Cure.STOP_OPERATION:
        return calls.stop_operation(places, settings, remedy.name, remedy.stack_id)
    assert target is not None
    if cure is Cure.WAIT_STACK:
        return calls.wait_for_stack(places, target, remedy.stack_id)
    if cure is Cure.CONTINUE_ROLLBACK:
        ended = calls.continue_rollback(places, target, remedy.stack_id, remedy.resources)
        return _expecting(remedy, ended, "UPDATE_ROLLBACK_COMPLETE", _SKIP)
    if cure is Cure.DELETE_STACK:
        ended = calls.delete_stack(places, target, remedy.stack_id, remedy.resources)
        return _expecting(remedy, ended, "DELETE_COMPLETE", _RETAIN)
    _delete_instance(remedy, engine, retain=cure is not Cure.DELETE_INSTANCE)
    if cure is Cure.ADOPT_STACK:
        name = f"petc-{uuid.uuid4().hex}"
        refusal = calls.import_stack(places, settings, remedy.name, target, remedy.stack_id, name)
        if refusal:
            raise _stuck(remedy, refusal, _IMPORT)
    return "done"


_SKIP = "petc events names the resource that cannot be rolled back; mend it, or leave it as it is with --skip"
_RETAIN = "petc events names the resource that cannot be deleted; mend it, or leave it standing with --retain"

_IMPORT = "a stack set takes in stacks of its own template; mend what is named, then run petc recover again"


def _delete_instance(remedy: Remedy, engine: Engine, *, retain: bool) -> None:
    assert remedy.target is not None
    operation = Operation(
        id=f"recover {remedy.stem}",
        kind=Kind.DELETE_INSTANCES,
        name=remedy.name,
        targets=(remedy.target,),
        retain=retain,
    )
    token = uuid.uuid4().hex
    _poll(lambda: engine.begin(operation, token, {}) is None)
    state = State.RUNNING
    while state in (State.RUNNING, State.QUEUED):
        time.sleep(min(_POLL_SECONDS, 0.2))
        progress = engine.progress(operation, token)
        state = progress.state
    if state is not State.SUCCEEDED:
        reason = "; ".join(result.reason for result in progress.results if result.reason)
        raise _stuck(remedy, reason or state.value, "look at petc events, then run petc recover again")


def _poll(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(_POLL_SECONDS)


def _expecting(remedy: Remedy, ended: str, good: str, way_out: str) -> str:
    if ended != good:
        raise _stuck(remedy, ended, way_out)
    return ended


def _stuck(remedy: Remedy, ended: str, way_out: str) -> Rejected:
    return Rejected.because(
        "recovery-failed",
        f"{remedy.stem} in {remedy.target} could not be recovered ({remedy.cure.value}): {ended}",
        way_out,
    )
