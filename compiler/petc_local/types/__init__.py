"""The resource types that MiniStack lacks, and what its own types and stacks do otherwise than AWS."""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation

from petc.resources.schemas import Json
from petc_local.types import (
    api_gateway_deployments,
    cloudfront,
    custom_names,
    ec2_network_acls,
    elastic_load_balancing,
    exports,
    fidelity,
    names,
    patches,
    quiet_updates,
    rds,
    recorded_resources,
    replacing,
    s3,
    table,
)


def install() -> None:
    """Add to MiniStack what it lacks and mend what it does otherwise; a second call changes nothing.

    Before MiniStack's server starts, and in the same process.
    """
    patches.enter()
    table.enter()
    replacing.enter(fidelity.STANDING)
    for module in (
        elastic_load_balancing,
        custom_names,
        rds,
        api_gateway_deployments,
        exports,
        s3,
        names,
        ec2_network_acls,
        quiet_updates,
        cloudfront,
    ):
        module.enter()
    _reset_with_stacks()


def dump() -> dict[str, Json]:
    """Return what only petc keeps, of all accounts and regions, in a form that JSON can hold."""
    return {"records": recorded_resources.dump()}


def load(state: dict[str, Json]) -> None:
    """Take what `dump` returned, beside what is there."""
    held = state.get("records")
    recorded_resources.load(held if isinstance(held, list) else [])


def reset() -> None:
    """Forget what only petc keeps, of all accounts and regions."""
    recorded_resources.reset()


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
