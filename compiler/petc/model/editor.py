"""The schema of a whole spec file, for editors: the base, and what differs by stage."""

from __future__ import annotations

import copy

from petc.model.schema import Schema, stage_schema


def editor_schema() -> Schema:
    """Return the schema of a whole spec file: the base, where a stage may add what is missing, and `stages`.

    schemas/petc.schema.json is this schema, published for editors.
    """
    whole = copy.deepcopy(stage_schema())
    partial = {key: copy.deepcopy(whole[key]) for key in ("type", "properties", "additionalProperties")}
    partial["description"] = (
        "What differs in this stage: mappings merge by key, all else replaces, null removes."
    )
    for key in ("petc", "name"):
        del partial["properties"][key]
    whole["title"] = "petc: an architecture spec"
    whole["description"] = "One system on AWS, compiled by petc into one CloudFormation template per layer."
    whole["$id"] = "urn:petc:spec:1"
    whole["required"] = ["petc", "name", "stages"]
    whole["properties"]["stages"] = {
        "description": "Stages by name: what differs from the base in each.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[a-z]([a-z0-9-]*[a-z0-9])?$", "maxLength": 12},
        "additionalProperties": {"$ref": "#/$defs/Stage"},
        "examples": [{"dev": {"targets": {"accounts": ["123456789012"], "regions": {"us-west-2": {}}}}}],
    }
    whole["$defs"]["Stage"] = partial
    return _relaxed(whole, top=True)


def _relaxed(schema: Schema, *, top: bool = False, removable: bool = False) -> Schema:
    """Return a schema in which nothing below the top is required, and null removes the value of any key."""
    result = {key: item for key, item in schema.items() if top or key != "required"}
    for key in ("properties", "$defs"):
        if key in schema:
            inner = schema[key].items()
            result[key] = {name: _relaxed(item, removable=key == "properties") for name, item in inner}
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = _relaxed(schema["additionalProperties"], removable=True)
    if "items" in schema:
        result["items"] = _relaxed(schema["items"])
    if "enum" in schema.get("propertyNames", {}):
        # Names of layers may be written with hyphens; `petc.model.shorthand` reads them.
        names = schema["propertyNames"]["enum"]
        both = (form for name in names for form in (name, name.replace("_", "-")))
        result["propertyNames"] = {"enum": list(dict.fromkeys(both))}
    if top:
        return result
    # A definition is the value of some key, and what refers to it adds no type of its own.
    if "type" in result and (removable or "properties" in result):
        kinds = result["type"]
        result["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
    return result
