"""The located tree: every value of the spec with the place where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from petc.diagnostics import Location

Scalar: TypeAlias = str | int | float | bool | None


class WrittenInt(int):
    """A whole number that was not written as Python writes it, such as `0x1F`; as text it is what was written.

    It equals the plain number, and JSON and templates hold the plain number.
    """

    written: str

    def __new__(cls, value: int, written: str = "") -> WrittenInt:
        """Return the number; copies are made without the text and get it as their state."""
        made = super().__new__(cls, value)
        made.written = written
        return made

    def __str__(self) -> str:
        """Return the number as it was written."""
        return self.written


class WrittenFloat(float):
    """A number that was not written as Python writes it, such as `2.10`; see `WrittenInt`."""

    written: str

    def __new__(cls, value: float, written: str = "") -> WrittenFloat:
        """Return the number; copies are made without the text and get it as their state."""
        made = super().__new__(cls, value)
        made.written = written
        return made

    def __str__(self) -> str:
        """Return the number as it was written."""
        return self.written


Json: TypeAlias = "Scalar | list[Json] | dict[str, Json]"
"""What `plain` returns: the value as the standard library's JSON reader would give it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the span that it was written in.

    A scalar without text (`key:`) stands at its key; an alias stands where its anchor was written.
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Entry]
    location: Location


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping: where the key stands, and its value."""

    key: Location
    node: Node


def plain(node: Node) -> Json:
    """Return the value without positions, as new dictionaries and lists in the order of the spec."""
    value = node.value
    if isinstance(value, Mapping):
        return {key: plain(entry.node) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer (RFC 6901) that leads through the given keys and list positions.

    `pointer("a/b", 0)` is `/a~1b/0`; without parts it is the empty pointer, the whole document.
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def find(node: Node, pointer: str) -> Node | None:
    """Return the node at a JSON pointer, or None when nothing stands there."""
    steps = _steps(pointer)
    if steps is None:
        return None
    current = node
    for step in steps:
        below = _below(current, step)
        if below is None:
            return None
        current = below.node
    return current


def locate(node: Node, pointer: str, *, on_key: bool = False) -> Location:
    """Return the place to show for a JSON pointer, which need not exist.

    With `on_key` it is the place of the key instead of the value; a list item has no key and stands
    for itself. What does not exist is placed at the key of its deepest existing ancestor; when that is
    the whole document, at the document's first key, because a caret under the whole file shows nothing.
    """
    steps = _steps(pointer)
    current = Entry(_top(node), node)
    if steps is None:
        return current.key
    for step in steps:
        below = _below(current.node, step)
        if below is None:
            return current.key
        current = below
    return current.key if on_key else current.node.location


def _steps(pointer: str) -> tuple[str, ...] | None:
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        return None
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def _below(node: Node, step: str) -> Entry | None:
    value = node.value
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, tuple) and _is_position(step) and int(step) < len(value):
        item = value[int(step)]
        return Entry(item.location, item)
    return None


def _is_position(step: str) -> bool:
    # RFC 6901, section 4: no sign, no leading zero. The length keeps int() away from absurd input.
    return step.isascii() and step.isdigit() and len(step) < 10 and (step == "0" or step[0] != "0")


def _top(node: Node) -> Location:
    value = node.value
    if isinstance(value, Mapping) and value:
        return next(iter(value.values())).key
    return node.location
