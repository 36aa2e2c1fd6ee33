"""Pointers to places: what a rule or a linter found, shown where the spec says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from petc.diagnostics import Diagnostic
from petc.source.tree import Node, locate


def placed(diagnostics: Iterable[Diagnostic], tree: Node, stage: str = "") -> tuple[Diagnostic, ...]:
    """Return the diagnostics with every pointer of theirs turned into a location of the stage's tree."""
    return tuple(_placed(item, tree, stage) for item in diagnostics)


def once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return placed diagnostics without those that say the same of the same text again.

    What is written once counts in several places when it stands under `defaults` or an anchor. The place that
    the file shows is kept: that under `defaults`, else the first.
    """
    first: dict[tuple[object, ...], Diagnostic] = {}
    found = sorted(diagnostics, key=lambda item: not (item.pointer or "").startswith("/defaults/"))
    for number, item in enumerate(found):
        place = item.location or number
        first.setdefault((item.code, place, item.on_key, item.help), item)
    return tuple(first.values())


def merged(by_stage: Mapping[str, Iterable[Diagnostic]]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of all stages, once each; what every stage has names no stage."""
    stages_of: dict[Diagnostic, list[str]] = {}
    for stage, diagnostics in by_stage.items():
        for item in diagnostics:
            stages_of.setdefault(replace(item, stage=""), []).append(stage)
    return tuple(
        item if len(set(stages)) == len(by_stage) else replace(item, stage=", ".join(dict.fromkeys(stages)))
        for item, stages in stages_of.items()
    )


def _placed(item: Diagnostic, tree: Node, stage: str) -> Diagnostic:
    related = tuple(
        replace(other, location=locate(tree, other.pointer))
        if other.location is None and other.pointer is not None
        else other
        for other in item.related
    )
    location = item.location
    if location is None and item.pointer is not None:
        location = locate(tree, item.pointer, on_key=item.on_key)
    return replace(item, location=location, related=related, stage=item.stage or stage)
