"""Asks every target with every check, several at a time, and gathers what is found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from petc.deploy.preflight.table import CHECKS, CheckRow
from petc.deploy.preflight.types import Lookups, NotAnswered, PlannedTarget, PreflightFinding, Verdict
from petc.deploy.targets import Target

AT_ONCE = 20
"""Checks that run at the same time, over all targets."""
AT_ONCE_IN_A_TARGET = 10
"""Checks that run at the same time in one target, which stays well below AWS's request rates."""
DEADLINE_SECONDS = 30.0
"""After this time, what has no answer yet is not checked."""

_ORDER = {Verdict.ERROR: 0, Verdict.WARNING: 1, Verdict.NOT_CHECKED: 2}


def preflight(
    planned: Iterable[PlannedTarget],
    lookups: Callable[[Target], Lookups],
    checks: tuple[CheckRow, ...] = CHECKS,
    deadline: float = DEADLINE_SECONDS,
) -> tuple[PreflightFinding, ...]:
    """Return what all checks find in all targets: errors first, then warnings, then what was not checked.

    Never raises for what a look-up answers: no usable answer is a finding of its own. A check asks nothing where
    the target plans nothing of its kind.
    """
    targets = tuple(planned)
    gates = {item.target: threading.BoundedSemaphore(AT_ONCE_IN_A_TARGET) for item in targets}
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="preflight")
    try:
        # Check by check over the targets, so that the first twenty are not all of one target.
        jobs: dict[Future[tuple[PreflightFinding, ...]], tuple[PlannedTarget, CheckRow]] = {
            pool.submit(_asked, gates[item.target], item, row, lookups): (item, row)
            for row in checks
            for item in targets
        }
        end = time.monotonic() + deadline
        done, late = wait(jobs, timeout=max(0.0, end - time.monotonic()))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    found = [finding for job in done for finding in job.result()]
    found += [_not_checked(jobs[job][0], jobs[job][1], f"no answer within {deadline:g} s") for job in late]
    return tuple(
        sorted(
            dict.fromkeys(found),
            key=lambda item: (_ORDER[item.verdict], item.check, str(item.target), item.message),
        )
    )


def _asked(
    gate: threading.BoundedSemaphore,
    planned: PlannedTarget,
    row: CheckRow,
    lookups: Callable[[Target], Lookups],
) -> tuple[PreflightFinding, ...]:
    with gate:
        try:
            return tuple(row.check(planned, lookups(planned.target)))
        except NotAnswered as fault:
            return (_not_checked(planned, row, fault.reason),)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
            # What AWS answered has not the form that its API reference gives: a proxy, or another version.
            return (
                _not_checked(
                    planned, row, f"the answer has an unknown form ({type(fault).__name__}: {fault})"
                ),
            )


def _not_checked(planned: PlannedTarget, row: CheckRow, reason: str) -> PreflightFinding:
    return PreflightFinding(row.name, Verdict.NOT_CHECKED, planned.target, reason)
