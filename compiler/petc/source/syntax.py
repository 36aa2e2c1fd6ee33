"""What a YAML syntax error means in plain language, the same for both of PyYAML's parsers.

The pure parser and libyaml word and place the same fault differently; the rows below recognise both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from petc.diagnostics import Diagnostic, Location, Related
from petc.source import codes

Position = tuple[int, int]
"""Line and column, both counted from 0."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One kind of fault: the words that tell it, and what to say.

    `opened` places the caret where the construct began instead of where the parser gave up.
    `line_up` marks a fault of indentation, which only the first character of a line can have.
    `{it}` in the message stands for the character at the caret.
    """

    words: tuple[str, ...]
    message: str
    help: str
    opened: bool = False
    line_up: bool = False


_LINE_UP = "give the keys of one mapping the same indentation, and check the line above"

_TAB = _Row((), "a tab stands where only spaces may", "indent with spaces")

_FOLLOWS = _Row(
    (),
    "text follows a value that is complete",
    "put the whole value in one pair of quotes, and double a single quote inside of single quotes",
)

_ESCAPE = _Row(
    (),
    "this is no escape that double quotes know",
    "write '\\\\' for a backslash, or use single quotes, which know no escapes",
)

# All that may stand in double quotes, so that its match ends at the first wrong escape.
_ESCAPED = re.compile(
    r'"(?:[^"\\]|\\(?:[0abt\tnvfre "/\\N_LP\r\n]|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    r"|U(?!0000[dD][89a-fA-F])(?:000[0-9a-fA-F]|0010)[0-9a-fA-F]{4}))*+"
)

_ROWS = (
    _Row(
        ("quoted scalar", "unexpected end of stream"),
        "this quote is never closed",
        "close it, or double a quote that belongs to the text",
        opened=True,
    ),
    _Row(
        ("quoted scalar", "document"),
        "this quote is not closed before the document ends",
        "close it",
        opened=True,
    ),
    _Row(
        ("could not find expected ':'",),
        "this line is no 'key: value'",
        "write a space after the colon, or indent it if it belongs to the value above",
        opened=True,
    ),
    _Row(("tab",), _TAB.message, _TAB.help),
    _Row(
        ("flow sequence", "expected ',' or ']'"),
        "this '[' is not closed where it should be",
        "close it with ']' and put a comma between the items",
        opened=True,
    ),
    _Row(
        ("flow mapping", "expected ',' or '}'"),
        "this '{{' is not closed where it should be",
        "close it with '}' and put a comma between the entries",
        opened=True,
    ),
    _Row(
        ("cannot start any token",),
        "an unquoted value cannot start with '{it}'",
        "put the value in quotes",
    ),
    _Row(
        ("mapping values are not allowed",),
        "a second ': ' stands in this value, or this line is indented deeper than the one above allows",
        "put a value that holds ': ' in quotes, or check the indentation and the space after the colon above",
    ),
    _Row(
        ("sequence entries are not allowed",),
        "a list item cannot start here",
        "start the list on a line of its own, each item with '- '",
    ),
    _Row(
        ("expected", "document start"),
        "this line stands outside of the mapping that the file began with",
        "start all top keys in the same column, and leave out '...'",
        line_up=True,
    ),
    _Row(("mapping keys are not allowed",), "a key cannot start here", _LINE_UP),
    _Row(("block mapping",), "this line does not line up with the keys before it", _LINE_UP, line_up=True),
    _Row(
        ("block collection",),
        "this line does not line up with the list items before it",
        "start each item of the list with '- ' in the same column",
        line_up=True,
    ),
    _Row(("undefined tag handle",), "a tag stands here, a spec has none", "remove it, or quote the text"),
    _Row(
        ("alphabetic or numeric",),
        "'&' and '*' start the name of an anchor or alias, and none follows",
        "put a value that starts with '&' or '*' in quotes",
    ),
    _Row(
        ("node content",),
        "a value is missing before '{it}'",
        "write the value, or put the text in quotes",
    ),
    _Row(
        ("block scalar",),
        "only an indentation digit, '+', '-' or a comment may follow '|' or '>'",
        "start the text on the next line",
    ),
)

_UNKNOWN = _Row((), "the YAML cannot be read here", "check the indentation, quotes and brackets above it")


def explain(
    file: str, text: str, problem: str, context: str, at: Position | None, opened: Position | None
) -> Diagnostic:
    """Return the problem that a parser's error stands for.

    `problem` and `context` are the parser's words, `at` is where it gave up, `opened` where the
    construct that it was reading began. `text` is the whole spec.
    """
    words = f"{context} {problem}".lower()
    if opened is not None and ("escape" in words or "hexa" in words or "hexdecimal" in words):
        return _problem(file, text, _ESCAPE, _wrong_escape(text, opened), None)
    at = at or opened or (0, 0)
    row = next((row for row in _ROWS if all(word in words for word in row.words)), _UNKNOWN)
    if row.opened and opened is not None:
        return _problem(file, text, row, opened, at)
    if _character(text, at) == "\t":
        return _problem(file, text, _TAB, at, None)
    if row.line_up and _before(text, at).strip():
        return _problem(file, text, _FOLLOWS, at, None)
    return _problem(file, text, row, at, None)


def directive(file: str, line: int) -> Diagnostic:
    """Return the problem of a `%YAML` or `%TAG` line (counted from 0)."""
    message = "a line that starts with '%' is a YAML directive, a spec has none"
    place = Location(file, line + 1, 1, line + 1, 2)
    return codes.YAML_SYNTAX.diagnostic(message, location=place, help="delete the line")


def _problem(file: str, text: str, row: _Row, at: Position, gave_up: Position | None) -> Diagnostic:
    character = _character(text, at)
    message = row.message.format(it=character or "the end of the file")
    related: tuple[Related, ...] = ()
    if gave_up is not None and gave_up[0] > at[0]:
        related = (Related("the parser gave up here", _span(file, text, gave_up)),)
    place = _span(file, text, at)
    return codes.YAML_SYNTAX.diagnostic(message, location=place, help=row.help, related=related)


def _span(file: str, text: str, at: Position) -> Location:
    # At the end of the file libyaml is one line further than the text; the caret belongs on its last line.
    lines = _lines(text)
    line, column = at
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    return Location(file, line + 1, column + 1, line + 1, column + 2)


def _wrong_escape(text: str, opened: Position) -> Position:
    lines = _lines(text)
    line, column = opened
    rest = "\n".join(lines[line:])
    # An anchor may stand between the mark and the quote.
    good = _ESCAPED.match(rest, max(column, rest.find('"', column)))
    passed = (rest[: good.end()] if good else rest[:column]).split("\n")
    return line + len(passed) - 1, len(passed[-1])


def _before(text: str, at: Position) -> str:
    lines = _lines(text)
    return lines[at[0]][: at[1]] if at[0] < len(lines) else ""


def _character(text: str, at: Position) -> str:
    lines = _lines(text)
    line, column = at
    return lines[line][column] if line < len(lines) and column < len(lines[line]) else ""


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines
