"""The scheduler: which operation may begin, how it walks through its targets, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace

from petc_local.stack_sets import drift, preferences
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.preferences import Plan
from petc_local.stack_sets.records import InstanceTarget, OperationStatus, Result, SetOperation, StackSet
from petc_local.stack_sets.steps import Work, perform
from petc_local.stack_sets.store import STORE, now, put_instance, put_operation, put_result

EXCEEDED = "Cancelled since failure tolerance has exceeded"
"""StatusReason of a target that was not reached (AWS CLI, example of list-stack-set-operation-results)."""

STOPPED = "Cancelled since the operation was stopped"
"""StatusReason of a target that was not reached before a stop (assumed)."""


@dataclass(slots=True)
class Run:
    """An operation that runs or waits, with what stops it."""

    work: Work
    plan: Plan
    started: bool = False
    cancelled: str | None = None
    failed: int = 0
    touched: frozenset[InstanceTarget] = field(default_factory=frozenset)


_RUNS: dict[str, list[Run]] = {}
_TASKS: set[asyncio.Task[None] | asyncio.Task[bool]] = set()


def active(set_id: str) -> bool:
    """Whether operations of a stack set run or wait."""
    return bool(_RUNS.get(set_id))


def admit(record: StackSet, operation_id: str) -> None:
    """Refuse an operation that may not begin now.

    An id that was used before is refused: OperationIdAlreadyExistsException, or StaleRequestException when
    "another operation has been performed on this StackSet since the specified operation" (the shapes' texts; that
    a repeated request is refused rather than answered again is assumed). Without managed execution a stack set
    has one operation at a time: OperationInProgressException.
    """
    known = STORE.operations[record.identifier]
    if operation_id in known:
        if next(reversed(known)) == operation_id:
            raise RequestRefused(
                "OperationIdAlreadyExistsException", f"Operation {operation_id} already exists"
            )
        raise RequestRefused(
            "StaleRequestException",
            f"Another operation has been performed on {record.arn} since operation {operation_id}",
        )
    if active(record.identifier) and not record.managed_execution:
        raise in_progress(record)


def in_progress(record: StackSet) -> RequestRefused:
    """Return the refusal while another operation runs, in AWS's words."""
    return RequestRefused(
        "OperationInProgressException", f"Another Operation on StackSet {record.arn} is in progress"
    )


def submit(work: Work, targets: tuple[InstanceTarget, ...], units: dict[InstanceTarget, str | None]) -> None:
    """Remember an operation and begin it, or queue it behind those that run.

    With managed execution every incoming operation waits while others run or wait, then those without conflict
    begin in request order (botocore, ManagedExecution.Active). Two operations conflict when they share a target
    (assumed).
    """
    operation = work.operation
    runs = _RUNS.setdefault(operation.set_id, [])
    operation = replace(operation, status="QUEUED" if runs else "RUNNING")
    put_operation(operation)
    STORE.results[operation.set_id, operation.identifier] = {
        target: Result(unit=units.get(target)) for target in targets
    }
    plan = preferences.plan(targets, operation.preferences)
    runs.append(Run(replace(work, operation=operation), plan, touched=frozenset(targets)))
    _spawn(_begin_ready(operation.set_id))


def stop(record: StackSet, operation: SetOperation) -> None:
    """Stop an operation: what has not begun is cancelled, what runs completes (botocore, StopStackSetOperation).

    Refuses an operation that is over: InvalidOperationException.
    """
    for run in _RUNS.get(record.identifier, ()):
        if run.work.operation.identifier == operation.identifier:
            run.cancelled = STOPPED
            if run.started:
                put_operation(replace(_current(run), status="STOPPING"))
            else:
                _finish(run)
                _spawn(_begin_ready(record.identifier))
            return
    raise RequestRefused("InvalidOperationException", f"Operation {operation.identifier} is not in progress")


def forget() -> None:
    """Stop every task, for a reset of the whole state."""
    for task in tuple(_TASKS):
        task.cancel()
    _RUNS.clear()


def _spawn(work: Coroutine[None, None, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


async def _begin_ready(set_id: str) -> None:
    ahead: frozenset[InstanceTarget] = frozenset()
    for run in tuple(_RUNS.get(set_id, ())):
        if not run.started and not (run.touched & ahead):
            run.started = True
            put_operation(replace(_current(run), status="RUNNING"))
            _spawn(_run(run))
        ahead |= run.touched


async def _run(run: Run) -> None:
    try:
        if preferences.is_parallel(run.work.operation.preferences):
            await asyncio.gather(*(_run_region(run, region, accounts) for region, accounts in run.plan))
        else:
            for region, accounts in run.plan:
                await _run_region(run, region, accounts)
    except asyncio.CancelledError:
        return  # a reset has forgotten the run
    except Exception as error:
        _finish(run, f"{type(error).__name__}: {error}")
    else:
        _finish(run)
    await _begin_ready(run.work.operation.set_id)


async def _run_region(run: Run, region: str, accounts: tuple[str, ...]) -> None:
    """Run one region's accounts, until all are done or more have failed than are tolerated.

    A region that fails beyond tolerance stops all that has not begun, in other regions too: "CloudFormation
    cancels the operation in any remaining Regions" (StackSetOperation.Status).
    """
    wanted = run.work.operation.preferences
    waiting = [InstanceTarget(account, region) for account in reversed(accounts)]
    running: set[asyncio.Task[bool]] = set()
    failures = 0
    while running or (waiting and run.cancelled is None):
        slots = preferences.open_slots(wanted, len(accounts), failures)
        while waiting and run.cancelled is None and len(running) < slots:
            task = asyncio.get_running_loop().create_task(_one(run, waiting.pop()))
            _TASKS.add(task)
            task.add_done_callback(_TASKS.discard)
            running.add(task)
        if not running:
            break
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        failures += sum(not task.result() for task in done)
        if preferences.open_slots(wanted, len(accounts), failures) == 0:
            run.cancelled = run.cancelled or EXCEEDED


async def _one(run: Run, target: InstanceTarget) -> bool:
    operation = run.work.operation
    result = STORE.results[operation.set_id, operation.identifier][target]
    put_result(operation, target, replace(result, status="RUNNING"))
    outcome = await perform(run.work, target)
    put_result(
        operation,
        target,
        replace(
            result,
            status="SUCCEEDED" if outcome.succeeded else "FAILED",
            reason=outcome.reason,
            gate="SKIPPED",
            gate_reason=_gate_reason(target),
        ),
    )
    if not outcome.succeeded:
        run.failed += 1
        put_operation(replace(_current(run), failed=run.failed))
    return outcome.succeeded


def _gate_reason(target: InstanceTarget) -> str:
    """Return why no account gate was asked (AWS CLI, example of list-stack-set-operation-results)."""
    name = f"arn:aws:lambda:{target.region}:{target.account}:function:AWSCloudFormationStackSetAccountGate"
    return f"Function not found: {name}"


def _finish(run: Run, fault: str | None = None) -> None:
    """Record the end of an operation; `fault` is a fault of this service, which fails it."""
    operation = _current(run)
    results = STORE.results[operation.set_id, operation.identifier]
    reason = fault or run.cancelled or STOPPED
    for target, result in tuple(results.items()):
        if result.status in ("PENDING", "RUNNING"):
            results[target] = replace(result, status="CANCELLED", reason=reason)
            instance = STORE.instances[operation.set_id].get(target)
            if instance is not None:
                put_instance(
                    replace(instance, detailed="CANCELLED", reason=reason, operation_id=operation.identifier)
                )
    status: OperationStatus = (
        "FAILED" if fault or run.cancelled == EXCEEDED else "STOPPED" if run.cancelled else "SUCCEEDED"
    )
    operation = replace(operation, status=status, ended=now(), reason=fault)
    if operation.action == "DETECT_DRIFT":
        instances = STORE.instances[operation.set_id].values()
        operation = replace(operation, drift=drift.sum_up(instances, status, run.failed, operation.ended))
        STORE.sets[operation.set_id] = replace(STORE.sets[operation.set_id], drift=operation.drift)
    put_operation(operation)
    _RUNS[operation.set_id].remove(run)


def _current(run: Run) -> SetOperation:
    return STORE.operations[run.work.operation.set_id][run.work.operation.identifier]
