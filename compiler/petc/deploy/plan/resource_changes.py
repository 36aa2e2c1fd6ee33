"""What becomes of each resource as the texts of two templates show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from petc.deploy.plan import effects, stateful
from petc.deploy.plan.secret_values import entry_name, masked
from petc.deploy.plan.types import MISSING, Action, Effect, Missing, PropertyChange, ResourceChange
from petc.deploy.plan.values_diff import Path, differences, equal
from petc.resources.schemas import order_matters
from petc.source.tree import Json
from petc.verify.rendered import mapping

_ATTRIBUTES = (
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "UpdatePolicy",
    "UpdateReplacePolicy",
)


def literal(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, ResourceChange]:
    """Return the changes that the texts alone show."""
    found: dict[str, ResourceChange] = {}
    for name in before.keys() | after.keys():
        old, new = mapping(before.get(name)), mapping(after.get(name))
        if name not in before:
            found[name] = _change(name, new, Action.CREATE)
        elif name not in after:
            found[name] = replace(
                _change(name, old, Action.DELETE), kept=stateful.kept(old, "DeletionPolicy")
            )
        elif not equal(old, new):
            found[name] = updated(name, new, tuple(_properties(old, new)))
    return found


def updated(name: str, body: Mapping[str, Json], properties: tuple[PropertyChange, ...]) -> ResourceChange:
    """Return the change that these property changes make together."""
    effects_found = {item.effect for item in properties}
    replaces = Effect.REPLACES in effects_found
    goes = replaces or Effect.MAY_REPLACE in effects_found
    return replace(
        _change(name, body, Action.REPLACE if replaces else Action.UPDATE),
        properties=tuple(sorted(properties, key=lambda item: item.path)),
        kept=stateful.kept(body, "UpdateReplacePolicy") if goes else "",
    )


def _change(name: str, body: Mapping[str, Json], action: Action) -> ResourceChange:
    pointer = mapping(mapping(body.get("Metadata")).get("petc")).get("spec")
    type_name = str(body.get("Type", ""))
    return ResourceChange(
        logical_id=name,
        type=type_name,
        action=action,
        pointer=pointer if isinstance(pointer, str) else "",
        stateful=stateful.holds_data(type_name, mapping(body.get("Properties"))),
    )


def _properties(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[PropertyChange]:
    type_name = str(new.get("Type", ""))
    found = differences(
        old.get("Properties", {}),
        new.get("Properties", {}),
        lambda path: order_matters(type_name, path),
    )
    for path, left, right in found:
        name = name_of(new, path)
        yield PropertyChange(
            dotted(path), masked(left, name), masked(right, name), effects.of(type_name, path)
        )
    for attribute in _ATTRIBUTES:
        left, right = old.get(attribute, MISSING), new.get(attribute, MISSING)
        if not equal(left, right):
            yield PropertyChange(attribute, left, right, Effect.IN_PLACE)


def name_of(body: Mapping[str, Json], path: Path) -> str:
    """Return what a value is called: its property, or the name of the entry whose value it is."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    parent = value_at(body.get("Properties", {}), path[:-1])
    own = entry_name(parent) if isinstance(parent, dict) else ""
    return own if own and last == "Value" else last


def dotted(path: Path) -> str:
    """Return a path below the properties as `PropertyChange.path` has it."""
    return ".".join(("Properties", *map(str, path)))


def value_at(value: Json, path: Path) -> Json | Missing:
    """Return the value at a path."""
    for part in path:
        if isinstance(value, list):
            value = {str(index): item for index, item in enumerate(value)}
        held = mapping(value)
        if str(part) not in held:
            return MISSING
        value = held[str(part)]
    return value
