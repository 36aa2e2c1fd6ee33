"""Which accounts a request means."""

from __future__ import annotations

import pytest

from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.records import DeploymentTargets, InstanceTarget
from petc_local.stack_sets.targets import cross, select

MEMBERS = {"1": "unit", "2": "unit", "9": "unit"}
MANAGEMENT = "9"


@pytest.mark.parametrize(
    ("kind", "accounts", "expected"),
    [
        (None, (), {"1": "unit", "2": "unit"}),
        ("NONE", (), {"1": "unit", "2": "unit"}),
        ("INTERSECTION", ("2", "7"), {"2": "unit"}),
        ("DIFFERENCE", ("2",), {"1": "unit"}),
        ("UNION", ("7",), {"1": "unit", "2": "unit", "7": None}),
        (None, ("7",), {"1": "unit", "2": "unit", "7": None}),
        ("UNION", ("9",), {"1": "unit", "2": "unit"}),
    ],
)
def test_a_filter_combines_units_and_accounts_without_the_management_account(
    kind: str | None, accounts: tuple[str, ...], expected: dict[str, str | None]
) -> None:
    wanted = DeploymentTargets(accounts, None, ("unit",), kind)

    assert select(wanted, MEMBERS, MANAGEMENT, creating=False) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        DeploymentTargets(("1",), None, ("unit",), None),
        DeploymentTargets(("1",), None, ("unit",), "UNION"),
        DeploymentTargets(("1",), None, (), None),
    ],
)
def test_creation_needs_units_and_a_filter_beside_accounts(wanted: DeploymentTargets) -> None:
    with pytest.raises(RequestRefused):
        select(wanted, MEMBERS, MANAGEMENT, creating=True)


def test_an_operation_has_at_most_fifty_units() -> None:
    with pytest.raises(RequestRefused, match="50"):
        select(DeploymentTargets(units=("unit",) * 51), MEMBERS, MANAGEMENT, creating=True)


def test_every_account_meets_every_region_once() -> None:
    assert cross(("1", "2", "1"), ("a", "a")) == (InstanceTarget("1", "a"), InstanceTarget("2", "a"))
