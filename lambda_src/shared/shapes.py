"""Reading values out of JSON whose shape is not known; what has another shape reads as empty."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

NOTHING: Mapping[str, object] = {}


def mapping(value: object) -> Mapping[str, object]:
    """Return `value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def items(value: object) -> Sequence[object]:
    """Return `value` if it is a JSON array, else an empty one."""
    return value if isinstance(value, list | tuple) else ()


def text(value: object) -> str:
    """Return `value` if it is a string, else the empty string."""
    return value if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """Return `value` if it is an integer (a boolean is none), else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def parsed(document: str | bytes) -> object:
    """Return the JSON value that `document` holds; raise `ValueError` when it is not JSON in UTF-8."""
    try:
        value: object = json.loads(document)
    except RecursionError as error:
        raise ValueError("the JSON document is nested too deeply") from error
    return value
