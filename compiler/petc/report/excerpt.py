"""The line that a problem stands on, with carets under the span, cropped to the width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from petc.diagnostics import Location
from petc.report.cells import Cell, cells

_CUT = "..."


@lru_cache(maxsize=8)
def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a source as YAML counts them (LF, CR LF and CR), without a byte order mark."""
    return tuple(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def line_at(text: str, line: int) -> str | None:
    """Return one line of a source, counted from 1, or None beyond its end."""
    lines = lines_of(text)
    return lines[line - 1] if 1 <= line <= len(lines) else None


def excerpt(line: str, location: Location, width: int) -> tuple[str, str]:
    """Return the line as shown and the carets below it, both at most `width` terminal cells.

    A span that goes on in later lines is underlined to the end of this one; an empty span, or one
    beyond the end of the line, gets one caret.
    """
    row = cells(line)
    start = min(location.column - 1, len(row))
    end = len(line.rstrip()) if location.end_line > location.line else min(location.end_column - 1, len(row))
    end = max(end, start)
    first, last = _window(row, start, width)
    before, after = _CUT if first > 0 else "", _CUT if last < len(row) else ""
    shown = before + "".join(cell.shown for cell in row[first:last]) + after
    indent = len(before) + _width(row[first:start])
    carets = max(1, _width(row[start : min(end, last)]))
    return shown.rstrip(), " " * indent + "^" * carets


def _window(row: Sequence[Cell], start: int, width: int) -> tuple[int, int]:
    """Return the part of the row to show: all of it, or what fits around the start of the span."""
    if _width(row) <= width:
        return 0, len(row)
    room = max(width - 2 * len(_CUT), 12)
    # A third of the room for what leads to the span, more when the rest of the line needs less.
    lead = room - min(_width(row[start:]), room - room // 3)
    first, used = start, 0
    while first > 0 and used + row[first - 1].width <= lead:
        first -= 1
        used += row[first].width
    while first < start and row[first].width == 0:
        first += 1
    last = start
    while last < len(row) and used + row[last].width <= room:
        used += row[last].width
        last += 1
    return first, last


def _width(row: Sequence[Cell]) -> int:
    return sum(cell.width for cell in row)
