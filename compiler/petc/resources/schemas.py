"""What CloudFormation's resource schemas say, read from the files that cfn-lint ships.

cfn-lint itself is not imported: that costs half a second, and its data are plain files. Per region a file
maps each type to the name of its schema file; the schemas are AWS's own with cfn-lint's corrections.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

FALLBACK_REGION = "us-east-1"
"""The region whose types stand in for a region that has no file of its own, as in cfn-lint."""


class MissingSchemasError(Exception):
    """cfn-lint's data folder is not there, or has another form than this module knows."""


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """What one schema says about a resource type; paths are property names, `*` for list items.

    `create_only`: a change there replaces the resource. `conditional_create_only`: may replace it.
    `read_only`: what the resource returns (GetAtt, in dotted form). `write_only`: what it never returns.
    `permissions`: by handler (create, read, update, delete, list) the IAM actions it needs.
    """

    type: str
    create_only: tuple[str, ...]
    conditional_create_only: tuple[str, ...]
    read_only: tuple[str, ...]
    write_only: tuple[str, ...]
    required: tuple[str, ...]
    permissions: Mapping[str, tuple[str, ...]]
    body: Mapping[str, Json]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return what GetAtt gives, for example `Endpoint.Address`."""
        return self.read_only

    def replaces(self, property_path: tuple[str, ...]) -> bool:
        """Whether a change at or below the path always replaces the resource."""
        dotted = ".".join(property_path)
        return any(dotted == item or dotted.startswith(f"{item}.") for item in self.create_only)


@cache
def schema(type_name: str, region: str = FALLBACK_REGION) -> ResourceSchema | None:
    """Return the schema of a resource type in a region, or nothing when the type does not exist there.

    Raises `MissingSchemasError` when cfn-lint's data cannot be read.
    """
    name = _types(region).get(type_name)
    if name is None:
        return None
    body = _read(_folder() / "resources" / f"{name}.json")
    handlers = _mapping(body.get("handlers"))
    return ResourceSchema(
        type_name,
        _paths(body.get("createOnlyProperties")),
        _paths(body.get("conditionalCreateOnlyProperties")),
        _paths(body.get("readOnlyProperties")),
        _paths(body.get("writeOnlyProperties")),
        _texts(body.get("required")),
        {
            handler: tuple(dict.fromkeys(_texts(_mapping(entry).get("permissions"))))
            for handler, entry in handlers.items()
        },
        body,
    )


def types(region: str = FALLBACK_REGION) -> tuple[str, ...]:
    """Return the resource types of a region, sorted."""
    return tuple(sorted(_types(region)))


@cache
def regions() -> frozenset[str]:
    """Return the regions that have schemas of their own; for another the linter knows no rules either."""
    try:
        files = [path.stem for path in (_folder() / "providers").glob("*-*-*.json")]
    except OSError as error:
        raise MissingSchemasError(f"the resource schemas of cfn-lint cannot be read: {error}") from error
    return frozenset(files)


def nearest_types(type_name: str, region: str = FALLBACK_REGION) -> tuple[str, ...]:
    """Return the types whose names come nearest, best first."""
    return tuple(get_close_matches(type_name, types(region), n=3, cutoff=0.7))


def property_exists(type_name: str, path: tuple[str | int, ...], region: str = FALLBACK_REGION) -> bool:
    """Whether a property path such as `("LogConfiguration", "Options")` may stand in the type.

    Indexes into lists are numbers or digits. Below a property of free form (a policy document, tags by
    name) everything exists. A type without schema has no properties.
    """
    return not _missing(type_name, path, region)[0]


def order_matters(type_name: str, path: tuple[str | int, ...], region: str = FALLBACK_REGION) -> bool:
    """Whether the order of the list at a property path means something.

    It does unless the schema says `insertionOrder: false` (CloudFormation CLI User Guide, "Resource type
    definition schema").
    """
    known = schema(type_name, region)
    if known is None:
        return True
    here: tuple[Mapping[str, Json], ...] = (known.body,)
    for part in path:
        steps = [step for item in here for step in _alternatives(known.body, item)]
        here = tuple(found for step in steps if (found := _below(step, part)) is not None)
    return not any(
        step.get("insertionOrder") is False for item in here for step in _alternatives(known.body, item)
    )


def nearest_properties(
    type_name: str, path: tuple[str | int, ...], region: str = FALLBACK_REGION
) -> tuple[str, ...]:
    """Return names that come nearest to the first part of the path that does not exist, best first.

    Without a near one: all names that may stand there. Empty when the path exists or the type does not.
    """
    missing, names = _missing(type_name, path, region)
    if not missing or not names:
        return ()
    return tuple(get_close_matches(missing, names, n=3, cutoff=0.6)) or names


def _missing(type_name: str, path: tuple[str | int, ...], region: str) -> tuple[str, tuple[str, ...]]:
    """Return the first part of the path that does not exist and the names that do; or ("", ())."""
    known = schema(type_name, region)
    if known is None:
        return (str(path[0]) if path else type_name), ()
    here: tuple[Mapping[str, Json], ...] = (known.body,)
    for part in path:
        steps = [step for item in here for step in _alternatives(known.body, item)]
        found = [below for step in steps if (below := _below(step, part)) is not None]
        if not found:
            names = sorted({name for step in steps for name in _mapping(step.get("properties"))})
            return str(part), tuple(names)
        here = tuple(found)
    return "", ()


def _alternatives(
    root: Mapping[str, Json], item: Mapping[str, Json], depth: int = 0
) -> Iterator[Mapping[str, Json]]:
    """Yield the schema itself and what its references and branches add to it."""
    yield item
    if depth > 16:  # a schema that refers to itself without a property in between
        return
    reference = item.get("$ref")
    if isinstance(reference, str):
        yield from _alternatives(root, _resolved(root, reference), depth + 1)
    for key in ("oneOf", "anyOf", "allOf"):
        branches = item.get(key)
        for branch in branches if isinstance(branches, list) else ():
            yield from _alternatives(root, _mapping(branch), depth + 1)
    for key in ("then", "else"):
        if key in item:
            yield from _alternatives(root, _mapping(item[key]), depth + 1)


def _below(item: Mapping[str, Json], part: str | int) -> Mapping[str, Json] | None:
    """Return the schema of a property or list item, nothing when there is none."""
    if "items" in item:
        return _mapping(item["items"]) if isinstance(part, int) or part.isdigit() else None
    name = str(part)
    properties = _mapping(item.get("properties"))
    if name in properties:
        return _mapping(properties[name])
    patterns = _mapping(item.get("patternProperties"))
    if patterns:
        return _mapping(next(iter(patterns.values())))
    extra = item.get("additionalProperties")
    if isinstance(extra, dict):
        return extra
    if extra is True or (_free_form(item) and extra is None):
        return {}
    return None


def _free_form(item: Mapping[str, Json]) -> bool:
    """Whether the schema describes an object (or leaves open what) without naming its properties."""
    named = ("properties", "$ref", "oneOf", "anyOf", "allOf", "items", "enum", "const", "if", "required")
    if any(key in item for key in named):
        return False
    kind = item.get("type")
    return kind is None or kind == "object" or (isinstance(kind, list) and "object" in kind)


def _resolved(root: Mapping[str, Json], reference: str) -> Mapping[str, Json]:
    here: Json = dict(root)
    for part in reference.removeprefix("#/").split("/"):
        here = _mapping(here).get(part.replace("~1", "/").replace("~0", "~"))
    return _mapping(here)


@cache
def _types(region: str) -> Mapping[str, str]:
    folder = _folder() / "providers"
    file = folder / f"{region}.json"
    if not file.is_file():
        file = folder / f"{FALLBACK_REGION}.json"
    return {name: value for name, value in _read(file).items() if isinstance(value, str)}


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise MissingSchemasError("cfn-lint is not installed, and its resource schemas with it")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


def _read(file: Path) -> Mapping[str, Json]:
    try:
        data: Json = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingSchemasError(f"{file} of cfn-lint cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise MissingSchemasError(f"{file} of cfn-lint holds no mapping")
    return data


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _paths(value: Json) -> tuple[str, ...]:
    """Return `/properties/Endpoint/Address` as `Endpoint.Address`."""
    return tuple(
        ".".join(part for part in text.split("/")[1:] if part != "properties") for text in _texts(value)
    )
