"""The form of a resource type that MiniStack's CloudFormation can be given, and reading its properties."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from petc.resources.schemas import Json

Properties: TypeAlias = Mapping[str, Json]
"""Properties as CloudFormation hands them over: functions and references are resolved."""

Attributes: TypeAlias = dict[str, Json]
"""What GetAtt finds, by dotted name."""

Made: TypeAlias = tuple[str, Attributes]
"""The physical id, which Ref gives, and the attributes."""

Answer: TypeAlias = tuple[int, Mapping[str, str], bytes | str]
"""What a function of MiniStack's service APIs returns: HTTP status, headers, body."""


class ResourceError(Exception):
    """A service refused what CloudFormation asked; the text becomes the reason of the stack event."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What CloudFormation does for one resource type; each function raises `ResourceError` when refused.

    `create` takes logical id, properties and stack name. `update` takes physical id, old and new
    properties, and is only called for changes that need no replacement. `delete` takes physical id and
    properties, and is content when the thing is gone already. `tags`: whether `Tags` is a list of keys and
    values (`list`), a mapping (`map`), or the type has none.
    """

    create: Callable[[str, Properties, str], Made]
    update: Callable[[str, Properties, Properties], Made]
    delete: Callable[[str, Properties], None]
    tags: str = ""


def accepted(answer: Answer) -> bytes:
    """Return the body of an answer, or raise `ResourceError` with the service's own words."""
    status, _, body = answer
    data = body.encode() if isinstance(body, str) else body
    if status >= 400:
        raise ResourceError(_refusal(data))
    return data


def element(body: bytes, name: str) -> str:
    """Return the text of the first XML element of that name; `ResourceError` when there is none."""
    found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), body)
    if found is None:
        raise ResourceError(f"the answer has no element {name}")
    return found.group(1).decode()


def text(properties: Properties, name: str, default: str = "") -> str:
    """Return a property as text; numbers and booleans as CloudFormation writes them."""
    value = properties.get(name)
    if value is None:
        return default
    return str(value).lower() if isinstance(value, bool) else str(value)


def number(properties: Properties, name: str, default: int = 0) -> int:
    """Return a property as a whole number, which a template may also write as text."""
    value = properties.get(name)
    return int(value) if isinstance(value, int | float | str) else default


def flag(properties: Properties, name: str, default: bool = False) -> bool:
    """Return a property as a truth value, which a template may also write as text."""
    value = properties.get(name)
    return default if value is None else str(value).lower() == "true"


def mapping(value: Json) -> dict[str, Json]:
    """Return the mapping, empty when the value is something else."""
    return value if isinstance(value, dict) else {}


def entries(value: Json) -> tuple[dict[str, Json], ...]:
    """Return the mappings of a list, empty when the value is something else."""
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _refusal(body: bytes) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        found = re.search(rb"<Message>([^<]*)</Message>", body)
        return found.group(1).decode() if found else body.decode(errors="replace")
    return str(told.get("message") or told.get("Message") or told) if isinstance(told, dict) else str(told)
