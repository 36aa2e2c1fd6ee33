"""The spec's shape: validate a stage tree against the JSON Schema, translate what is wrong, fill in defaults.

schemas/stage.schema.json is the one source of shapes, descriptions and defaults. It avoids `oneOf` and
`anyOf`, so that each violation has one cause. `x-short` names the key that a scalar stands for.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeAlias, cast

from petc.diagnostics import Diagnostic, Rejected, Severity
from petc.source.suggest import closest
from petc.source.tree import Json, pointer

Schema: TypeAlias = "dict[str, Any]"


@cache
def stage_schema() -> Schema:
    """Return the schema of one stage's merged tree."""
    text = resources.files("petc.bundled.schemas").joinpath("stage.schema.json").read_text("utf-8")
    return cast(Schema, json.loads(text))


def editor_schema() -> Schema:
    """Return the schema of a whole spec file: the base, where nothing is required that a stage may add, and `stages`.

    schemas/petc.schema.json is this schema, published for editors.
    """
    whole = copy.deepcopy(stage_schema())
    stage = {key: item for key, item in whole.items() if key in ("type", "properties", "additionalProperties")}
    partial = copy.deepcopy(stage)
    partial["description"] = "What differs in this stage: mappings merge by key, all else replaces, null removes."
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
        "propertyNames": {"pattern": "^[a-z][a-z0-9-]*$", "maxLength": 12},
        "additionalProperties": {"$ref": "#/$defs/Stage"},
        "examples": [{"dev": {"targets": {"accounts": ["123456789012"], "regions": {"us-west-2": {}}}}}],
    }
    whole["$defs"]["Stage"] = partial
    return cast(Schema, _relaxed(whole, top=True))


def _relaxed(schema: Any, *, top: bool = False) -> Any:
    """Return a schema in which nothing below the top is required, and null stands for removal."""
    if isinstance(schema, list):
        return [_relaxed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _relaxed(item) for key, item in schema.items() if top or key != "required" or not _keyword(item)}
    if not top and isinstance(result.get("type"), str) and ("description" in result):
        result["type"] = [result["type"], "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
    return result


def _keyword(item: Any) -> bool:
    """Whether `required` is the keyword, a list of names, and not a property of that name."""
    return isinstance(item, list)


def conforming(tree: Json) -> dict[str, Json]:
    """Return the stage tree with shorthands written out and defaults filled in.

    Raises `Rejected` with every violation of the schema, each with its JSON pointer.
    """
    problems = tuple(violations(tree, stage_schema()))
    if problems:
        raise Rejected(problems)
    return cast("dict[str, Json]", completed(tree, stage_schema()))


def violations(tree: Json, schema: Schema, prefix: str = "") -> Iterator[Diagnostic]:
    """Yield each violation of `schema`, most specific first; `prefix` leads to `tree` in the spec."""
    from jsonschema import Draft202012Validator  # 70 ms that an unchanged compile does not need

    validator = Draft202012Validator({**schema, "$defs": stage_schema()["$defs"]})
    for error in validator.iter_errors(tree):
        path = prefix + pointer(*error.absolute_path)
        translate = _TRANSLATORS.get(str(error.validator), _other)
        key_error = "propertyNames" in error.schema_path and str(error.validator) != "propertyNames"
        if key_error:
            yield _malformed_name(path, error)
        else:
            yield from translate(path, error)


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


def _problem(
    code: str, at: str, message: str, help: str = "", on_key: bool = False
) -> Iterator[Diagnostic]:
    yield Diagnostic(code, Severity.ERROR, message, pointer=at, help=help, on_key=on_key)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def _last(at: str) -> str:
    return at.rpartition("/")[2].replace("~1", "/").replace("~0", "~") or "the spec"


def _unknown_keys(at: str, error: Any) -> Iterator[Diagnostic]:
    known: Mapping[str, object] = error.schema.get("properties", {})
    for key in error.instance:
        if key in known:
            continue
        near = closest(key, known)
        renamed = _RENAMED.get(key)
        help = (
            renamed
            if renamed
            else f"did you mean `{near}`?"
            if near
            else "known here: " + ", ".join(f"`{item}`" for item in known)
        )
        yield from _problem("unknown-key", at + pointer(key), f"`{key}` is not a key of {_place(at)}", help, True)


_RENAMED = {
    "stages": "`stages` stands at the top of the spec only",
    "subnet": "write `subnets`",
    "environments": "write `stages`",
    "lambdas": "write `functions`",
    "env": "write `environment` in a function, `configuration` in a service",
    "account": "write `accounts`, a list of quoted account ids",
    "region": "write `targets: {regions: {<region>: {}}}`",
    "budget": "costs are not part of this version of the language",
}


def _place(at: str) -> str:
    return f"`{_last(at)}`" if at else "the spec"


def _missing_keys(at: str, error: Any) -> Iterator[Diagnostic]:
    for key in error.validator_value:
        if key not in error.instance:
            known = resolved(error.schema.get("properties", {}).get(key, {}))
            example = known.get("examples", [None])[0]
            help = f"add `{key}: {_shown(example)}`, for example" if example is not None else f"add `{key}`"
            yield from _problem("missing-key", at, f"{_place(at)} needs `{key}`", help, True)
            return


_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def _wrong_type(at: str, error: Any) -> Iterator[Diagnostic]:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    expected = " or ".join(_TYPES[name] for name in names)
    value = error.instance
    help = ""
    if "string" in names and isinstance(value, int | float) and not isinstance(value, bool):
        help = f'put it in quotes: "{value}"'
    elif "string" in names and isinstance(value, bool):
        help = f'put it in quotes: "{str(value).lower()}"'
    elif names == ["object"] and isinstance(value, list):
        help = "things are named here: write a mapping of names, not a list"
    elif "array" in names and isinstance(value, str):
        help = f"put it in brackets: [{value}]"
    elif names == ["boolean"] and value in ("yes", "no", "on", "off"):
        help = "only `true` and `false` are booleans (YAML 1.2)"
    elif names in (["integer"], ["number"]) and isinstance(value, str):
        help = "write a number without quotes, units or leading zeros"
    yield from _problem("wrong-type", at, f"`{_last(at)}` is {_shown(value)}, but must be {expected}", help)


def _not_listed(at: str, error: Any) -> Iterator[Diagnostic]:
    values = error.validator_value
    near = closest(str(error.instance), [str(item) for item in values])
    listed = ", ".join(f"`{item}`" for item in values)
    help = (f"did you mean `{near}`? " if near else "") + f"one of {listed}"
    yield from _problem("not-one-of", at, f"{_shown(error.instance)} is not a value of `{_last(at)}`", help)


def _form(error: Any) -> str:
    examples = error.schema.get("examples")
    if examples:
        return f"for example {_shown(examples[0])}"
    return f"the form is {error.schema.get('pattern', error.validator_value)}"


def _malformed(at: str, error: Any) -> Iterator[Diagnostic]:
    yield from _problem(
        "malformed", at, f"{_shown(error.instance)} does not have the form of `{_last(at)}`", _form(error)
    )


def _malformed_name(at: str, error: Any) -> Diagnostic:
    name = str(error.instance)
    if error.validator == "enum":
        near = closest(name, error.validator_value)
        help = f"did you mean `{near}`?" if near else "one of " + ", ".join(error.validator_value)
    elif error.validator == "maxLength":
        help = f"at most {error.validator_value} characters"
    elif error.validator_value == "^[a-z][a-z0-9-]*$":
        help = "a name starts with a lower-case letter and has lower-case letters, digits and hyphens"
    else:
        help = f"the form is {error.validator_value}"
    return Diagnostic(
        "malformed-name",
        Severity.ERROR,
        f"{_shown(name)} cannot be a name in {_place(at)}",
        pointer=at + pointer(name),
        help=help,
        on_key=True,
    )


_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters long",
    "maxLength": "at most {} characters long",
    "minItems": "a list of at least {} entries",
    "maxItems": "a list of at most {} entries",
}


def _out_of_range(at: str, error: Any) -> Iterator[Diagnostic]:
    bound = _BOUNDS[error.validator].format(error.validator_value)
    yield from _problem("out-of-range", at, f"`{_last(at)}` is {_shown(error.instance)}, but must be {bound}")


def _repeated(at: str, error: Any) -> Iterator[Diagnostic]:
    seen: list[object] = []
    for index, item in enumerate(error.instance):
        if item in seen:
            yield from _problem("repeated", at + pointer(index), f"{_shown(item)} stands twice in `{_last(at)}`")
            return
        seen.append(item)


def _wrong_version(at: str, error: Any) -> Iterator[Diagnostic]:
    yield from _problem(
        "wrong-version",
        at,
        f"this petc reads version {error.validator_value} of the language, not {_shown(error.instance)}",
        f"write `petc: {error.validator_value}`",
    )


def _other(at: str, error: Any) -> Iterator[Diagnostic]:
    yield from _problem("malformed", at, f"`{_last(at)}` does not conform: {error.validator}", _form(error))


_TRANSLATORS = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "type": _wrong_type,
    "enum": _not_listed,
    "pattern": _malformed,
    "const": _wrong_version,
    "uniqueItems": _repeated,
    **dict.fromkeys(_BOUNDS, _out_of_range),
}
