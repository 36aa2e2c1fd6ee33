"""Accounts of organization units."""

from __future__ import annotations

import pytest

from petc.deploy.aws.accounts import of_units
from petc.deploy.aws.connection import Connection
from petc.diagnostics import Rejected
from tests.petc_local.running import LocalAws

INNER, OUTER, ELSEWHERE = "311111111111", "322222222222", "333333333333"


def unit(aws: LocalAws, parent: str, name: str) -> str:
    client = aws.client("organizations")
    return str(client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"])


def root(aws: LocalAws) -> str:
    return str(aws.client("organizations").list_roots()["Roots"][0]["Id"])


def test_accounts_of_units_below_count_and_others_do_not(aws: LocalAws) -> None:
    outer = unit(aws, root(aws), "outer")
    inner = unit(aws, outer, "inner")
    aws.faults.add_account(aws.account, OUTER, outer)
    aws.faults.add_account(aws.account, INNER, inner)
    aws.faults.add_account(aws.account, ELSEWHERE)

    assert of_units(Connection(aws.region), (outer,)) == (INNER, OUTER)


def test_the_management_account_is_never_a_target(aws: LocalAws) -> None:
    found = of_units(Connection(aws.region), (root(aws),))

    assert aws.account not in found


def test_a_unit_that_the_organization_lacks_is_named(aws: LocalAws) -> None:
    with pytest.raises(Rejected) as caught:
        of_units(Connection(aws.region), ("ou-abcd-99990000",))

    (problem,) = caught.value.diagnostics
    assert problem.code == "unit-unknown"
    assert "ou-abcd-99990000" in problem.message
