"""Targets as StackSets takes them: every account of a call in every region of it."""

from __future__ import annotations

from collections.abc import Iterable

from petc.deploy.targets import Target


def products(targets: Iterable[Target]) -> tuple[tuple[Target, ...], ...]:
    """Return the targets in groups that are each a full product of accounts and regions, largest first."""
    regions: dict[str, set[str]] = {}
    for target in targets:
        regions.setdefault(target.account, set()).add(target.region)
    groups: dict[tuple[str, ...], list[str]] = {}
    for account in sorted(regions):
        groups.setdefault(tuple(sorted(regions[account])), []).append(account)
    found = (
        tuple(sorted(Target(account, region) for account in accounts for region in places))
        for places, accounts in groups.items()
    )
    return tuple(sorted(found, key=lambda group: (-len(group), group)))
