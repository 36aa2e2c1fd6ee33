"""Independent calls to AWS side by side: most of their time is waiting for an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from petc.diagnostics import Diagnostic, Rejected

A = TypeVar("A")
B = TypeVar("B")

_AT_ONCE = 8


def each(ask: Callable[[A], B], over: Iterable[A]) -> list[B]:
    """Return what each question finds, in order; raises what the first failing one raises."""
    asked = list(over)
    if len(asked) < 2:
        return [ask(one) for one in asked]
    with ThreadPoolExecutor(min(_AT_ONCE, len(asked))) as pool:
        return list(pool.map(ask, asked))


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
