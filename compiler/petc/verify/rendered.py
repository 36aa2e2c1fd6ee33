"""The rendered templates as the verification sees them: plain values, file names, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""A value of a template in long form: what a JSON reader gives for it."""

Path: TypeAlias = tuple[str | int, ...]
"""The way from the top of a template to one of its values: keys, and indexes into lists."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One layer's template after rendering.

    `layer` is the layer's name, `file` its file name in the stage's folder.
    `template` is what a reader of `text` gets; `size` counts the bytes of `text`.
    """

    layer: str
    file: str
    template: Mapping[str, Json]
    size: int
    text: str

    def section(self, name: str) -> dict[str, Json]:
        """Return a top-level section such as `Outputs`, empty when it is absent or not a mapping."""
        return mapping(self.template.get(name))


View: TypeAlias = tuple[Rendered, ...]
"""The templates of one stage in deployment order."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of one template; `position` counts the layers in deployment order from 0."""

    position: int
    layer: str
    file: str
    logical_id: str
    type: str
    body: Mapping[str, Json]

    @property
    def properties(self) -> dict[str, Json]:
        """Return the resource's properties."""
        return mapping(self.body.get("Properties"))

    @property
    def pointer(self) -> str | None:
        """Return the JSON pointer into the spec that the compiler noted in `Metadata.petc.spec`."""
        spec = mapping(mapping(self.body.get("Metadata")).get("petc")).get("spec")
        return spec if isinstance(spec, str) else None

    @property
    def artifact(self) -> str:
        """Return `01-network.yaml:Vpc`, the name of the resource in a finding."""
        return f"{self.file}:{self.logical_id}"


def mapping(value: Json) -> dict[str, Json]:
    """Return the value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def resources(view: View) -> Iterator[Resource]:
    """Yield every resource in deployment order, within a template as it is written."""
    for position, rendered in enumerate(view):
        for logical_id, value in rendered.section("Resources").items():
            body = mapping(value)
            kind = body.get("Type")
            type_name = kind if isinstance(kind, str) else ""
            yield Resource(position, rendered.layer, rendered.file, logical_id, type_name, body)


def walk(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield the value and everything inside it, each with its path, parents first."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def function(value: Json) -> tuple[str, Json] | None:
    """Return the name and argument of an intrinsic function (`Ref`, `Fn::...`), or nothing."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith("Fn::"):
            return name, argument
    return None
