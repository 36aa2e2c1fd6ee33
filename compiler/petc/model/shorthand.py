"""Short forms written out before anything is merged: `health: /ready` means `health: {path: /ready}`.

Names of layers may have hyphens, as files and messages write them: `parameter-store` means `parameter_store`.

Otherwise a short form below and a mapping above, or the other way round, would replace each other silently.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

from petc.model.schema import Schema, resolved, stage_schema
from petc.source.tree import Entry, Node


def written_out(base: Node) -> Node:
    """Return a whole spec with every short form as the mapping that it stands for, at the place of the value.

    What does not fit the schema stays as it is: the schema's own check says so later.
    """
    schema = stage_schema()
    expanded = _expanded(base, schema)
    stages = expanded.value.get("stages") if isinstance(expanded.value, Mapping) else None
    if stages is None or not isinstance(stages.node.value, Mapping):
        return expanded
    written = {
        name: replace(entry, node=_expanded(entry.node, schema)) for name, entry in stages.node.value.items()
    }
    node = replace(stages.node, value=MappingProxyType(written))
    entries = {**cast("Mapping[str, Entry]", expanded.value), "stages": replace(stages, node=node)}
    return replace(expanded, value=MappingProxyType(entries))


def _expanded(node: Node, schema: Schema) -> Node:
    target = resolved(schema)
    short = target.get("x-short")
    if short and _stands_for(node.value, resolved(target["properties"][short])):
        return Node(MappingProxyType({short: Entry(node.location, node)}), node.location)
    if not isinstance(node.value, Mapping):
        return node
    properties: Schema = target.get("properties", {})
    names = target.get("additionalProperties")
    allowed = target.get("propertyNames", {}).get("enum", ())
    entries = {}
    for written, entry in node.value.items():
        key = _with_underscores(written, allowed, node.value)
        inner = properties.get(key, names)
        entries[key] = replace(entry, node=_expanded(entry.node, inner)) if isinstance(inner, dict) else entry
    return replace(node, value=MappingProxyType(entries))


def _with_underscores(key: str, allowed: Collection[str], present: Collection[str]) -> str:
    """Return the name that a key with hyphens means; the key itself when both are there, which the schema refuses."""
    name = key.replace("-", "_")
    return name if key not in allowed and name in allowed and name not in present else key


def _stands_for(value: object, inner: Schema) -> bool:
    """Whether a value can be a short form: text where the named key takes text."""
    return isinstance(value, str) and inner.get("type") == "string"
