"""Independent jobs that wait for a network, done side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from petc.diagnostics import Diagnostic, Rejected

Job = TypeVar("Job")
Result = TypeVar("Result")

AT_ONCE = 8


def together(work: Callable[[Job], Result], jobs: Sequence[Job]) -> tuple[Result, ...]:
    """Do all jobs, some at the same time, and return the results in order; raises every problem at once."""
    done: list[Result] = []
    problems: list[Diagnostic] = []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for future in [threads.submit(work, job) for job in jobs]:
            try:
                done.append(future.result())
            except Rejected as rejected:
                problems += rejected.diagnostics
    if problems:
        raise Rejected(tuple(dict.fromkeys(problems)))
    return tuple(done)
