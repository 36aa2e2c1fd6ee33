"""What one template makes of another: resources made, changed, replaced and removed, and values that move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from petc.deploy.plan import access
from petc.deploy.plan.references import inside
from petc.deploy.plan.resolve import resolved
from petc.deploy.plan.resource_changes import literal
from petc.deploy.plan.templates import Template
from petc.deploy.plan.types import AccessChange, ResourceChange
from petc.deploy.plan.unknown_values import Touched, propagated
from petc.deploy.plan.values_diff import equal
from petc.verify.rendered import mapping


@dataclass(frozen=True, slots=True)
class Comparison:
    """The way from one template to another in one target.

    `moving` names exports of both whose value changes, or may; `gone` those that only the old one makes.
    `retyped` names resources that kept their logical id under another type, which CloudFormation refuses.
    `outputs` says whether outputs differ. `access` is what comes and goes; it is left out when not asked for.
    """

    resources: tuple[ResourceChange, ...]
    moving: frozenset[str]
    gone: frozenset[str]
    retyped: tuple[str, ...]
    outputs: bool
    access: tuple[AccessChange, ...] = ()


def compare(
    old: Template,
    old_values: Mapping[str, str],
    new: Template,
    new_values: Mapping[str, str],
    moved: Collection[str] = (),
    with_access: bool = False,
) -> Comparison:
    """Return what becomes of the resources of `old` when `new` takes its place.

    Values are those of all parameters, defaults included. `moved` names imports whose value changes.
    """
    before, after = resolved(old, old_values, "Resources"), resolved(new, new_values, "Resources")
    changes = literal(before, after)
    touched = propagated(before, after, changes, frozenset(moved))
    ordered = [changes[name] for name in sorted(changes)]
    exported = _moving(old, old_values, new, new_values, touched)
    return Comparison(
        resources=tuple(ordered),
        moving=exported,
        gone=frozenset(old.exports.keys() - new.exports.keys()),
        retyped=tuple(
            sorted(
                name
                for name in before.keys() & after.keys()
                if mapping(before[name]).get("Type") != mapping(after[name]).get("Type")
            )
        ),
        outputs=old.section("Outputs") != new.section("Outputs"),
        access=access.changes(before, after) if with_access else (),
    )


def _moving(
    old: Template,
    old_values: Mapping[str, str],
    new: Template,
    new_values: Mapping[str, str],
    touched: Touched,
) -> frozenset[str]:
    before, after = resolved(old, old_values, "Outputs"), resolved(new, new_values, "Outputs")
    found = set()
    for name in old.exports.keys() & new.exports.keys():
        left = mapping(before[old.exports[name]]).get("Value")
        right = mapping(after[new.exports[name]]).get("Value")
        if not equal(left, right) or any(touched.hits(item) for item in inside(right)):
            found.add(name)
    return frozenset(found)
