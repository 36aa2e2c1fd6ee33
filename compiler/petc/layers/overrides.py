"""Overrides: the spec's last word on any property of any generated resource, checked and never silent."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from petc.diagnostics import Code, Diagnostic, Rejected, Severity
from petc.layers.base import LayerTemplate
from petc.model.types import Override, Stage
from petc.resources import schemas
from petc.source.suggest import closest
from petc.source.tree import pointer

CODES = (
    Code(
        "override-matches-nothing",
        Severity.ERROR,
        "an override names a resource that is not generated",
        "Overrides go by layer and logical id. A resource that was renamed or has gone takes its override with it.",
        bad="overrides: {application: {ServiceOrder: {reason: the load test needs it, "
        "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
        good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
        "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
    ),
    Code(
        "override-unknown-property",
        Severity.ERROR,
        "an override sets or removes a property that the resource type does not have",
        "Each path is checked against CloudFormation's resource schema. Paths are property names joined by dots, "
        "below Properties.",
        bad="overrides: {application: {ServiceOrders: {reason: the load test needs it, set: {HealthGrace: 600}}}}\n",
        good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
        "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
    ),
    Code(
        "override-removes-nothing",
        Severity.ERROR,
        "an override removes a property that is not set",
        "There is nothing to remove, so the override no longer does what its reason says.",
        bad="overrides: {application: {ServiceOrders: {reason: the load test needs it, remove: [PlatformVersion]}}}\n",
        good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
        "remove: [HealthCheckGracePeriodSeconds]}}}\n",
    ),
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
        else:
            *parents, last = path.split(".")
            target = properties
            for part in parents:
                inner = target.get(part)
                target[part] = dict(inner) if isinstance(inner, dict) else {}
                target = target[part]
            target[last] = copy.deepcopy(value)
    for index, path in enumerate(override.remove):
        at = f"{override.at}/remove/{index}"
        unknown = _unknown_property(at, path, logical_id, type_name)
        *parents, last = path.split(".")
        target = properties
        for part in parents:
            target = target.get(part, {}) if isinstance(target, dict) else {}
        if unknown:
            yield unknown
        elif not isinstance(target, dict) or last not in target:
            message = f"{logical_id} sets no {path}, so there is nothing to remove"
            yield Diagnostic("override-removes-nothing", Severity.ERROR, message, pointer=at, help="delete this entry")
        else:
            del target[last]
    touched = sorted({*override.set, *override.remove})
    resource["Metadata"]["petc"]["overridden"] = {"reason": override.reason, "properties": touched}


def _unknown_property(at: str, path: str, logical_id: str, type_name: str) -> Diagnostic | None:
    steps = tuple(path.split("."))
    if schemas.property_exists(type_name, steps):
        return None
    near = schemas.nearest_properties(type_name, steps)
    return Diagnostic(
        "override-unknown-property",
        Severity.ERROR,
        f"{type_name} of {logical_id} has no property {path}",
        pointer=at,
        help="did you mean " + " or ".join(f"`{item}`" for item in near) + "?" if near else "see the resource type",
        on_key=True,
    )


def _matches_nothing(
    override: Override, logical_id: str, layer: str, resources: Mapping[str, object]
) -> Diagnostic:
    near = closest(logical_id, tuple(resources))
    return Diagnostic(
        "override-matches-nothing",
        Severity.ERROR,
        f"layer {layer} has no resource {logical_id}" if resources else f"there is no layer {layer} to override",
        pointer=override.at,
        help=f"did you mean `{near}`?" if near else "`petc explain` with a pointer lists what comes from a line",
        on_key=True,
    )
