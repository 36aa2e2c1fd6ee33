"""Whether a value conforms to a schema, told without the library that would say why it does not.

A spec is right far more often than wrong, and importing jsonschema costs a cold compile a tenth of its time.
What this module does not know for sure it does not accept, and jsonschema has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from petc.source.tree import Json

Schema: TypeAlias = "Mapping[str, Any]"
Definitions: TypeAlias = "Mapping[str, Schema]"


def accepts(value: Json, schema: Schema, definitions: Definitions) -> bool:
    """Whether the value surely conforms; False also where the schema has a keyword that is not known here.

    `definitions` are what `#/$defs/NAME` refers to.
    """
    return all(
        keyword in _SILENT or (keyword in _CHECKS and _CHECKS[keyword](value, wanted, schema, definitions))
        for keyword, wanted in schema.items()
    )


def _type(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    names = (wanted,) if isinstance(wanted, str) else wanted
    return any(_TYPES[name](value) for name in names)


def _enum(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    return any(_const(value, item, schema, definitions) for item in wanted)


def _const(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    # In Python true equals 1, in JSON it does not.
    return type(value) is type(wanted) and value == wanted and isinstance(value, str | int | float | None)


def _pattern(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    # JSON Schema's `$` is the end of the text; Python's also stands before a final line feed.
    return not isinstance(value, str) or re.search(wanted.removesuffix("$") + r"\Z", value) is not None


def _length(value: Json) -> int | None:
    return len(value) if isinstance(value, str) else None


def _size(value: Json) -> int | None:
    return len(value) if isinstance(value, list) else None


def _number(value: Json) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _least(measure: Callable[[Json], int | float | None]) -> Check:
    def check(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
        measured = measure(value)
        return measured is None or bool(measured >= wanted)

    return check


def _most(measure: Callable[[Json], int | float | None]) -> Check:
    def check(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
        measured = measure(value)
        return measured is None or bool(measured <= wanted)

    return check


def _multiple(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    number = _number(value)
    return number is None or (number / wanted).is_integer()


def _unique(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    if not wanted or not isinstance(value, list):
        return True
    return all(isinstance(item, str) for item in value) and len(set(map(str, value))) == len(value)


def _items(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    return not isinstance(value, list) or all(accepts(item, wanted, definitions) for item in value)


def _properties(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    return not isinstance(value, dict) or all(
        accepts(item, wanted[key], definitions) for key, item in value.items() if key in wanted
    )


def _additional(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    if not isinstance(value, dict) or wanted is True:
        return True
    others = [item for key, item in value.items() if key not in schema.get("properties", {})]
    return not others if wanted is False else all(accepts(item, wanted, definitions) for item in others)


def _names(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    return not isinstance(value, dict) or all(accepts(key, wanted, definitions) for key in value)


def _required(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    return not isinstance(value, dict) or all(key in value for key in wanted)


def _reference(value: Json, wanted: Any, schema: Schema, definitions: Definitions) -> bool:
    target = definitions.get(wanted.removeprefix("#/$defs/"))
    return target is not None and accepts(value, target, definitions)


Check: TypeAlias = Callable[[Json, Any, Schema, Definitions], bool]
"""Takes the value, what the keyword wants, the schema that the keyword stands in, and the definitions."""

_TYPES: Mapping[str, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}

_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default", "x-short"})
"""Keywords that refuse nothing."""

_CHECKS: Mapping[str, Check] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _least(_length),
    "maxLength": _most(_length),
    "minItems": _least(_size),
    "maxItems": _most(_size),
    "minimum": _least(_number),
    "maximum": _most(_number),
    "multipleOf": _multiple,
    "uniqueItems": _unique,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "$ref": _reference,
}
