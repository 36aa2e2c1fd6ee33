"""Properties in the types that AWS's schemas say: CloudFormation turns "1" into 1 where a number belongs."""

from __future__ import annotations

from collections.abc import Mapping

from petc.resources import schemas
from petc.resources.schemas import Json
from petc_local.types.forms import Properties, mapping


def coerced(type_name: str, properties: Properties) -> dict[str, Json]:
    """Return the properties with texts, numbers and truth values as the schema has them.

    A parameter is always text, so a template cannot say a number by one; CloudFormation converts ("Parameters",
    type Number). What the schema leaves open, or what does not convert, stays as it is.
    """
    found = schemas.schema(type_name)
    if found is None:
        return dict(properties)
    return mapping(_coerced(found.body, found.body, dict(properties)))


def _coerced(root: Mapping[str, Json], node: Mapping[str, Json], value: Json) -> Json:
    node = _resolved(root, node)
    if isinstance(value, dict):
        properties, patterns = mapping(node.get("properties")), mapping(node.get("patternProperties"))
        rest = mapping(next(iter(patterns.values()), None)) or mapping(node.get("additionalProperties"))
        return {
            key: _coerced(root, mapping(properties.get(key)) or rest, item) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_coerced(root, mapping(node.get("items")), item) for item in value]
    return _scalar(node.get("type"), value)


def _scalar(kind: Json, value: Json) -> Json:
    if isinstance(value, str):
        if kind == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if kind in ("integer", "number"):
            try:
                return int(value) if kind == "integer" else float(value)
            except ValueError:
                return value
        return value
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    return str(value) if kind == "string" and isinstance(value, int | float) else value


def _resolved(root: Mapping[str, Json], node: Mapping[str, Json]) -> Mapping[str, Json]:
    for _ in range(8):
        reference = node.get("$ref")
        if not isinstance(reference, str):
            break
        here: Json = dict(root)
        for part in reference.removeprefix("#/").split("/"):
            here = mapping(here).get(part)
        node = mapping(here)
    return node
