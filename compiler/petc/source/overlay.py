"""A stage over the base: mappings merge by key, everything else replaces, `null` removes.

Merging happens before the schema looks at the tree, so this module relies on no shape but mappings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from petc.diagnostics import Code, Diagnostic, Location, Rejected
from petc.source import codes, suggest
from petc.source.build import MAX_PROBLEMS
from petc.source.tree import Entry, Node

_STAGES = "stages"
_STAGE_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,10}[a-z0-9])?")
"""The schema for editors says the same. Stages are part of DNS names and of names that AWS keeps short."""


def stage_names(base: Node) -> tuple[str, ...]:
    """Return the names under `stages`, in the order of the spec; none when there is no such mapping."""
    entry = _entries(base).get(_STAGES)
    return tuple(_entries(entry.node)) if entry else ()


def overlay(base: Node, stage: str) -> Node:
    """Return the base without `stages`, with what differs in `stage` merged over it.

    Every node keeps the position that it was written at; a key that both sides have keeps its order
    in the base, and where the stage's value replaces, the stage's position. A stage without content
    changes nothing. Inside lists `null` is a value, since lists are replaced whole.

    Raises `Rejected` with `unknown-stage`, `stage-name`, `not-a-mapping`, or every `removes-nothing` of
    the stage.
    """
    entries = _entries(base)
    without = {key: entry for key, entry in entries.items() if key != _STAGES}
    over = _stage(base, stage)
    problems: list[Diagnostic] = []
    merged = _merge(without, _entries(over), stage, problems)
    if problems:
        raise Rejected(tuple(problems))
    return replace(base, value=MappingProxyType(merged))


def laid_over(base: Node, over: Node, what: str) -> Node:
    """Return `base` with `over` merged over it; where one is no mapping, `over` as it is.

    `what` names the upper part in messages. The result stands where `over` stands.
    Raises `Rejected` with every `removes-nothing`.
    """
    if not isinstance(base.value, Mapping) or not isinstance(over.value, Mapping):
        return over
    problems: list[Diagnostic] = []
    merged = _merge(base.value, over.value, what, problems)
    if problems:
        raise Rejected(tuple(problems))
    return replace(over, value=MappingProxyType(merged))


def _stage(base: Node, stage: str) -> Node:
    stages = _entries(base).get(_STAGES)
    if stages is None or stages.node.value is None:
        wanted = f"there is no stage '{stage}', the spec" if stage else "the spec"
        place = stages.key if stages else base.location
        way_out = f"add '{stage or 'dev'}' under 'stages'"
        raise Rejected((_error(codes.UNKNOWN_STAGE, f"{wanted} declares no stages", place, way_out),))
    if not isinstance(stages.node.value, Mapping):
        raise Rejected((_not_a_mapping("'stages'", stages.node, stage),))
    entry = stages.node.value.get(stage)
    if entry is None:
        raise Rejected((_unknown(stage, stages),))
    if not _STAGE_NAME.fullmatch(stage):
        message = f"'{stage}' cannot name a stage"
        way_out = "write a lower-case letter, then up to eleven lower-case letters, digits and hyphens"
        raise Rejected((_error(codes.STAGE_NAME, message, entry.key, way_out),))
    if entry.node.value is not None and not isinstance(entry.node.value, Mapping):
        raise Rejected((_not_a_mapping(f"stage '{stage}'", entry.node, stage),))
    return entry.node


def _unknown(stage: str, stages: Entry) -> Diagnostic:
    names = tuple(_entries(stages.node))
    meant = suggest.closest(stage, names)
    listed = ", ".join(names) or "none"
    message = f"there is no stage '{stage}', the spec declares {listed}"
    way_out = f"did you mean '{meant}'" if meant else f"name one of them, or add '{stage}' under 'stages'"
    return _error(codes.UNKNOWN_STAGE, message, stages.key, way_out)


def _merge(
    base: Mapping[str, Entry], over: Mapping[str, Entry], stage: str, problems: list[Diagnostic]
) -> dict[str, Entry]:
    merged = dict(base)
    for key, entry in over.items():
        below = merged.get(key)
        if entry.node.value is None:
            if below is None:
                problems.append(_removes_nothing(key, entry, base, stage))
                if len(problems) >= MAX_PROBLEMS:
                    raise Rejected(tuple(problems))
            merged.pop(key, None)
        elif isinstance(entry.node.value, Mapping):
            merged[key] = _merged_entry(below, entry, stage, problems)
        else:
            merged[key] = entry
    return merged


def _merged_entry(below: Entry | None, entry: Entry, stage: str, problems: list[Diagnostic]) -> Entry:
    # Over something that is no mapping the stage's mapping replaces; it is walked all the same,
    # because a null in it would otherwise mean "remove" in one place and "null" in another.
    kept = below if below is not None and isinstance(below.node.value, Mapping) else None
    base = _entries(kept.node) if kept else {}
    merged = _merge(base, _entries(entry.node), stage, problems)
    home = kept or entry
    return replace(home, node=replace(home.node, value=MappingProxyType(merged)))


def _removes_nothing(key: str, entry: Entry, base: Mapping[str, Entry], stage: str) -> Diagnostic:
    meant = suggest.closest(key, base)
    message = f"'{key}: null' removes a key that is not there in the base"
    way_out = f"did you mean '{meant}'" if meant else "delete this line"
    return replace(_error(codes.REMOVES_NOTHING, message, entry.key, way_out), stage=stage)


def _not_a_mapping(what: str, node: Node, stage: str) -> Diagnostic:
    kind = "a list" if isinstance(node.value, tuple) else f"'{node.value}'"
    way_out = "write the keys that differ in the stage, as at the top of the spec"
    message = f"{what} is {kind}, not a mapping"
    return replace(_error(codes.NOT_A_MAPPING, message, node.location, way_out), stage=stage)


def _entries(node: Node) -> Mapping[str, Entry]:
    return node.value if isinstance(node.value, Mapping) else {}


def _error(code: Code, message: str, location: Location, way_out: str) -> Diagnostic:
    return code.diagnostic(message, location=location, help=way_out)
