"""A strict reader of the subset of YAML that `petc.output.render` writes; it refuses everything else."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from petc.diagnostics import Location, Rejected
from petc.output import codes
from petc.output.render import HIDDEN, is_plain
from petc.source.tree import Json

_KEY = re.compile(r'(?:([A-Za-z/][^\s"]*?)|("(?:[^"\\]++|\\.)*+")):(?: (.+))?$')
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*+"')
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[+-][0-9]+)?")
_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
_DEEPEST = 200


class _Line(NamedTuple):
    indent: int
    text: str
    number: int


def read(text: str, file: str = "") -> Json:
    """Return the value of a rendered template: dictionaries, lists and scalars, as JSON would give it.

    Raises `Rejected` with `unreadable-template`, placed in `file` at the line that is not in the subset.
    """
    hidden = HIDDEN.search(text)
    if hidden:
        number = text.count("\n", 0, hidden.start()) + 1
        raise _refused(file, number, f"the invisible character U+{ord(hidden.group()):04X} is not escaped")
    lines = _lines(text, file)
    if [line.text for line in lines] == ["{}"]:
        return {}
    value, end = _block(lines, 0, 0, file, 0)
    if end < len(lines):
        raise _refused(file, lines[end].number, "the line is indented by another depth than its block")
    return value


def _lines(text: str, file: str) -> list[_Line]:
    rows = text.split("\n")
    if rows.pop() != "":
        raise _refused(file, len(rows) + 1, "the last line has no line end")
    lines: list[_Line] = []
    for number, row in enumerate(rows, 1):
        if row.startswith("#") and not lines:
            continue
        content = row.lstrip(" ")
        if not content or content[-1] == " ":
            raise _refused(file, number, "the line is empty or ends in a space")
        lines.append(_Line(len(row) - len(content), content, number))
    if not lines:
        raise _refused(file, len(rows) + 1, "the template has no content")
    return lines


def _block(lines: list[_Line], at: int, indent: int, file: str, depth: int) -> tuple[Json, int]:
    """Return the mapping or list whose first line is `lines[at]`, and the index of the line after it."""
    line = lines[at]
    if line.indent != indent or depth > _DEEPEST:
        raise _refused(file, line.number, "the line is indented by another depth than its block")
    if line.text.startswith("- "):
        return _list(lines, at, indent, file, depth)
    return _mapping(lines, at, indent, file, depth)


def _mapping(lines: list[_Line], at: int, indent: int, file: str, depth: int) -> tuple[Json, int]:
    found: dict[str, Json] = {}
    while at < len(lines) and lines[at].indent == indent:
        line = lines[at]
        match = _KEY.match(line.text)
        if match is None:
            raise _refused(file, line.number, "the line is neither 'key: value' nor '- value'")
        plain, quoted, rest = match.groups()
        key = plain if plain is not None else _scalar(quoted, line.number, file)
        if not isinstance(key, str) or (plain is not None and not is_plain(plain)):
            raise _refused(file, line.number, f"the key {plain} is not quoted")
        if key in found:
            raise _refused(file, line.number, f"the key {key} stands twice in one mapping")
        if rest is not None:
            found[key] = _scalar(rest, line.number, file)
            at += 1
        elif at + 1 < len(lines):
            found[key], at = _block(lines, at + 1, indent + 2, file, depth + 1)
        else:
            raise _refused(file, line.number, f"the key {key} has no value")
    return found, at


def _list(lines: list[_Line], at: int, indent: int, file: str, depth: int) -> tuple[Json, int]:
    found: list[Json] = []
    while at < len(lines) and lines[at].indent == indent and lines[at].text.startswith("- "):
        line = lines[at]
        text = line.text[2:]
        if text.startswith("- ") or _KEY.match(text):
            # The dash counts as indentation of the mapping or list that begins behind it.
            lines[at] = _Line(indent + 2, text, line.number)
            item, at = _block(lines, at, indent + 2, file, depth + 1)
        else:
            item, at = _scalar(text, line.number, file), at + 1
        found.append(item)
    return found, at


def _scalar(text: str, number: int, file: str) -> Json:
    if text[0] == '"':
        if _STRING.fullmatch(text):
            value: Json = json.loads(text)
            return value
    elif is_plain(text):
        return text
    elif text in _WORDS:
        return _WORDS[text]
    elif text in ("{}", "[]"):
        return {} if text == "{}" else []
    elif _INTEGER.fullmatch(text):
        return int(text)
    elif _FLOAT.fullmatch(text):
        return float(text)
    raise _refused(file, number, f"the value {text[:60]} is not in the subset")


def _refused(file: str, line: int, what: str) -> Rejected:
    place = Location(file, line, 1, line, 1) if file else None
    message = what if file else f"line {line}: {what}"
    return Rejected(
        (
            codes.UNREADABLE_TEMPLATE.diagnostic(
                message,
                location=place,
                help="run petc compile to write the template again",
            ),
        )
    )
