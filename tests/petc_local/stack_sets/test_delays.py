"""A simulated time for the instances of stack sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from petc_local.stack_sets import delays
from petc_local.stack_sets.records import InstanceTarget

THERE = InstanceTarget("123456789012", "us-west-2")


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    delays.clear()
    yield
    delays.clear()


def test_delays_of_all_patterns_that_match_add_up() -> None:
    delays.set_delay("app-*", 0.5)
    delays.set_delay("app-network", 0.25)

    assert [delays.delay_of(name, THERE) for name in ("app-network", "app-data", "other")] == [0.75, 0.5, 0]


def test_a_later_delay_replaces_and_zero_removes() -> None:
    delays.set_delay("*", 1)
    delays.set_delay("*", 2)
    replaced = delays.delay_of("x", THERE)
    delays.set_delay("*", 0)

    assert (replaced, delays.delay_of("x", THERE)) == (2, 0)


def test_a_pattern_may_mean_one_account_or_region() -> None:
    delays.set_delay("app/123456789012/*", 1)
    delays.set_delay("*/us-east-1", 2)

    assert delays.delay_of("app", THERE) == 1
    assert delays.delay_of("app", InstanceTarget("210987654321", "us-east-1")) == 2
