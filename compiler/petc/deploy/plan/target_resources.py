"""All resources of a stage in one target, before and after a deployment, and what their values lead to.

A value of one layer names resources of another through exports and imports. Rules about what AWS refuses
(a range that overlaps, another VPC under a database) need the resource at the end of that way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from petc.deploy.plan.layer_diffs import Compared
from petc.deploy.plan.layer_state import EMPTY, LayerState
from petc.deploy.plan.references import inside
from petc.deploy.plan.resolve import resolved
from petc.deploy.plan.templates import Template, template
from petc.deploy.plan.types import Action, ResourceChange
from petc.deploy.targets import Target
from petc.source.tree import Json
from petc.verify.rendered import function, mapping


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A resource of a stage in one target: the name of the stack (set) that it is in, and its logical id."""

    stack: str
    logical_id: str


@dataclass(frozen=True, slots=True)
class ResourceEntry:
    """A resource: its layer, its body with parameters filled in, and the pointer into the spec."""

    layer: str
    type: str
    properties: Mapping[str, Json]
    pointer: str


@dataclass(frozen=True, slots=True)
class Side:
    """Every resource of the stage in one target as it is deployed, or as it will be.

    `exports` leads from the name of an export to the stack that makes it and the value of the output;
    `known` from the physical value of an output to the resources that it names.
    """

    resources: Mapping[Key, ResourceEntry]
    exports: Mapping[str, tuple[str, Json]]
    known: Mapping[str, tuple[Key, ...]]

    def named_by(self, stack: str, value: Json) -> frozenset[Key]:
        """Return the resources that a value of a stack names, through imports and written-out values too."""
        return frozenset(self._named_by(stack, value, frozenset()))

    def _named_by(self, stack: str, value: Json, passed: frozenset[str]) -> Iterator[Key]:
        for reference in inside(value):
            if not reference.imported:
                key = Key(stack, reference.name)
                if key in self.resources:
                    yield key
            elif reference.name in self.exports and reference.name not in passed:
                maker, exported = self.exports[reference.name]
                yield from self._named_by(maker, exported, passed | {reference.name})
        for text in _texts(value):
            for part in text.split(","):
                yield from self.known.get(part, ())


@dataclass(frozen=True, slots=True)
class Estate:
    """One target before and after; `changes` holds what becomes of each resource that does not stay as it is."""

    before: Side
    after: Side
    changes: Mapping[Key, ResourceChange]

    def action(self, key: Key) -> Action:
        """Return what becomes of a resource."""
        return self.changes[key].action if key in self.changes else Action.UNCHANGED

    def changed(self, key: Key, name: str) -> bool:
        """Whether a property of a resource that stays is not the same afterwards, or only perhaps the same."""
        path = f"Properties.{name}"
        return key in self.changes and any(
            item.path == path or item.path.startswith(f"{path}.") for item in self.changes[key].properties
        )


def estates(every: Collection[LayerState], compared: Compared) -> Iterator[tuple[Estate, tuple[Target, ...]]]:
    """Yield each distinct estate in which anything changes, with the targets that it stands for.

    Equal comparisons are one object, so targets in which the very same happens are looked at once.
    """
    groups: dict[tuple[tuple[str, int], ...], list[Target]] = {}
    for target in sorted({target for case in every for target in case.places}):
        found = [(case.name, compared[case.name, target]) for case in every if target in case.places]
        if any(item.resources for _, item in found):
            groups.setdefault(tuple((name, id(item)) for name, item in found), []).append(target)
    for targets in groups.values():
        yield _estate(every, compared, targets[0]), tuple(targets)


def _estate(every: Collection[LayerState], compared: Compared, target: Target) -> Estate:
    here = [case for case in every if target in case.places]
    old = [(case, case.old(target), case.old_values(target)) for case in here]
    new = [(case, _new(case, target), case.new_values(target)) for case in here]
    known = _known(here, target)
    return Estate(
        _side(old, known),
        _side(new, known),
        {
            Key(case.name, change.logical_id): change
            for case in here
            for change in compared[case.name, target].resources
        },
    )


def _new(case: LayerState, target: Target) -> Template:
    return EMPTY if case.new is None or target in case.surplus else case.new


def _side(
    stacks: Iterable[tuple[LayerState, Template, Mapping[str, str]]], known: Mapping[str, tuple[Key, ...]]
) -> Side:
    resources: dict[Key, ResourceEntry] = {}
    exports: dict[str, tuple[str, Json]] = {}
    for case, text, values in stacks:
        for name, body in _section(text.text, tuple(sorted(values.items())), "Resources").items():
            pointer = mapping(mapping(mapping(body).get("Metadata")).get("petc")).get("spec")
            resources[Key(case.name, name)] = ResourceEntry(
                case.layer,
                str(mapping(body).get("Type", "")),
                mapping(mapping(body).get("Properties")),
                pointer if isinstance(pointer, str) else "",
            )
        outputs = _section(text.text, tuple(sorted(values.items())), "Outputs")
        for export, output in text.exports.items():
            exports[export] = (case.name, mapping(outputs.get(output)).get("Value"))
    return Side(MappingProxyType(resources), MappingProxyType(exports), known)


@lru_cache(maxsize=128)  # old and new template of each layer, asked for by every group of targets
def _section(text: str, values: tuple[tuple[str, str], ...], section: str) -> Mapping[str, Json]:
    return resolved(template(text), dict(values), section)


def _known(here: Iterable[LayerState], target: Target) -> dict[str, tuple[Key, ...]]:
    """Return what the values of deployed outputs name: while a deployment goes on, they stand for imports."""
    found: dict[str, set[Key]] = {}
    for case in here:
        if not case.exists(target):
            continue
        outputs = case.old(target).section("Outputs")
        for name, value in case.deployed(target).outputs.items():
            named = [item.name for item in inside(mapping(outputs.get(name)).get("Value"))]
            parts = value.split(",")
            if len(named) == len(parts):
                for part, logical_id in zip(parts, named, strict=True):
                    found.setdefault(part, set()).add(Key(case.name, logical_id))
    return {part: tuple(sorted(keys)) for part, keys in found.items() if part}


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts of a value that may be physical ids: all but the names that functions refer to."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        call = function(value)
        if call is None or call[0] not in ("Ref", "Fn::GetAtt", "Fn::ImportValue"):
            for item in value.values():
                yield from _texts(item)
