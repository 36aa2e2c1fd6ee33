"""From a conforming tree to the typed stage.

The dataclasses of `components` and `sections` say what is wanted; this walks their annotations, so that a field is
written down once. The tree conforms and is complete, so nothing can go wrong here: an error is a fault in petc.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from petc.model.types import Stage
from petc.source.tree import Json, pointer


def decode(tree: Mapping[str, Json], stage: str) -> Stage:
    """Return the typed stage of a tree that `petc.model.schema.conforming` returned."""
    values = {key: item for key, item in tree.items() if key not in ("petc", "defaults")}
    values.setdefault("description", "")
    moved = values.get("moved", {})
    assert isinstance(moved, dict)
    result = _decoded({**values, "stage": stage}, Stage, "", {key: str(old) for key, old in moved.items()})
    assert isinstance(result, Stage)
    return result


def _decoded(value: Any, wanted: Any, at: str, moved: Mapping[str, str]) -> Any:
    if dataclasses.is_dataclass(wanted):
        return _record(value, wanted, at, moved)
    origin = get_origin(wanted)
    if origin is tuple:
        item = get_args(wanted)[0]
        return tuple(_decoded(part, item, f"{at}/{index}", moved) for index, part in enumerate(value))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return MappingProxyType(
            {
                key: _named(item, get_args(wanted)[1], at + pointer(key), key, moved)
                for key, item in value.items()
            }
        )
    if origin in (Union, types.UnionType) and type(None) in get_args(wanted):
        (inner,) = (item for item in get_args(wanted) if item is not type(None))
        return None if value is None else _decoded(value, inner, at, moved)
    if wanted in (int, float):
        return wanted(value)  # JSON Schema takes 8080.0 for a whole number, and a template would say 8080.0
    assert origin is Literal or origin in (Union, types.UnionType) or wanted in (str, int, bool, object)
    return value


def _named(value: Any, wanted: Any, at: str, name: str, moved: Mapping[str, str]) -> Any:
    decoded = _decoded(value, wanted, at, moved)
    if not dataclasses.is_dataclass(wanted):
        return decoded
    own = {field.name for field in dataclasses.fields(wanted)}
    changes = {"name": name} if "name" in own else {}
    if "key" in own:
        changes["key"] = moved.get(name, name)
    return dataclasses.replace(decoded, **changes)


def _record(value: Any, wanted: Any, at: str, moved: Mapping[str, str]) -> Any:
    arguments: dict[str, Any] = {}
    for field, kind in _fields(wanted):
        key = field.metadata.get("key", field.name)
        if field.name == "at":
            arguments["at"] = at
        elif field.name == "assets" or (field.name in ("name", "key") and field.default == ""):
            continue  # given by the pipeline, or by the mapping that holds the record
        else:
            arguments[field.name] = _decoded(value.get(key), kind, at + pointer(key), moved)
    return wanted(**arguments)


@cache
def _fields(wanted: Any) -> tuple[tuple[dataclasses.Field[Any], Any], ...]:
    hints = get_type_hints(wanted)
    return tuple((field, hints[field.name]) for field in dataclasses.fields(wanted))
