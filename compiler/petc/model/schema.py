"""The spec's shape: validate a stage tree against the JSON Schema, and fill in defaults.

schemas/stage.schema.json is the one source of shapes, descriptions and defaults. It avoids `oneOf` and
`anyOf`, so that each violation has one cause. `x-short` names the key that a scalar stands for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, TypeAlias, cast

from petc.diagnostics import Diagnostic, Rejected
from petc.model.accepts import accepts
from petc.model.violations import translated
from petc.source.tree import Json, pointer

Schema: TypeAlias = "dict[str, Any]"


@cache
def stage_schema() -> Schema:
    """Return the schema of one stage's merged tree."""
    text = resources.files("petc.bundled.schemas").joinpath("stage.schema.json").read_text("utf-8")
    return cast(Schema, json.loads(text))


def conforming(tree: Json) -> dict[str, Json]:
    """Return the stage tree with shorthands written out and defaults filled in.

    Raises `Rejected` with every violation of the schema, each with its JSON pointer.
    """
    problems = tuple(violations(tree, stage_schema()))
    if problems:
        raise Rejected(problems)
    return cast("dict[str, Json]", completed(tree, stage_schema()))


def violations(tree: Json, schema: Schema, prefix: str = "") -> Iterator[Diagnostic]:
    """Yield each violation of `schema` once, in the order of the schema; `prefix` leads to `tree` in the spec."""
    definitions = stage_schema()["$defs"]
    if accepts(tree, schema, definitions):
        return
    errors = tuple(_validator({**schema, "$defs": definitions}).iter_errors(tree))
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    yield from dict.fromkeys(
        item
        for error in errors
        # A value of the wrong type is not on the list either; that need not be said.
        if error.validator != "enum" or tuple(error.absolute_path) not in mistyped
        for item in translated(prefix + pointer(*error.absolute_path), error)
    )


def _validator(schema: Schema) -> Any:
    # These take 60 ms, which a spec without a violation does not need.
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(validator: Any, form: str, value: object, schema: Schema) -> Iterator[ValidationError]:
        # JSON Schema's `$` is the end of the text; Python's also stands before a final line feed.
        if isinstance(value, str) and not re.search(form.removesuffix("$") + r"\Z", value):
            yield ValidationError(f"{value!r} does not match {form!r}")

    return extend(Draft202012Validator, {"pattern": pattern})(schema)  # type: ignore[no-untyped-call]


def completed(value: Json, schema: Schema) -> Json:
    """Return `value` with shorthands written out and every absent default filled in, at all depths."""
    schema = resolved(schema)
    short = schema.get("x-short")
    if short and not isinstance(value, dict):
        value = {short: value}
    if isinstance(value, dict):
        properties: Schema = schema.get("properties", {})
        names = schema.get("additionalProperties")
        result: dict[str, Json] = {}
        for key, inner in properties.items():
            if key in value:
                result[key] = completed(value[key], inner)
            elif "default" in (target := resolved(inner)):
                result[key] = completed(target["default"], target)
        for key, item in value.items():
            if key not in properties:
                result[key] = completed(item, names) if isinstance(names, dict) else item
        return result
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [completed(item, schema["items"]) for item in value]
    return value


def resolved(schema: Schema) -> Schema:
    """Follow `$ref` into the definitions; keywords beside the reference win."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = stage_schema()["$defs"][reference.removeprefix("#/$defs/")]
    return {**target, **{key: item for key, item in schema.items() if key != "$ref"}}
