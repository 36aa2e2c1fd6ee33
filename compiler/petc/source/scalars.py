"""What a plain (unquoted) scalar means: the YAML 1.2 core schema, with one deliberate difference.

Source: YAML 1.2.2, section 10.3.2 "Tag Resolution".
The difference: a decimal number with a leading zero (`0123`, `007.5`) is text, because what is written
so in an architecture is an account or a serial number, and losing its zero would be silent.
Octal `0o17` and hexadecimal `0x1F` are integers, as in the core schema.
`no`, `on`, `12:30`, `1_000` and dates are text, as in the core schema and unlike YAML 1.1.
A number remembers how it was written where that is not how Python writes it: `2.10`, `7210e3`, `0x1F`, `+1`.
"""

from __future__ import annotations

import re

from petc.source.tree import Scalar, WrittenFloat, WrittenInt

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_NUMBER_STARTS = frozenset("+-.0123456789")

_LARGEST = 2**63 - 1
"""Integers beyond 64 bits are refused: JSON readers would round them without a word."""

_LONGEST = 40
"""Characters of an integer worth converting: far above 64 bits, far below Python's own limit."""


class OutOfRangeError(ValueError):
    """The text has the form of a number that cannot be kept exactly, such as `.inf` or `1e999`."""


def resolve(text: str) -> Scalar:
    """Return the meaning of a plain scalar; raise `OutOfRangeError` for a number that JSON cannot hold."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _RADIX.fullmatch(text):
        return _integer(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise OutOfRangeError(text)
        return number if str(number) == text else WrittenFloat(number, text)
    if _NOT_FINITE.fullmatch(text):
        raise OutOfRangeError(text)
    return text


def _integer(text: str, base: int) -> int:
    if len(text) > _LONGEST:
        raise OutOfRangeError(text)
    number = int(text, base)
    if abs(number) > _LARGEST:
        raise OutOfRangeError(text)
    return number if str(number) == text else WrittenInt(number, text)
