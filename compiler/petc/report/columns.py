"""Rows in columns for a terminal: wide characters count as two cells, a long last cell goes on below."""

from __future__ import annotations

from collections.abc import Sequence

from petc.report.cells import cells, visible

_GAP = "  "
_LEAST = 20
"""Cells that the last column gets even on the narrowest terminal."""


def columns(
    rows: Sequence[Sequence[str]], width: int, indent: str = "", *, whole: bool = False
) -> tuple[str, ...]:
    """Return one line for each row, or several where the last cell is wrapped within `width` cells.

    Control characters are shown as escapes. A column that is empty in every row is left out. With `whole`
    the last cell is never wrapped, so that an address stays one that can be opened.
    """
    shown = _filled([[visible(cell) for cell in row] for row in rows])
    count = max(map(len, shown), default=0)
    widths = [
        max((cell_width(row[column]) for row in shown if column < len(row) - 1), default=0)
        for column in range(count)
    ]
    lines: list[str] = []
    for row in shown:
        head = indent + "".join(
            cell + " " * (widths[column] - cell_width(cell)) + _GAP for column, cell in enumerate(row[:-1])
        )
        room = max(_LEAST, width - cell_width(head))
        first, *more = (row[-1],) if whole else wrapped(row[-1], room)
        lines.append((head + first).rstrip())
        lines += [" " * cell_width(head) + line for line in more]
    return tuple(lines)


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows, all of one length, without columns that are empty in each."""
    count = max(map(len, rows), default=0)
    even = [[*row[:-1], *[""] * (count - len(row)), *row[-1:]] for row in rows]
    used = [column for column in range(count) if column == count - 1 or any(row[column] for row in even)]
    return [[row[column] for column in used] for row in even]


def cell_width(text: str) -> int:
    """Return the terminal cells that a text takes."""
    return len(text) if text.isascii() else sum(cell.width for cell in cells(text))


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Return the text in lines of at most `width` cells, broken at blanks where there are any."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        while cell_width(word) > width:
            part = _fitting(word, width)
            lines += [line, part] if line else [part]
            line, word = "", word[len(part) :]
        joined = f"{line} {word}" if line else word
        if cell_width(joined) <= width:
            line = joined
        else:
            lines.append(line)
            line = word
    return (*lines, line) if line or not lines else tuple(lines)


def _fitting(word: str, width: int) -> str:
    end = len(word)
    while end > 1 and cell_width(word[:end]) > width:
        end -= 1
    return word[:end]
