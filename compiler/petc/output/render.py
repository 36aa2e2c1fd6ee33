"""Canonical text: a template in a small subset of YAML, or a value in JSON; equal values, equal bytes.

docs/template-subset.md describes the subset for readers; `petc.output.reader` reads it.
The emitter is our own, because the output of PyYAML differs with and without libyaml, folds long lines
and quotes by the rules of YAML 1.1 alone, and because it is faster than both.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from petc.diagnostics import Diagnostic, Rejected
from petc.output import codes

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Resources",
    "Outputs",
)
"""The order of a template's sections."""

ATTRIBUTES = (
    "Type",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "UpdatePolicy",
    "Metadata",
    "Properties",
)
"""The order of a resource's attributes."""

PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9_./@+=,()-]|:(?=[^ \n])| (?=[^ \n#-]))*")
"""A scalar that YAML 1.1 and 1.2 both read as this very string, unless it is one of `RESERVED`.

It begins with a letter or a slash, so it is no number, date or indicator; a colon never ends a word.
"""

RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""In any case of letters: what YAML 1.1 or 1.2 reads as something else than a string."""

HIDDEN = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
"""Characters that are always escaped: YAML refuses or folds some, a reviewer sees none of them.

The list is written out, because Unicode's own grows with every version of Python.
"""

KEY_LIMIT = 1000
"""Characters in a key as written; YAML ends the look-ahead for a key at 1,024."""

_encode: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False).encode


def render(template: Mapping[str, object], spec_name: str = "") -> str:
    """Return a template as canonical YAML; with a spec name the first line says where it comes from.

    Values are strings, numbers, booleans, None, mappings with string keys, lists and tuples.
    Raises `Rejected` with `unrenderable-value` for what UTF-8 or JSON cannot hold, and `TypeError` for
    any other type, which is a fault of the caller.
    """
    lines: list[str] = []
    if spec_name:
        lines.append(
            f"# Compiled by petc from {_comment(spec_name)}. "
            "Do not edit: change the spec and run petc compile."
        )
    if not template:
        lines.append("{}")
    for name in _ordered(template, SECTIONS):
        value = template[name]
        if name == "Resources" and isinstance(value, Mapping) and value:
            lines.append("Resources:")
            for logical_id in sorted(value):
                _entry(lines, "  ", logical_id, value[logical_id], ATTRIBUTES)
        else:
            _entry(lines, "", name, value, ())
    return "\n".join(lines) + "\n"


def render_json(value: object) -> str:
    """Return a value as canonical JSON: two spaces, sorted keys, one line end, nothing invisible.

    Raises `Rejected` with `unrenderable-value` for a number that JSON cannot hold.
    """
    try:
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise Rejected((_unrenderable("a number that is not finite"),)) from None
    return _escape_hidden(text) + "\n"


def is_plain(text: str) -> bool:
    """Whether the string is written without quotes."""
    return PLAIN.fullmatch(text) is not None and text.lower() not in RESERVED


def _ordered(value: Mapping[str, object], first: Sequence[str]) -> Iterable[str]:
    if not first:
        return sorted(value)
    return [*(name for name in first if name in value), *sorted(name for name in value if name not in first)]


def _entry(lines: list[str], indent: str, key: str, value: object, first: Sequence[str]) -> None:
    """Append `key: value`, with the value's own lines two spaces deeper; `first` orders its keys."""
    written = _key(key)
    if isinstance(value, Mapping):
        if not value:
            lines.append(f"{indent}{written}: {{}}")
            return
        lines.append(f"{indent}{written}:")
        for name in _ordered(value, first):
            _entry(lines, indent + "  ", name, value[name], ())
    elif isinstance(value, (list, tuple)):
        if not value:
            lines.append(f"{indent}{written}: []")
            return
        lines.append(f"{indent}{written}:")
        for item in value:
            _item(lines, indent + "  ", item)
    else:
        lines.append(f"{indent}{written}: {_scalar(value)}")


def _item(lines: list[str], indent: str, value: object) -> None:
    """Append `- value`; a mapping or list begins on the line of its dash."""
    if isinstance(value, (Mapping, list, tuple)) and value:
        start, deeper = len(lines), indent + "  "
        if isinstance(value, Mapping):
            for name in sorted(value):
                _entry(lines, deeper, name, value[name], ())
        else:
            for item in value:
                _item(lines, deeper, item)
        lines[start] = f"{indent}- {lines[start][len(deeper) :]}"
    elif isinstance(value, (list, tuple)):
        lines.append(f"{indent}- []")
    elif isinstance(value, Mapping):
        lines.append(f"{indent}- {{}}")
    else:
        lines.append(f"{indent}- {_scalar(value)}")


@lru_cache(maxsize=4096)  # a template repeats few names many times
def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of a template is a string, not {key!r}")
    written = key if " " not in key and is_plain(key) else _quoted(key)
    if len(written) > KEY_LIMIT:
        raise Rejected((_unrenderable(f"the key '{key[:20]}...' of {len(key)} characters"),))
    return written


def _scalar(value: object) -> str:
    if isinstance(value, str):
        # An enumeration that is a string counts as its text, not as its name.
        return str.__str__(value) if is_plain(value) else _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"a template cannot hold {value!r} of type {type(value).__name__}")


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise Rejected((_unrenderable("a number that is not finite"),))
    text = repr(value)
    # YAML 1.1 knows 1e+20 only as a string; with a point both versions read a number.
    return text if "." in text else text.replace("e", ".0e")


def _quoted(text: str) -> str:
    written = _encode(text)
    if written.isascii() and "\x7f" not in written:
        return written
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # Two halves side by side would be read as one character by JSON and as two by YAML.
        shown = text.encode("ascii", "backslashreplace").decode("ascii")[:60]
        raise Rejected((_unrenderable(f"'{shown}', which holds half of a surrogate pair,"),)) from None
    return _escape_hidden(written)


def _escape_hidden(text: str) -> str:
    return HIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _comment(text: str) -> str:
    return text if is_plain(text) else _quoted(text)


def _unrenderable(what: str) -> Diagnostic:
    return codes.UNRENDERABLE_VALUE.diagnostic(
        f"{what} has no form in a template, which is UTF-8 text",
        help="write another value in the spec",
    )
