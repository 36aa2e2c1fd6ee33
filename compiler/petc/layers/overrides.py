"""Overrides: the spec's last word on any property of any generated resource, checked and never silent."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from petc.diagnostics import Code, Diagnostic, Rejected, Severity
from petc.layers.base import LayerTemplate
from petc.model.types import Override, Stage
from petc.resources import schemas
from petc.source.suggest import closest
from petc.source.tree import pointer

OVERRIDE_MATCHES_NOTHING = Code(
    "override-matches-nothing",
    Severity.ERROR,
    "an override names a resource that is not generated",
    "Overrides go by layer and logical id. A resource that was renamed or has gone takes its override with it.",
    bad="overrides: {application: {ServiceOrder: {reason: the load test needs it, "
    "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
    good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
    "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
)

OVERRIDE_UNKNOWN_PROPERTY = Code(
    "override-unknown-property",
    Severity.ERROR,
    "an override sets or removes a property that the resource type does not have",
    "Each path is checked against CloudFormation's resource schema. Paths are property names joined by dots, "
    "below Properties.",
    bad="overrides: {application: {ServiceOrders: {reason: the load test needs it, set: {HealthGrace: 600}}}}\n",
    good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
    "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
)

OVERRIDE_LEADS_NOWHERE = Code(
    "override-leads-nowhere",
    Severity.ERROR,
    "an override leads into a value that has no such part",
    "A path goes down through mappings by name and through lists by number, from 0. It cannot go into text, "
    "past the end of a list, or into a value that CloudFormation computes (Ref, Fn::GetAtt and the like): "
    "set that value as a whole.",
    bad="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
    "set: {LoadBalancers.7.ContainerPort: 8081}}}}\n",
    good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
    "set: {LoadBalancers.0.ContainerPort: 8081}}}}\n",
)

OVERRIDE_REMOVES_NOTHING = Code(
    "override-removes-nothing",
    Severity.ERROR,
    "an override removes a property that is not set",
    "There is nothing to remove, so the override no longer does what its reason says.",
    bad="overrides: {application: {ServiceOrders: {reason: the load test needs it, remove: [ServiceName]}}}\n",
    good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
    "remove: [HealthCheckGracePeriodSeconds]}}}\n",
)

CODES: tuple[Code, ...] = (
    OVERRIDE_MATCHES_NOTHING,
    OVERRIDE_UNKNOWN_PROPERTY,
    OVERRIDE_LEADS_NOWHERE,
    OVERRIDE_REMOVES_NOTHING,
)


def overridden(stage: Stage, layers: tuple[LayerTemplate, ...]) -> tuple[LayerTemplate, ...]:
    """Return the layers with the spec's overrides applied, each noted in the resource's metadata.

    Raises `Rejected` with every override that matches nothing, names an unknown property or removes nothing.
    """
    problems: list[Diagnostic] = []
    by_name = {layer.layer: layer for layer in layers}
    for layer_name, overrides in stage.overrides.items():
        layer = by_name.get(layer_name)
        template = copy.deepcopy(dict(layer.template)) if layer else {}
        resources = cast("dict[str, Any]", template.get("Resources", {}))
        for logical_id, override in overrides.items():
            if logical_id not in resources:
                problems.append(_matches_nothing(override, logical_id, layer_name, resources))
                continue
            problems += _apply(override, logical_id, resources[logical_id])
        if layer:
            by_name[layer_name] = replace(layer, template=template)
    if problems:
        raise Rejected(tuple(problems))
    return tuple(by_name[layer.layer] for layer in layers)


def _apply(override: Override, logical_id: str, resource: dict[str, Any]) -> Iterator[Diagnostic]:
    type_name = resource["Type"]
    properties = resource.setdefault("Properties", {})
    for path, value in override.set.items():
        at = f"{override.at}/set{pointer(path)}"
        unknown = _unknown_property(at, path, logical_id, type_name)
        if unknown:
            yield unknown
        elif end := _set(properties, path.split("."), copy.deepcopy(value)):
            yield _leads_nowhere(at, path, end, logical_id)
    for index, path in enumerate(override.remove):
        at = f"{override.at}/remove/{index}"
        unknown = _unknown_property(at, path, logical_id, type_name)
        if unknown:
            yield replace(unknown, on_key=False)
        elif not _remove(properties, path.split(".")):
            message = f"{logical_id} sets no {path}, so there is nothing to remove"
            yield OVERRIDE_REMOVES_NOTHING.diagnostic(message, pointer=at, help="delete this entry")
    touched = sorted({*override.set, *override.remove})
    resource["Metadata"]["petc"]["overridden"] = {"reason": override.reason, "properties": touched}


def _set(properties: dict[str, Any], steps: Sequence[str], value: object) -> str:
    """Set a value below the properties; return the path of what the steps cannot go into, or nothing."""
    target: Any = properties
    for depth, step in enumerate(steps):
        is_last = depth == len(steps) - 1
        if isinstance(target, list):
            if not step.isdigit() or int(step) >= len(target):
                return ".".join(steps[:depth])
            if is_last:
                target[int(step)] = value
            else:
                target = target[int(step)]
        elif isinstance(target, dict) and not _is_computed(target):
            if is_last:
                target[step] = value
            else:
                target = target.setdefault(step, {})
        else:
            return ".".join(steps[:depth])
    return ""


def _remove(properties: dict[str, Any], steps: Sequence[str]) -> bool:
    """Remove a value below the properties; return whether it was there."""
    target: Any = properties
    *parents, last = steps
    for step in parents:
        if isinstance(target, list):
            target = target[int(step)] if step.isdigit() and int(step) < len(target) else None
        else:
            target = target.get(step) if isinstance(target, dict) else None
    if isinstance(target, list) and last.isdigit() and int(last) < len(target):
        del target[int(last)]
        return True
    if isinstance(target, dict) and last in target:
        del target[last]
        return True
    return False


def _is_computed(value: Mapping[str, object]) -> bool:
    return len(value) == 1 and all(key == "Ref" or key.startswith("Fn::") for key in value)


def _leads_nowhere(at: str, path: str, end: str, logical_id: str) -> Diagnostic:
    return OVERRIDE_LEADS_NOWHERE.diagnostic(
        f"{path} cannot be set, because {end} of {logical_id} has no such part",
        pointer=at,
        help=f"set `{end}` as a whole",
        on_key=True,
    )


def _unknown_property(at: str, path: str, logical_id: str, type_name: str) -> Diagnostic | None:
    steps = tuple(path.split("."))
    if schemas.property_exists(type_name, steps):
        return None
    near = schemas.nearest_properties(type_name, steps)
    return OVERRIDE_UNKNOWN_PROPERTY.diagnostic(
        f"{type_name} of {logical_id} has no property {path}",
        pointer=at,
        help="did you mean " + " or ".join(f"`{item}`" for item in near) + "?"
        if near
        else "see the resource type",
        on_key=True,
    )


def _matches_nothing(
    override: Override, logical_id: str, layer: str, resources: Mapping[str, object]
) -> Diagnostic:
    near = closest(logical_id, tuple(resources))
    return OVERRIDE_MATCHES_NOTHING.diagnostic(
        f"layer {layer} has no resource {logical_id}"
        if resources
        else f"there is no layer {layer} to override",
        pointer=override.at,
        help=f"did you mean `{near}`?"
        if near
        else "`petc explain` with a pointer lists what comes from a line",
        on_key=True,
    )
