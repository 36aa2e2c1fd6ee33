"""Values of a plan as text for people: one line, shortened to the room there is."""

from __future__ import annotations

import json

from petc.deploy.plan.access_text import worded
from petc.deploy.plan.types import Missing
from petc.report.cells import cells, visible
from petc.source.tree import Json
from petc.verify.rendered import function

MORE = "…"


def shown(value: Json | Missing) -> str:
    """Return a value on one line: text as it is, references by name, everything else as JSON."""
    if isinstance(value, Missing):
        return "(none)"
    if isinstance(value, str):
        return visible(value) if value else '""'
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    if function(value) is not None:
        return visible(worded(value))
    return visible(json.dumps(_plain(value), ensure_ascii=False))


def items_apart(old: Json | Missing, new: Json | Missing) -> tuple[list[str], list[str]] | None:
    """Return what two lists do not share, the old one's and the new one's items; nothing for other values."""
    if not isinstance(old, list) or not isinstance(new, list):
        return None
    left, right = [shown(item) for item in old], [shown(item) for item in new]
    for item in list(left):
        if item in right:
            left.remove(item)
            right.remove(item)
    return left, right


def width_of(text: str) -> int:
    """Return the terminal cells that a text takes."""
    return len(text) if text.isascii() else sum(cell.width for cell in cells(text))


def fitted(text: str, room: int) -> str:
    """Return the text in at most so many cells, its end replaced where it is longer."""
    if width_of(text) <= room:
        return text
    return started(text, max(room, 1) - 1) + MORE


def started(text: str, room: int) -> str:
    """Return as much of the beginning of a visible text as fits into so many cells."""
    used = 0
    for index, cell in enumerate(cells(text)):
        used += cell.width
        if used > room:
            return text[:index]
    return text


def _plain(value: Json) -> Json:
    """Return the value with its references by name, so that a long list stays readable."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        if function(value) is not None:
            return worded(value)
        return {key: _plain(item) for key, item in value.items()}
    return value
