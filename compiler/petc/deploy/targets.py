"""Where a layer is deployed to: an account and a region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One account (twelve digits) and one region, written `123456789012/us-west-2`."""

    account: str
    region: str

    def __str__(self) -> str:
        """Return `<account>/<region>`."""
        return f"{self.account}/{self.region}"

    @classmethod
    def parse(cls, text: str) -> Target:
        """Return the target that was written as `<account>/<region>`; raises `ValueError` for other text."""
        account, slash, region = text.partition("/")
        if not (slash and account and region):
            raise ValueError(f"not a target: {text!r}")
        return cls(account, region)


def product(accounts: Iterable[str], regions: Iterable[str]) -> tuple[Target, ...]:
    """Return every account in every region, sorted."""
    places = tuple(regions)
    return tuple(sorted(Target(account, region) for account in accounts for region in places))


def folded(targets: Iterable[Target]) -> str:
    """Return the targets in words: one as it is written, several as `3 accounts × 2 regions`.

    A single account or region is named: `123456789012 × 2 regions`. Targets that are no full product of their
    accounts and regions are `5 targets`.
    """
    every = tuple(targets)
    if len(every) == 1:
        return str(every[0])
    accounts = {target.account for target in every}
    regions = {target.region for target in every}
    if len(accounts) * len(regions) != len(set(every)):
        return f"{len(every)} targets"
    return f"{_named(accounts, 'accounts')} × {_named(regions, 'regions')}"


def _named(found: set[str], plural: str) -> str:
    return next(iter(found)) if len(found) == 1 else f"{len(found)} {plural}"
