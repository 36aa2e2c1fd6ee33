"""The resource types that MiniStack lacks, and what its own types and stacks do otherwise than AWS."""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation

from petc.local.types import (
    balancers,
    custom_names,
    databases,
    deployments,
    exports,
    foreign_buckets,
    generated_names,
    mended,
    network_acls,
    quiet_updates,
    records,
    replacing,
    sites,
    standing,
    table,
)
from petc.resources.schemas import Json


def install() -> None:
    """Add to MiniStack what it lacks and mend what it does otherwise; a second call changes nothing.

    Before MiniStack's server starts, and in the same process.
    """
    mended.enter()
    table.enter()
    replacing.enter(standing.STANDING)
    for module in (
        balancers,
        custom_names,
        databases,
        deployments,
        exports,
        foreign_buckets,
        generated_names,
        network_acls,
        quiet_updates,
        sites,
    ):
        module.enter()
    _reset_with_stacks()


def dump() -> dict[str, Json]:
    """Return what only petc keeps, of all accounts and regions, in a form that JSON can hold."""
    return {"records": records.dump()}


def load(state: dict[str, Json]) -> None:
    """Take what `dump` returned, beside what is there."""
    held = state.get("records")
    records.load(held if isinstance(held, list) else [])


def reset() -> None:
    """Forget what only petc keeps, of all accounts and regions."""
    records.reset()


def _reset_with_stacks() -> None:
    """Forget with MiniStack, whose administration resets each of its services."""
    module: Any = cloudformation
    own = module.reset
    if hasattr(own, "petc"):
        return

    def whole() -> None:
        own()
        reset()

    module.reset = whole
    module.reset.petc = True
