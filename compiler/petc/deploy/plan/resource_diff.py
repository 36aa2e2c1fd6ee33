"""What one template makes of another: resources made, changed, replaced and removed, and values that move."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from petc.deploy.plan import access, effects, stateful
from petc.deploy.plan.references import Reference, inside, located
from petc.deploy.plan.resolving import resolved
from petc.deploy.plan.secrets import entry_name, masked
from petc.deploy.plan.templates import Template
from petc.deploy.plan.types import (
    MISSING,
    AccessChange,
    Action,
    Effect,
    Missing,
    PropertyChange,
    ResourceChange,
)
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


@dataclass(frozen=True, slots=True)
class Comparison:
    """The way from one template to another in one target.

    `moving` names exports of both whose value changes, or may; `gone` those that only the old one makes.
    `retyped` names resources that kept their logical id under another type, which CloudFormation refuses.
    `outputs` says whether outputs differ. `access` is what comes and goes; it is left out when not asked for.
    """

    resources: tuple[ResourceChange, ...]
    moving: frozenset[str]
    gone: frozenset[str]
    retyped: tuple[str, ...]
    outputs: bool
    access: tuple[AccessChange, ...] = ()


def compare(
    old: Template,
    old_values: Mapping[str, str],
    new: Template,
    new_values: Mapping[str, str],
    moved: Collection[str] = (),
    with_access: bool = False,
) -> Comparison:
    """Return what becomes of the resources of `old` when `new` takes its place.

    Values are those of all parameters, defaults included. `moved` names imports whose value changes.
    """
    before, after = resolved(old, old_values, "Resources"), resolved(new, new_values, "Resources")
    changes = _literal(before, after)
    touched = _propagated(before, after, changes, frozenset(moved))
    ordered = [changes[name] for name in sorted(changes)]
    exported = _moving(old, old_values, new, new_values, touched)
    return Comparison(
        resources=tuple(ordered),
        moving=exported,
        gone=frozenset(old.exports.keys() - new.exports.keys()),
        retyped=tuple(
            sorted(
                name
                for name in before.keys() & after.keys()
                if mapping(before[name]).get("Type") != mapping(after[name]).get("Type")
            )
        ),
        outputs=old.section("Outputs") != new.section("Outputs"),
        access=access.changes(before, after) if with_access else (),
    )


def _literal(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, ResourceChange]:
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
            found[name] = _updated(name, new, tuple(_properties(old, new)))
    return found


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


def _updated(name: str, body: Mapping[str, Json], properties: tuple[PropertyChange, ...]) -> ResourceChange:
    """Return the change that these property changes make together."""
    effects_found = {item.effect for item in properties}
    replaces = Effect.REPLACES in effects_found
    goes = replaces or Effect.MAY_REPLACE in effects_found
    return replace(
        _change(name, body, Action.REPLACE if replaces else Action.UPDATE),
        properties=tuple(sorted(properties, key=lambda item: item.path)),
        kept=stateful.kept(body, "UpdateReplacePolicy") if goes else "",
    )


def _properties(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[PropertyChange]:
    type_name = str(new.get("Type", ""))
    found = differences(
        old.get("Properties", {}),
        new.get("Properties", {}),
        lambda path: order_matters(type_name, path),
    )
    for path, left, right in found:
        name = _name(new, path)
        yield PropertyChange(
            _dotted(path), masked(left, name), masked(right, name), effects.of(type_name, path)
        )
    for attribute in _ATTRIBUTES:
        left, right = old.get(attribute, MISSING), new.get(attribute, MISSING)
        if not equal(left, right):
            yield PropertyChange(attribute, left, right, Effect.IN_PLACE)


def _name(body: Mapping[str, Json], path: Path) -> str:
    """Return what a value is called: its property, or the name of the entry whose value it is."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    parent = _at(body.get("Properties", {}), path[:-1])
    own = entry_name(parent) if isinstance(parent, dict) else ""
    return own if own and last == "Value" else last


def _dotted(path: Path) -> str:
    return ".".join(("Properties", *map(str, path)))


@dataclass(slots=True)
class _Touched:
    """What a reference may no longer be sure of: whole resources, attributes of resources, imports."""

    whole: set[str]
    attributes: set[tuple[str, str]]
    imports: frozenset[str]

    def hits(self, reference: Reference) -> bool:
        """Whether the value of the reference is known after the deployment only."""
        if reference.imported:
            return reference.name in self.imports
        if reference.name in self.whole:
            return True
        return (reference.name, reference.attribute.partition(".")[0]) in self.attributes

    def learn(self, change: ResourceChange) -> bool:
        """Take a resource's change in; return whether it says anything new."""
        before = len(self.whole) + len(self.attributes)
        if change.action in (Action.CREATE, Action.REPLACE) or any(
            item.effect is Effect.MAY_REPLACE for item in change.properties
        ):
            self.whole.add(change.logical_id)
        # A property that GetAtt also returns reads the same both ways.
        self.attributes.update(
            (change.logical_id, item.path.split(".")[1])
            for item in change.properties
            if item.path.startswith("Properties.")
        )
        return len(self.whole) + len(self.attributes) > before


def _propagated(
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    changes: dict[str, ResourceChange],
    moved: frozenset[str],
) -> _Touched:
    """Add to the changes what follows from values that are known after the deployment only."""
    touched = _Touched(set(), set(), moved)
    references = {
        name: [
            (path, reference)
            for path, reference in located(mapping(mapping(after[name]).get("Properties")))
            if reference.imported or reference.name in after
        ]
        for name in before.keys() & after.keys()
    }
    for change in changes.values():
        touched.learn(change)
    again = True
    while again:
        again = False
        for name in sorted(references):
            hits = [(path, item) for path, item in references[name] if touched.hits(item)]
            if not hits:
                continue
            known = changes.get(name)
            found = _with_unknown(mapping(before[name]), mapping(after[name]), known, hits)
            if known is None or found != known.properties:
                changes[name] = _updated(name, mapping(after[name]), found)
                again = touched.learn(changes[name]) or again
    return touched


def _with_unknown(
    old: Mapping[str, Json],
    new: Mapping[str, Json],
    known: ResourceChange | None,
    hits: Iterable[tuple[Path, Reference]],
) -> tuple[PropertyChange, ...]:
    waiting: dict[Path, set[str]] = {}
    for path, reference in hits:
        waiting.setdefault(path, set()).add(str(reference))
    found = {item.path: item for item in (known.properties if known else ())}
    type_name = str(new.get("Type", ""))
    for path, names in waiting.items():
        dotted = _dotted(path)
        cover = next((at for at in found if dotted == at or dotted.startswith(f"{at}.")), dotted)
        if cover not in found:
            found[cover] = PropertyChange(
                dotted,
                masked(_at(old.get("Properties", {}), path), _name(new, path)),
                masked(_at(new.get("Properties", {}), path), _name(new, path)),
                effects.of(type_name, path),
            )
        item = found[cover]
        found[cover] = replace(item, unknown=tuple(sorted({*item.unknown, *names})))
    return tuple(sorted(found.values(), key=lambda item: item.path))


def _at(value: Json, path: Path) -> Json | Missing:
    for part in path:
        if isinstance(value, list):
            value = {str(index): item for index, item in enumerate(value)}
        held = mapping(value)
        if str(part) not in held:
            return MISSING
        value = held[str(part)]
    return value


def _moving(
    old: Template,
    old_values: Mapping[str, str],
    new: Template,
    new_values: Mapping[str, str],
    touched: _Touched,
) -> frozenset[str]:
    before, after = resolved(old, old_values, "Outputs"), resolved(new, new_values, "Outputs")
    found = set()
    for name in old.exports.keys() & new.exports.keys():
        left = mapping(before[old.exports[name]]).get("Value")
        right = mapping(after[new.exports[name]]).get("Value")
        if not equal(left, right) or any(touched.hits(item) for item in inside(right)):
            found.add(name)
    return frozenset(found)
