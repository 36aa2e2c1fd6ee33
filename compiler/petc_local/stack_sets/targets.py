"""Which accounts a request means: account lists, organization units, filters. Pure functions.

The source is the documentation of the botocore shape DeploymentTargets.
"""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.stack_sets.errors import invalid
from petc_local.stack_sets.records import DeploymentTargets, InstanceTarget

MOST_UNITS = 50
"""Of organization units in one operation (botocore, documentation of CreateStackInstances)."""


def select(
    wanted: DeploymentTargets, members: Mapping[str, str], management: str, *, creating: bool
) -> dict[str, str | None]:
    """Return the accounts that `wanted` means, each with the unit by which it was found, never the management one.

    `members` maps each account within the wanted units to its unit. UNION is the default, but "not supported for
    CreateStackInstances operations"; creating with units and accounts needs a filter. Without units, only
    operations on instances that exist may name accounts alone (assumed).
    """
    kind = wanted.account_filter
    if creating and wanted.units and wanted.accounts and kind is None:
        raise invalid(
            "AccountFilterType must be specified when OrganizationalUnitIds and Accounts are specified"
        )
    if creating and kind == "UNION":
        raise invalid("AccountFilterType UNION is not supported for CreateStackInstances operations")
    if creating and not wanted.units:
        raise invalid("OrganizationalUnitIds are required for stack sets with service-managed permissions")
    if len(wanted.units) > MOST_UNITS:
        raise invalid(f"The maximum number of organizational units of an operation is {MOST_UNITS}")
    named = set(wanted.accounts)
    found: dict[str, str | None]
    if kind == "INTERSECTION":
        found = {account: unit for account, unit in members.items() if account in named}
    elif kind == "DIFFERENCE":
        found = {account: unit for account, unit in members.items() if account not in named}
    elif kind == "NONE":
        if named:
            raise invalid("Accounts must not be specified with AccountFilterType NONE")
        found = dict(members)
    else:
        found = {account: members.get(account) for account in (*members, *wanted.accounts)}
    found.pop(management, None)
    return found


def cross(accounts: tuple[str, ...], regions: tuple[str, ...]) -> tuple[InstanceTarget, ...]:
    """Return every account in every region, each once."""
    return tuple(
        InstanceTarget(account, region)
        for region in dict.fromkeys(regions)
        for account in dict.fromkeys(accounts)
    )
