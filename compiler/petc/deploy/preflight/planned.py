"""From wanted templates and the deployed state to what is planned for each target. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import Observed
from petc.deploy.plan.resolve import resolved
from petc.deploy.plan.templates import template, values
from petc.deploy.plan.types import Action, LayerChange
from petc.deploy.preflight.types import PlannedResource, PlannedTarget
from petc.deploy.targets import Target
from petc.source.tree import Json
from petc.verify.rendered import mapping


def planned(
    wanted: DesiredState,
    observed: Observed,
    only: Collection[str] = (),
    role: str = "",
    changes: Iterable[LayerChange] = (),
) -> tuple[PlannedTarget, ...]:
    """Return what is planned for every wanted target, in order, and then for those that the stage leaves.

    `only` names the layers that the plan was limited to, by name or stem; all without it. `role` is the role with
    which CloudFormation acts in the targets, empty where AWS keeps one of its own. `changes` are those of the plan,
    which say what is replaced.
    """
    layers = tuple(layer for layer in wanted.layers if not only or {layer.layer, layer.stem} & set(only))
    # A layer that is left alone keeps its exports.
    changing = frozenset({layer.name for layer in layers} if only else observed.layers)
    replaced = _replaced(changes)
    found = (
        _of_target(wanted, layers, changing, observed, target, replaced.get(target, frozenset()))
        for target in wanted.targets
    )
    left = () if only else sorted(_standing(observed) - set(wanted.targets))
    return (
        *(replace(item, role=role) for item in found),
        *(_of_target(replace(wanted, layers=()), (), changing, observed, target) for target in left),
    )


def _replaced(changes: Iterable[LayerChange]) -> dict[Target, frozenset[tuple[str, str]]]:
    """Return layer and logical id of what is replaced, by target."""
    found: dict[Target, frozenset[tuple[str, str]]] = {}
    for change in changes:
        for group in change.groups:
            names = {
                (change.layer, item.logical_id) for item in group.resources if item.action is Action.REPLACE
            }
            for target in group.targets if names else ():
                found[target] = found.get(target, frozenset()) | names
    return found


def _standing(observed: Observed) -> set[Target]:
    """Return where any stack of the stage stands that a deployment can delete.

    In an account that left its organizational unit the stacks are retained, and nothing can be read there.
    """
    return {
        target
        for layer in observed.layers.values()
        for target, stack in layer.deployed.items()
        if stack.exists and not stack.departed
    }


def _of_target(
    wanted: DesiredState,
    layers: tuple[WantedLayer, ...],
    changing: frozenset[str],
    observed: Observed,
    target: Target,
    replaced: frozenset[tuple[str, str]] = frozenset(),
) -> PlannedTarget:
    exported = {name for layer in wanted.layers for name in template(layer.template).exports}
    stacks = {
        name: stack
        for name, layer in observed.layers.items()
        if (stack := layer.deployed.get(target)) is not None and stack.exists
    }
    standing = {
        export for name in changing & stacks.keys() for export in template(stacks[name].template).exports
    }
    return PlannedTarget(
        target,
        tuple(resource for layer in layers for resource in _of_layer(layer, observed, target, replaced)),
        tuple(
            (str(body.get("Type", "")), mapping(body.get("Properties")))
            for stack in stacks.values()
            for body in _resources(stack.template, _frozen(stack.parameters)).values()
        ),
        tuple(sorted(standing - exported)),
        frozenset(stack.stack_name for stack in stacks.values()),
    )


def _of_layer(
    layer: WantedLayer, observed: Observed, target: Target, replaced: frozenset[tuple[str, str]]
) -> Iterator[PlannedResource]:
    found = observed.layers.get(layer.name)
    stack = found.deployed.get(target) if found else None
    old: Mapping[str, Mapping[str, Json]] = {}
    if stack is not None and stack.exists:
        old = _resources(stack.template, _frozen(stack.parameters))
    for logical_id, body in _resources(layer.template, _frozen(layer.parameters.get(target, {}))).items():
        before = old.get(logical_id)
        yield PlannedResource(
            layer.layer,
            logical_id,
            str(body.get("Type", "")),
            mapping(body.get("Properties")),
            _pointer(body),
            deployed=before is not None,
            replaced=(layer.layer, logical_id) in replaced,
            earlier=MappingProxyType(mapping(before.get("Properties")) if before else {}),
        )


def _frozen(passed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(passed.items()))


@lru_cache(maxsize=256)  # the same template with the same values is planned for many targets
def _resources(text: str, passed: tuple[tuple[str, str], ...]) -> Mapping[str, Mapping[str, Json]]:
    read = template(text)
    filled = resolved(read, values(read, dict(passed)), "Resources")
    return MappingProxyType({name: mapping(body) for name, body in filled.items()})


def _pointer(body: Mapping[str, Json]) -> str:
    held = mapping(mapping(body.get("Metadata")).get("petc")).get("spec")
    return held if isinstance(held, str) else ""
