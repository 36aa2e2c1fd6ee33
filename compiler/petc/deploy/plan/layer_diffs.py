"""What lies between how each layer stands and how it should stand, in every target."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from petc.deploy.plan.layer_state import EMPTY, LayerState
from petc.deploy.plan.resource_diff import Comparison, compare
from petc.deploy.targets import Target

Compared: TypeAlias = Mapping[tuple[str, Target], Comparison]
"""What happens to a layer, by the name of its stack set and the target."""


def comparisons(every: Collection[LayerState]) -> Compared:
    """Return what happens to each layer in each target.

    The cases come in deployment order. Equal templates with equal values are compared once, however many
    targets have them.
    """
    known: dict[tuple[object, ...], Comparison] = {}
    found: dict[tuple[str, Target], Comparison] = {}
    moved = _elsewhere(every)
    changing: dict[Target, set[str]] = {}
    for case in every:
        for target in case.places:
            news = changing.setdefault(target, set(moved))
            comparison = _compared(case, target, news, known)
            found[case.name, target] = comparison
            news |= comparison.moving
            if case.new is not None:
                news |= case.new.exports.keys() - case.old(target).exports.keys()
    return found


def _compared(
    case: LayerState, target: Target, moved: Collection[str], known: dict[tuple[object, ...], Comparison]
) -> Comparison:
    old = case.old(target)
    new = EMPTY if target in case.surplus or case.new is None else case.new
    old_values = case.old_values(target)
    new_values = case.new_values(target) if new is not EMPTY else {}
    relevant = frozenset(new.imports.intersection(moved))
    key = (old.digest, new.digest, frozenset(old_values.items()), frozenset(new_values.items()), relevant)
    if key not in known:
        known[key] = compare(old, old_values, new, new_values, relevant, with_access=True)
    return known[key]


def _elsewhere(every: Collection[LayerState]) -> frozenset[str]:
    """Return the exported names that one layer makes now and another one will make."""
    now: dict[str, set[str]] = {}
    for case in every:
        for found in case.variants:
            for name in found.exports:
                now.setdefault(name, set()).add(case.name)
    return frozenset(
        name
        for case in every
        if case.new is not None
        for name in case.new.exports
        if now.get(name, set()) - {case.name}
    )
