"""How an operation walks through regions and accounts: order, concurrency, tolerance. Pure functions.

The source is the documentation of the botocore shape StackSetOperationPreferences, and the user guide's pages
"StackSet operation options" and "Concurrency Mode parameter".
"""

from __future__ import annotations

from collections.abc import Iterable

from petc_local.stack_sets.errors import invalid
from petc_local.stack_sets.records import InstanceTarget, Preferences

STRICT = "STRICT_FAILURE_TOLERANCE"

Plan = tuple[tuple[str, tuple[str, ...]], ...]
"""Regions in their order, each with its accounts in theirs."""


def check(preferences: Preferences) -> None:
    """Refuse a count beside a percentage: "You can specify either … or …, but not both" (the shape's text)."""
    if preferences.tolerance_count is not None and preferences.tolerance_percentage is not None:
        raise invalid(
            "You can specify either FailureToleranceCount or FailureTolerancePercentage, but not both"
        )
    if preferences.concurrent_count is not None and preferences.concurrent_percentage is not None:
        raise invalid("You can specify either MaxConcurrentCount or MaxConcurrentPercentage, but not both")


def tolerance(preferences: Preferences, accounts: int) -> int:
    """Return how many of a region's `accounts` may fail; a percentage is rounded down, the default is 0."""
    if preferences.tolerance_percentage is not None:
        return accounts * preferences.tolerance_percentage // 100
    return preferences.tolerance_count or 0


def concurrency(preferences: Preferences, accounts: int) -> int:
    """Return the most accounts of a region at one time; a percentage is rounded down but never to zero.

    The default is 1.
    """
    if preferences.concurrent_percentage is not None:
        return max(1, accounts * preferences.concurrent_percentage // 100)
    return preferences.concurrent_count or 1


def open_slots(preferences: Preferences, accounts: int, failures: int) -> int:
    """Return how many accounts may run now, after `failures` in this region; 0 means that the region stops.

    STRICT_FAILURE_TOLERANCE, the default, begins at the lower of the maximum and the tolerance plus one, and each
    failure takes one away, so that failures never exceed the tolerance plus one. SOFT_FAILURE_TOLERANCE keeps to
    the maximum until the tolerance is exceeded.
    """
    left = tolerance(preferences, accounts) + 1 - failures
    if left <= 0:
        return 0
    most = concurrency(preferences, accounts)
    return min(most, left) if (preferences.concurrency_mode or STRICT) == STRICT else most


def is_parallel(preferences: Preferences) -> bool:
    """Whether all regions run at one time; one after the other is the default (user guide, "Region Concurrency")."""
    return preferences.region_concurrency == "PARALLEL"


def plan(targets: Iterable[InstanceTarget], preferences: Preferences) -> Plan:
    """Return the targets by region: those of RegionOrder first, then the others as they came.

    That regions which RegionOrder leaves out come last is assumed.
    """
    by_region: dict[str, list[str]] = {}
    for target in targets:
        by_region.setdefault(target.region, []).append(target.account)
    first = [region for region in dict.fromkeys(preferences.region_order) if region in by_region]
    rest = [region for region in by_region if region not in first]
    return tuple((region, tuple(dict.fromkeys(by_region[region]))) for region in (*first, *rest))
