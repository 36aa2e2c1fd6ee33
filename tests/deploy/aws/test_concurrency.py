"""Jobs side by side: results in order, and every problem at once."""

from __future__ import annotations

import threading

import pytest

from petc.deploy.aws.concurrency import together
from petc.diagnostics import Diagnostic, Rejected, Severity


def test_results_come_in_the_order_of_the_jobs() -> None:
    """Also when the first job ends last."""
    last = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            last.wait(10)
        else:
            last.set()
        return number

    assert together(work, (1, 2)) == (1, 2)


def test_every_problem_is_said_once() -> None:
    def work(name: str) -> str:
        raise Rejected((Diagnostic("x", Severity.ERROR, name),))

    with pytest.raises(Rejected) as caught:
        together(work, ("one", "two", "one"))

    assert [item.message for item in caught.value.diagnostics] == ["one", "two"]
