"""Text as a terminal shows it: how many cells each character takes, and which ones must not reach it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TAB_STOP = 4
"""Cells between tab stops in an excerpt."""

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Controls (ANSI sequences begin with one), formats (bidi overrides, zero-width characters), surrogates,
# private use, unassigned, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# More marks than any script stacks on one letter; above it they only smear over the lines around.
_MOST_MARKS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown for one code point, and the terminal cells that it takes (0 for a combining mark)."""

    shown: str
    width: int


def visible(text: str) -> str:
    """Return the text on one line with every control, format and other invisible character as an escape."""
    if text.isascii() and text.isprintable():
        return text
    pairs = zip(text, cells(text), strict=True)
    return "".join(_SHORT.get(character) or cell.shown for character, cell in pairs)


def cells(line: str) -> tuple[Cell, ...]:
    """Return one cell per code point of a line, so that columns and cells can be told from each other."""
    found: list[Cell] = []
    position = 0
    marks = _MOST_MARKS
    for character in line:
        cell = _cell(character, position, marks)
        marks = marks + 1 if cell.width == 0 else 0
        position += cell.width
        found.append(cell)
    return tuple(found)


def _cell(character: str, position: int, marks: int) -> Cell:
    if character == "\t":
        width = TAB_STOP - position % TAB_STOP
        return Cell(" " * width, width)
    if " " <= character <= "~":
        return Cell(character, 1)
    category = unicodedata.category(character)
    if category in _HIDDEN or category == "Zs":
        return _escaped(character)
    if category in ("Mn", "Me") or _joins_a_syllable(character):
        # A mark without a letter before it would sit on the gutter.
        return Cell(character, 0) if marks < _MOST_MARKS else _escaped(character)
    return Cell(character, 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1)


def _joins_a_syllable(character: str) -> bool:
    # The vowels and finals of conjoining Hangul are drawn into the consonant before them.
    return "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff"


def _escaped(character: str) -> Cell:
    shown = f"\\u{{{ord(character):x}}}"
    return Cell(shown, len(shown))
