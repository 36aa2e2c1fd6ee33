"""Carries remedies out, one after another, each until it has ended or its time is up."""

from __future__ import annotations

import time
import uuid

from petc.deploy.aws import idempotency
from petc.deploy.aws import recovery_calls as calls
from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.polling import Overdue, until
from petc.deploy.engine import Engine, State
from petc.deploy.operations import codes
from petc.deploy.operations.recovery_plan import Cure, Remedy
from petc.deploy.plan.types import Operation, OperationKind
from petc.diagnostics import Rejected

_GOING = frozenset({State.RUNNING, State.QUEUED})


def carry_out(remedy: Remedy, engine: Engine, settings: Settings, places: Places, deadline: float) -> str:
    """Do what a remedy says and return in what it ended.

    Raises `Rejected` when that is not what it should be (`recovery-failed`), and when it has not ended at
    `deadline`, a time of the monotonic clock (`recovery-slow`): it goes on at AWS then.
    """
    try:
        return _carried_out(remedy, engine, settings, places, deadline)
    except Overdue as late:
        stopping = remedy.cure is Cure.WAIT_OPERATION
        raise codes.RECOVERY_SLOW.because(
            f"{remedy.stem} in {remedy.target or 'its stack set'} is not recovered in time "
            f"({remedy.cure.value}, found in {remedy.state})",
            "operations that were started continue in AWS; run petc recover again later, with a longer --timeout"
            + (", or with --stop to end the operation" if stopping else ""),
        ) from late


def _carried_out(remedy: Remedy, engine: Engine, settings: Settings, places: Places, deadline: float) -> str:
    def left() -> float:
        return max(0.0, deadline - time.monotonic())

    cure, target = remedy.cure, remedy.target
    if cure is Cure.WAIT_OPERATION:
        return calls.wait_for_operation(places, settings, remedy.name, left())
    if cure is Cure.STOP_OPERATION:
        return calls.stop_operation(places, settings, remedy.name, remedy.stack_id, left())
    assert target is not None
    if cure is Cure.WAIT_STACK:
        return calls.wait_for_stack(places, target, remedy.stack_id, left())
    if cure is Cure.CONTINUE_ROLLBACK:
        ended = calls.continue_rollback(places, target, remedy.stack_id, remedy.resources, left())
        return _expecting(remedy, ended, "UPDATE_ROLLBACK_COMPLETE", _SKIP)
    if cure is Cure.DELETE_STACK:
        ended = calls.delete_stack(places, target, remedy.stack_id, remedy.resources, left())
        return _expecting(remedy, ended, "DELETE_COMPLETE", _RETAIN)
    _delete_instance(remedy, engine, left(), retain=cure is not Cure.DELETE_INSTANCE)
    if cure is Cure.ADOPT_STACK:
        name = idempotency.new_id()
        refusal = calls.import_stack(places, settings, remedy.name, target, remedy.stack_id, name, left())
        if refusal:
            raise _stuck(remedy, refusal, _IMPORT.format(stack=remedy.stack_id, region=target.region))
    return "done"


_SKIP = "petc events names the resource that cannot be rolled back; mend it, or leave it as it is with --skip"
_RETAIN = (
    "petc events names the resource that cannot be deleted: empty a bucket with --empty-buckets, mend another "
    "resource, or leave it standing with --retain ID"
)
_AGAIN = (
    "petc events names the resource that cannot be deleted: empty a bucket with --empty-buckets or mend another "
    "resource, then run petc recover again; or leave it standing with --retain ID --role NAME"
)
_IMPORT = (
    "a stack set takes in stacks of its own template; mend what is named, then run petc recover again; or, if "
    "its data may be lost, `aws cloudformation delete-stack --region {region} --stack-name {stack}` with "
    "credentials of its account, then petc deploy makes it again"
)


def _delete_instance(remedy: Remedy, engine: Engine, limit: float, *, retain: bool) -> None:
    assert remedy.target is not None
    deadline = time.monotonic() + limit
    operation = Operation(
        id=f"recover {remedy.stem}",
        kind=OperationKind.DELETE_INSTANCES,
        name=remedy.name,
        targets=(remedy.target,),
        retain=retain,
    )
    token = uuid.uuid4().hex
    until(lambda: engine.begin(operation, token, {}), lambda busy: busy is None, limit=limit)
    progress = until(
        lambda: engine.progress(operation, token),
        lambda now: now.state not in _GOING,
        limit=max(0.0, deadline - time.monotonic()),
    )
    if progress.state is not State.SUCCEEDED:
        reason = "; ".join(result.reason for result in progress.results if result.reason)
        raise _stuck(remedy, reason or progress.state.value, _AGAIN)


def _expecting(remedy: Remedy, ended: str, good: str, way_out: str) -> str:
    if ended != good:
        raise _stuck(remedy, ended, way_out)
    return ended


def _stuck(remedy: Remedy, ended: str, way_out: str) -> Rejected:
    return codes.RECOVERY_FAILED.because(
        f"{remedy.stem} in {remedy.target} could not be recovered ({remedy.cure.value}): {ended}",
        way_out,
    )
