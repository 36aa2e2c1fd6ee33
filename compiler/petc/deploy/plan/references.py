"""What a value of a template refers to: resources, their attributes, and imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petc.deploy.plan.values_diff import Path
from petc.source.tree import Json
from petc.verify import values
from petc.verify.rendered import function, mapping, sequence


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: of the resource `name` (with the attribute, empty for Ref), or of an import."""

    name: str
    attribute: str = ""
    imported: bool = False

    def __str__(self) -> str:
        """Return `Vpc`, `Vpc.CidrBlock`, or the name of the import."""
        return f"{self.name}.{self.attribute}" if self.attribute else self.name


def located(value: Json, path: Path = ()) -> Iterator[tuple[Path, Reference]]:
    """Yield every reference with the path of the outermost function that it stands in."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from located(item, (*path, index))
    elif isinstance(value, dict):
        if function(value) is not None:
            for reference in inside(value):
                yield path, reference
        else:
            for key, item in value.items():
                yield from located(item, (*path, key))


def inside(value: Json) -> Iterator[Reference]:
    """Yield every reference inside a value, conditions' branches included."""
    if isinstance(value, list):
        for item in value:
            yield from inside(item)
        return
    if not isinstance(value, dict):
        return
    call = function(value)
    if call is None:
        for item in value.values():
            yield from inside(item)
        return
    name, argument = call
    if name == "Ref":
        if isinstance(argument, str) and not argument.startswith("AWS::"):
            yield Reference(argument)
    elif name == "Fn::GetAtt":
        logical_id, attribute = values.attribute_of(argument)
        yield Reference(logical_id, attribute)
    elif name == "Fn::ImportValue" and isinstance(argument, str):
        yield Reference(argument, imported=True)
    elif name == "Fn::Sub":
        yield from _substituted(argument)
    else:
        yield from inside(argument)


def _substituted(argument: Json) -> Iterator[Reference]:
    parts = sequence(argument)
    own = mapping(parts[1]) if len(parts) > 1 else {}
    for name in values.references(parts[0] if parts else argument):
        if name not in own and not name.startswith("AWS::"):
            logical_id, _, attribute = name.partition(".")
            yield Reference(logical_id, attribute)
    yield from inside(own)
