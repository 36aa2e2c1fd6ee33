"""Bytes to text: UTF-8 only, without characters that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata

from petc.diagnostics import Code, Diagnostic, Location, Rejected
from petc.source import codes

MAX_BYTES = 1024 * 1024
"""The largest spec in bytes: a hundred times a large one, and small enough to refuse at once."""

_BOM = b"\xef\xbb\xbf"

_WIDE_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)

# Beyond what YAML forbids: line breaks that editors count differently (U+0085, U+2028, U+2029), a byte
# order mark inside the text, and the controls that reorder what a reviewer sees (U+202A.., U+2066..).
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
"""A character that may not stand in a spec, neither as written nor as an escape in quotes."""


def decode(content: bytes, file: str) -> str:
    """Return the text of a spec, without a leading UTF-8 byte order mark (columns count after it).

    Raises `Rejected` with `too-large`, `not-utf8`, `nul-byte` or `control-character`.
    """
    if len(content) > MAX_BYTES:
        raise Rejected((too_large(file),))
    for mark, encoding in _WIDE_BOMS:
        if content.startswith(mark):
            message = f"the file is {encoding}, a spec is UTF-8"
            raise Rejected((_error(codes.NOT_UTF8, message, _at(file, ""), _RESAVE),))
    content = content.removeprefix(_BOM)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Rejected((_not_utf8(content, fault, file),)) from None
    found = tuple(_invisible(text, file))
    if found:
        raise Rejected(found)
    return text


def too_large(file: str) -> Diagnostic:
    """Return the problem of a spec above `MAX_BYTES`."""
    message = f"the spec is larger than {MAX_BYTES // 1024} KiB, the most that is read"
    return _error(codes.TOO_LARGE, message, _at(file, ""), "check that --spec names the right file")


def describe(character: str) -> str:
    """Return `U+0007` with the character's Unicode name where it has one."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")


_RESAVE = "save the file as UTF-8"

_KINDS_SHOWN = 10


def _not_utf8(content: bytes, fault: UnicodeDecodeError, file: str) -> Diagnostic:
    place = _at(file, content[: fault.start].decode("utf-8"))
    byte = content[fault.start]
    guess = bytes([byte]).decode("latin-1")
    hint = f" (in Latin-1 it would be '{guess}')" if guess.isprintable() else ""
    return _error(codes.NOT_UTF8, f"byte 0x{byte:02x} is not UTF-8{hint}", place, _RESAVE)


def _invisible(text: str, file: str) -> list[Diagnostic]:
    # One problem per kind, with its first place: a binary file would otherwise fill the screen.
    first: dict[str, int] = {}
    for match in INVISIBLE.finditer(text):
        first.setdefault(match.group(), match.start())
    return [_invisible_problem(text, file, start) for start in list(first.values())[:_KINDS_SHOWN]]


def _invisible_problem(text: str, file: str, start: int) -> Diagnostic:
    character = text[start]
    count = text.count(character)
    times = f", {count} times in the file" if count > 1 else ""
    place = _at(file, text[:start])
    if character == "\0":
        way_out = "remove it; if the file is full of them it is UTF-16 or binary, then save it as UTF-8"
        return _error(codes.NUL_BYTE, f"a NUL byte stands here{times}, a spec is text", place, way_out)
    message = f"the invisible character {describe(character)} stands here{times}, a spec shows all it says"
    return _error(codes.CONTROL_CHARACTER, message, place, "remove it")


def _at(file: str, before: str) -> Location:
    # YAML's line breaks are LF, CR LF and CR.
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line, column = len(lines), len(lines[-1]) + 1
    return Location(file, line, column, line, column + 1)


def _error(code: Code, message: str, location: Location, way_out: str) -> Diagnostic:
    return code.diagnostic(message, location=location, help=way_out)
