"""The joined view in parts: for each layer its resources, and those of other layers that a lint rule sees with them.

Linting the whole at once would cost as much as all templates together again after each change, on one processor.
A part changes only when its layer changes, or what that layer leans on.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from petc.resources import schemas
from petc.verify import join, values
from petc.verify.rendered import Json, View, function, mapping, sequence, walk

_COMPARED = (
    frozenset({"AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::Subnet"}),
    frozenset({"AWS::EC2::SubnetRouteTableAssociation"}),
    frozenset({"AWS::Logs::SubscriptionFilter"}),
)
"""Types that rules compare with each other wherever they stand; others only by their primary identifiers."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One layer's part of the joined view, with the names of the joined view.

    `position` is that of the layer. What is found at another layer's resource is that layer's to report.
    """

    position: int
    template: dict[str, Json]

    @property
    def text(self) -> str:
        """The part as text; equal parts have equal texts."""
        return json.dumps(self.template, sort_keys=True)


def slices(view: View, region: str) -> tuple[Slice, ...]:
    """Return the parts, in deployment order; none for a layer in which the joined view shows nothing new.

    That is a layer which imports nothing and has no resource that a rule compares with another layer's.
    """
    whole = join.joined(view)
    bodies = mapping(whole.template.get("Resources"))
    home = {name: place[0] for (section, name), place in whole.origins.items() if section == "Resources"}
    peers = _peers(bodies, home, region)
    found: list[Slice] = []
    for position, rendered in enumerate(view):
        own = [name for name in bodies if home[name] == position]
        beside = {peer for name in own for peer in peers.get(name, ())}
        if not beside and not _imports(dict(rendered.template)):
            continue
        outputs = {
            name: body
            for name, body in mapping(whole.template.get("Outputs")).items()
            if whole.origins["Outputs", name][0] == position
        }
        names = {*own, *beside}
        # Rules look at a resource and at what it refers to, not further.
        referred = {*_references(outputs), *(item for name in names for item in _references(bodies[name]))}
        names |= referred & bodies.keys()
        needed = referred | {item for name in names for item in _references(bodies[name])}
        template: dict[str, Json] = {"AWSTemplateFormatVersion": "2010-09-09"}
        template["Metadata"] = rendered.template.get("Metadata", {})
        for section in ("Parameters", "Mappings", "Conditions"):
            kept = {
                name: body
                for name, body in mapping(whole.template.get(section)).items()
                if section != "Parameters" or name in needed
            }
            if kept:
                template[section] = kept
        template["Resources"] = {name: body for name, body in bodies.items() if name in names}
        if outputs:
            template["Outputs"] = outputs
        found.append(Slice(position, template))
    return tuple(found)


def _imports(value: Json) -> bool:
    return any(
        (call := function(item)) is not None and call[0] == "Fn::ImportValue" for _, item in walk(value)
    )


def _references(value: Json) -> Iterator[str]:
    """Yield every name that a body refers to, repeated as often as it does."""
    yield from _dependencies(mapping(value).get("DependsOn"))
    for _, item in walk(value):
        call = function(item)
        if call is None:
            continue
        name, argument = call
        if name == "Ref" and isinstance(argument, str):
            yield argument
        elif name == "Fn::GetAtt":
            yield values.attribute_of(argument)[0]
        elif name == "Fn::Sub":
            text = argument if isinstance(argument, str) else next(iter(sequence(argument)), "")
            yield from (reference.partition(".")[0] for reference in values.references(text))


def _dependencies(value: Json) -> Iterable[str]:
    return (value,) if isinstance(value, str) else (item for item in sequence(value) if isinstance(item, str))


def _peers(bodies: Mapping[str, Json], home: Mapping[str, int], region: str) -> Mapping[str, tuple[str, ...]]:
    """Return for each resource those of other layers that a rule compares with it."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_type: dict[str, list[str]] = defaultdict(list)
    for name, body in bodies.items():
        by_type[str(mapping(body).get("Type"))].append(name)
    for number, types in enumerate(_COMPARED):
        groups["compared", str(number)] = [name for kind in sorted(types) for name in by_type.get(kind, ())]
    for kind, names in by_type.items():
        if len({home[name] for name in names}) < 2:
            continue
        known = schemas.schema(kind, region)
        identifiers = known.body.get("primaryIdentifier") if known else None
        keys = [str(item).removeprefix("/properties/") for item in sequence(identifiers)]
        for name in names if keys else ():
            properties = mapping(mapping(bodies[name]).get("Properties"))
            if all(key in properties for key in keys):
                identity = json.dumps([properties[key] for key in keys], sort_keys=True)
                groups[kind, identity].append(name)
    found: dict[str, tuple[str, ...]] = {}
    for names in groups.values():
        for name in names:
            others = tuple(other for other in names if home[other] != home[name])
            if others:
                found[name] = (*found.get(name, ()), *others)
    return found
