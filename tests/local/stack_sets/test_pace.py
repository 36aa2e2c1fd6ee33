"""A simulated time for the instances of stack sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from petc.local.stack_sets import pace
from petc.local.stack_sets.records import Target

THERE = Target("123456789012", "us-west-2")


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    pace.clear()
    yield
    pace.clear()


def test_delays_of_all_patterns_that_match_add_up() -> None:
    pace.set_delay("app-*", 0.5)
    pace.set_delay("app-network", 0.25)

    assert [pace.delay_of(name, THERE) for name in ("app-network", "app-data", "other")] == [0.75, 0.5, 0]


def test_a_later_delay_replaces_and_zero_removes() -> None:
    pace.set_delay("*", 1)
    pace.set_delay("*", 2)
    replaced = pace.delay_of("x", THERE)
    pace.set_delay("*", 0)

    assert (replaced, pace.delay_of("x", THERE)) == (2, 0)


def test_a_pattern_may_mean_one_account_or_region() -> None:
    pace.set_delay("app/123456789012/*", 1)
    pace.set_delay("*/us-east-1", 2)

    assert pace.delay_of("app", THERE) == 1
    assert pace.delay_of("app", Target("210987654321", "us-east-1")) == 2
