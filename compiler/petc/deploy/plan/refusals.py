"""All that AWS would refuse of a change although each template by itself is right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from petc.deploy.plan import network_refusals, replacement_refusals, version_refusals
from petc.deploy.plan.layer_diffs import Compared
from petc.deploy.plan.layer_state import LayerState
from petc.deploy.plan.refusal import Refused, diagnostics
from petc.deploy.plan.target_resources import Estate, estates
from petc.deploy.targets import Target
from petc.diagnostics import Diagnostic

_Check: TypeAlias = Callable[[Estate], Iterator[Refused]]

CHECKS: tuple[_Check, ...] = (
    network_refusals.of_vpcs,
    network_refusals.of_ranges,
    network_refusals.of_subnets_in_use,
    version_refusals.of_versions,
    version_refusals.of_sizes,
    replacement_refusals.of_names,
    replacement_refusals.of_held,
    replacement_refusals.of_taken,
)
"""Every check; each looks at one target before and after, and yields what would be refused there."""


def of_aws(every: Collection[LayerState], compared: Compared) -> tuple[Diagnostic, ...]:
    """Return one problem for each thing that AWS would refuse in the middle of the deployment."""
    found: list[tuple[Refused, tuple[Target, ...]]] = []
    for estate, targets in estates(every, compared):
        refused = [item for check in CHECKS for item in check(estate)]
        found += [(item, targets) for item in _without_echo(refused)]
    return tuple(diagnostics(found, {target for case in every for target in case.places}))


def _without_echo(found: list[Refused]) -> list[Refused]:
    """Return the refusals without those that only follow from a VPC which cannot change."""
    whole = any(item.code == "vpc-cannot-change" for item in found)
    echo = ("cannot-be-replaced",)
    return [item for item in found if not (whole and item.code in echo)]
