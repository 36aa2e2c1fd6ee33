"""The inputs of a tool: one declaration gives the schema for the model and the check of what it sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum


class Invalid(Exception):
    """An input breaks its rule; the message is meant for the model."""


class Kind(Enum):
    """What an input is."""

    TEXT = "text"
    DIGITS = "digits"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """An input: `limit` is the most characters of a text, or the largest number."""

    kind: Kind
    description: str
    limit: int
    required: bool = True


LARGEST_ID = 2**31 - 1
"""The services read ids into 32-bit signed integers."""


@dataclass(frozen=True, slots=True)
class Values:
    """Checked inputs of a tool; an optional one that was not given is absent."""

    given: Mapping[str, str | int | date]

    def text(self, name: str) -> str:
        """Return a text, empty when it was not given."""
        value = self.given.get(name, "")
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """Return a number, None when it was not given."""
        value = self.given.get(name)
        return value if isinstance(value, int) else None

    def day(self, name: str) -> date | None:
        """Return a date, None when it was not given."""
        value = self.given.get(name)
        return value if isinstance(value, date) else None


def schema(fields: Mapping[str, Field]) -> dict[str, object]:
    """Return the JSON Schema of a tool's input."""
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
    }


def checked(fields: Mapping[str, Field], given: Mapping[str, object]) -> Values:
    """Return the inputs with their types, or raise `Invalid` for the first that breaks its rule."""
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise Invalid(f"there is no input {unknown[0]!r}; the inputs are {', '.join(fields) or 'none'}")
    values: dict[str, str | int | date] = {}
    for name, field in fields.items():
        value = given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field.required:
                raise Invalid(f"{name} is required")
            continue
        values[name] = _CHECKS[field.kind](name, field, value)
    return Values(values)


def _property(field: Field) -> dict[str, object]:
    shape: dict[str, object] = {"description": field.description}
    if field.kind is Kind.NUMBER:
        return shape | {"type": "integer", "minimum": 1, "maximum": field.limit}
    if field.kind is Kind.DATE:
        return shape | {"type": "string", "format": "date"}
    if field.kind is Kind.DIGITS:
        return shape | {"type": "string", "pattern": f"^[0-9]{{1,{field.limit}}}$"}
    return shape | {"type": "string", "maxLength": field.limit}


def _text(name: str, field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{name} must be text")
    text = value.strip()
    if len(text) > field.limit:
        raise Invalid(f"{name} may have {field.limit} characters at most, not {len(text)}")
    if any(ord(character) < 32 and character not in "\n\t" for character in text):
        raise Invalid(f"{name} holds control characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(f"{name} holds half of a character") from error
    return text


def _digits(name: str, field: Field, value: object) -> str:
    text = _text(name, field, value)
    if not re.fullmatch(r"[0-9]+", text):
        raise Invalid(f"{name} may hold digits only")
    return text


def _number(name: str, field: Field, value: object) -> int:
    # Models write numbers as text now and then, as the services' own pages do.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= field.limit:
        raise Invalid(f"{name} must be a whole number from 1 to {field.limit}")
    return value


def _day(name: str, field: Field, value: object) -> date:
    # The date part of a timestamp counts, as in the services.
    found = re.fullmatch(
        r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.{1,40})?", value.strip() if isinstance(value, str) else ""
    )
    try:
        day = date.fromisoformat(found.group(1) if found else "")
    except ValueError as error:
        raise Invalid(f"{name} must be a date of the form yyyy-mm-dd") from error
    if day.year < 1000:
        raise Invalid(f"{name} must not be before the year 1000")
    return day


_CHECKS: Mapping[Kind, Callable[[str, Field, object], str | int | date]] = {
    Kind.TEXT: _text,
    Kind.DIGITS: _digits,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
}
