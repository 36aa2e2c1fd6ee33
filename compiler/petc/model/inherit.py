"""What every service and function starts from: `defaults` laid under each, positions kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from petc.diagnostics import Diagnostic, Rejected
from petc.source.overlay import laid_over
from petc.source.tree import Entry, Node, find

_HEIRS = {"service": "services", "function": "functions"}
"""Key under `defaults`, and the mapping whose entries start from it."""


def inherited(tree: Node) -> Node:
    """Return the stage tree with `defaults.service` and `defaults.function` laid under each part.

    A part's own `null` removes the default. Raises `Rejected` when it removes a default that is not there.
    """
    if not isinstance(tree.value, Mapping):
        return tree
    entries = dict(tree.value)
    problems: list[Diagnostic] = []
    for kind, mapping in _HEIRS.items():
        base = find(tree, f"/defaults/{kind}")
        parts = entries.get(mapping)
        if base is None or parts is None or not isinstance(parts.node.value, Mapping):
            continue
        heirs: dict[str, Entry] = {}
        for name, part in parts.node.value.items():
            try:
                heirs[name] = replace(part, node=laid_over(base, part.node, f"{mapping} {name}"))
            except Rejected as rejected:
                problems += rejected.diagnostics
        if not problems:
            entries[mapping] = replace(parts, node=replace(parts.node, value=MappingProxyType(heirs)))
    if problems:
        raise Rejected(tuple(problems))
    return replace(tree, value=MappingProxyType(entries))
