"""Questions to a rendered layer, for the layers' tests."""

from __future__ import annotations

from typing import Any

from petc.layers.base import LayerTemplate


def resources(layer: LayerTemplate, kind: str = "") -> dict[str, Any]:
    """Return the resources of a type by logical id, or all."""
    found: Any = layer.template.get("Resources", {})
    return {name: item for name, item in found.items() if not kind or item["Type"] == kind}


def properties(layer: LayerTemplate, name: str) -> Any:
    """Return the properties of one resource."""
    return resources(layer)[name]["Properties"]


def statement(layer: LayerTemplate, policy: str, sid: str) -> Any:
    """Return the statement of a policy by its Sid; a `KeyError` when it is not there."""
    statements = properties(layer, policy)["PolicyDocument"]["Statement"]
    return {item["Sid"]: item for item in statements}[sid]


def sids(layer: LayerTemplate, policy: str) -> list[str]:
    """Return the Sids of a policy, in order."""
    return [item["Sid"] for item in properties(layer, policy)["PolicyDocument"]["Statement"]]
