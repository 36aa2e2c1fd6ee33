"""Hiding what messages must not show: a secret in the spec is pointed at, and never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable

from petc.diagnostics import Location

_BREAKS = re.compile(r"(\r\n|\r|\n)")
HIDDEN = "*"


def masked(text: str, places: Iterable[Location]) -> str:
    """Return a source with every character of these places as `*`; lines and columns stay as they are.

    Lines are counted as YAML counts them, and columns by code points without a byte order mark.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    pieces = _BREAKS.split(text[len(mark) :])
    for place in places:
        for line in range(place.line, place.end_line + 1):
            at = 2 * (line - 1)  # breaks stand between the lines
            if at >= len(pieces):
                continue
            row = pieces[at]
            first = place.column - 1 if line == place.line else 0
            last = place.end_column - 1 if line == place.end_line else len(row)
            pieces[at] = row[:first] + "".join(map(_hidden, row[first:last])) + row[last:]
    return mark + "".join(pieces)


def _hidden(sign: str) -> str:
    return sign if sign.isspace() else HIDDEN
