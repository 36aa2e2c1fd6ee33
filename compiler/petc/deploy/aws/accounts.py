"""The accounts of organization units, which are the targets of a service-managed stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from petc.deploy import codes
from petc.deploy.aws.connection import Connection, answered, calling
from petc.diagnostics import Rejected


def of_units(connection: Connection, units: tuple[str, ...]) -> tuple[str, ...]:
    """Return the active accounts of the units and of the units below them, sorted.

    The management account is left out: service-managed stack sets never deploy to it (CloudFormation User
    Guide, "Prerequisites: Service-managed permissions"). Raises `Rejected` (`unit-unknown`) for a unit that the
    organization does not have.
    """
    client = connection.client("organizations")
    with calling("organizations:DescribeOrganization"):
        management = client.describe_organization()["Organization"]["MasterAccountId"]
    found = {account for unit in units for account in _below(client, unit)}
    return tuple(sorted(found - {management}))


def _below(client: Any, parent: str) -> Iterator[str]:
    pages = client.get_paginator("list_accounts_for_parent").paginate(ParentId=parent)
    found, missing = answered(
        "organizations:ListAccountsForParent", parent, lambda: list(pages), "ParentNotFoundException"
    )
    if missing:
        raise _unknown(parent)
    yield from (account["Id"] for page in found for account in page["Accounts"] if _is_active(account))
    with calling("organizations:ListOrganizationalUnitsForParent", parent):
        pages = client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent)
        units = [unit["Id"] for page in pages for unit in page["OrganizationalUnits"]]
    for unit in units:
        yield from _below(client, unit)


def _is_active(account: dict[str, Any]) -> bool:
    # `State` replaces `Status`, which ends on 2026-09-09; Organizations API reference, Account.
    return bool(account.get("State", account.get("Status")) == "ACTIVE")


def _unknown(unit: str) -> Rejected:
    return codes.UNIT_UNKNOWN.because(
        f"the organization of the credentials has no organizational unit {unit}",
        help="correct the unit, or use credentials of its organization; on the local AWS, "
        f"`petc local join ACCOUNT... --unit {unit}` makes it",
        pointer="/targets/organizational_units",
    )
