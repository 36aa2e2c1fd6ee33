"""How a resource type that MiniStack has is mended: what it answers, and what it must refuse to delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from ministack.services.cloudformation import drift, provisioners

from petc_local.types import names
from petc_local.types.coercion import coerced
from petc_local.types.forms import Attributes, Made, Properties

Held: TypeAlias = Mapping[str, Any]
"""MiniStack's entry of a type: its untyped functions, and switches that say which arguments they take."""


def _as_made(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    return physical_id, attributes


def _itself(physical_id: str) -> str:
    return physical_id


def _nothing(physical_id: str, properties: Properties) -> None:
    return None


def _anything(properties: Properties) -> None:
    return None


def _any_update(physical_id: str, old: Properties, new: Properties) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Mend:
    """What is done around MiniStack's own handlers of one type.

    `prepared`: the properties that MiniStack is given; refuses with `ResourceError` what AWS refuses.
    `creatable` and `updatable` refuse a create and an update with `ResourceError`.
    `made`: takes the physical id, old and new properties (old is empty after a create) and the attributes
    that MiniStack answered; carries out what it ignored, and returns physical id and attributes as on AWS.
    `deletable`: refuses a delete with `ResourceError`. `deleted`: tidies up what MiniStack leaves behind.
    `own_id`: from the physical id to the one that MiniStack's handlers know.
    """

    prepared: Callable[[Properties], Properties] = dict
    creatable: Callable[[Properties], None] = _anything
    updatable: Callable[[str, Properties, Properties], None] = _any_update
    made: Callable[[str, Properties, Properties, Attributes], Made] = _as_made
    deletable: Callable[[str, Properties], None] = _nothing
    deleted: Callable[[str, Properties], None] = _nothing
    own_id: Callable[[str], str] = _itself


def enter(mends: Mapping[str, Mend]) -> None:
    """Wrap MiniStack's handlers of each type, once, however often this is called."""
    table = cast("dict[str, Held]", provisioners._RESOURCE_HANDLERS)
    for type_name, mend in mends.items():
        held = table[type_name]
        if not held.get("petc"):
            table[type_name] = {**held, **_wrapped(type_name, held, mend), "petc": True}
            _read_by_own_id(type_name, mend)


def _read_by_own_id(type_name: str, mend: Mend) -> None:
    """Let drift detection look for a resource under the id that MiniStack knows; else it counts as deleted."""
    known = drift._DRIFT_READERS.get(type_name)
    if known is not None and mend.own_id is not _itself:
        reader, supported = known
        drift._DRIFT_READERS[type_name] = (
            lambda physical_id, properties: reader(mend.own_id(physical_id), properties),
            supported,
        )


def _wrapped(type_name: str, held: Held, mend: Mend) -> Held:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        properties = coerced(type_name, properties)
        names.refuse(type_name, properties)
        mend.creatable(properties)
        physical_id, attributes = held["create"](logical_id, mend.prepared(properties), stack_name)
        return mend.made(physical_id, {}, properties, attributes)

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Made:
        old, new = coerced(type_name, old), coerced(type_name, new)
        own = mend.own_id(physical_id)
        mend.updatable(own, old, new)
        further = (logical_id,) if held.get("update_with_logical_id") else ()
        made, attributes = held["update"](own, mend.prepared(old), mend.prepared(new), stack_name, *further)
        return mend.made(made, old if made == own else {}, new, attributes)

    def delete(physical_id: str, properties: Properties, logical_id: str | None = None) -> None:
        mend.deletable(physical_id, properties)
        further = (logical_id,) if held.get("delete_with_logical_id") else ()
        held["delete"](mend.own_id(physical_id), properties, *further)
        mend.deleted(physical_id, properties)

    wrapped: dict[str, object] = {"create": create, "delete": delete}
    return wrapped | ({"update": update} if "update" in held else {})
