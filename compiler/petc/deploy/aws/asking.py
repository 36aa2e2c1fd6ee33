"""Several questions at a time, for each is mostly waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
