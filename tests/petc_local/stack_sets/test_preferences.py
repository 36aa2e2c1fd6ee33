"""Order, concurrency and tolerance of operations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc_local.stack_sets import preferences
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.records import InstanceTarget, Preferences

ANY = st.builds(
    Preferences,
    tolerance_count=st.none() | st.integers(0, 30),
    tolerance_percentage=st.none() | st.integers(0, 100),
    concurrent_count=st.none() | st.integers(1, 30),
    concurrent_percentage=st.none() | st.integers(1, 100),
    concurrency_mode=st.sampled_from([None, "STRICT_FAILURE_TOLERANCE", "SOFT_FAILURE_TOLERANCE"]),
)


def test_nothing_said_means_one_at_a_time_and_no_failure() -> None:
    assert preferences.concurrency(Preferences(), 10) == 1
    assert preferences.tolerance(Preferences(), 10) == 0


@pytest.mark.parametrize(("percentage", "accounts", "expected"), [(25, 10, 2), (9, 10, 1), (100, 3, 3)])
def test_a_percentage_of_concurrency_is_rounded_down_but_not_to_zero(
    percentage: int, accounts: int, expected: int
) -> None:
    assert preferences.concurrency(Preferences(concurrent_percentage=percentage), accounts) == expected


@pytest.mark.parametrize(("percentage", "accounts", "expected"), [(20, 10, 2), (9, 10, 0), (50, 3, 1)])
def test_a_percentage_of_tolerance_is_rounded_down(percentage: int, accounts: int, expected: int) -> None:
    assert preferences.tolerance(Preferences(tolerance_percentage=percentage), accounts) == expected


def test_strict_concurrency_shrinks_with_each_failure() -> None:
    strict = Preferences(tolerance_count=3, concurrent_count=10)

    assert [preferences.open_slots(strict, 10, failures) for failures in range(5)] == [4, 3, 2, 1, 0]


def test_soft_concurrency_stays_until_the_tolerance_is_exceeded() -> None:
    soft = Preferences(tolerance_count=1, concurrent_count=10, concurrency_mode="SOFT_FAILURE_TOLERANCE")

    assert [preferences.open_slots(soft, 10, failures) for failures in range(3)] == [10, 10, 0]


@given(ANY, st.integers(1, 30), st.data())
def test_strict_failures_never_exceed_the_tolerance_plus_one(
    wanted: Preferences, accounts: int, data: st.DataObject
) -> None:
    running = failures = 0
    while slots := preferences.open_slots(wanted, accounts, failures):
        running = max(running, slots) if wanted.concurrency_mode == "SOFT_FAILURE_TOLERANCE" else slots
        failures += data.draw(st.integers(1, running))

    if wanted.concurrency_mode != "SOFT_FAILURE_TOLERANCE":
        assert failures <= preferences.tolerance(wanted, accounts) + 1


def test_regions_of_the_order_come_first_and_the_others_as_they_came() -> None:
    targets = [
        InstanceTarget("1", "a"),
        InstanceTarget("2", "a"),
        InstanceTarget("1", "b"),
        InstanceTarget("1", "c"),
    ]

    plan = preferences.plan(targets, Preferences(region_order=("c", "nowhere", "b", "c")))

    assert plan == (("c", ("1",)), ("b", ("1",)), ("a", ("1", "2")))


@pytest.mark.parametrize(
    "both",
    [
        Preferences(tolerance_count=0, tolerance_percentage=0),
        Preferences(concurrent_count=1, concurrent_percentage=1),
    ],
)
def test_a_count_beside_a_percentage_is_refused(both: Preferences) -> None:
    with pytest.raises(RequestRefused, match="but not both"):
        preferences.check(both)
