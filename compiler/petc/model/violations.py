"""Violations of the schema in words: what is wrong, by which rule, and the way out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from petc.diagnostics import MOST, Code, Diagnostic
from petc.model import codes, regions
from petc.model.secrets_in_text import looks_secret
from petc.source.masking import HIDDEN
from petc.source.suggest import closest
from petc.source.tree import WrittenFloat, WrittenInt, pointer


def translated(at: str, error: Any) -> Iterator[Diagnostic]:
    """Yield what a validation error of jsonschema says about the value at a JSON pointer."""
    keyword = str(error.validator)
    if "propertyNames" in error.schema_path and keyword != "propertyNames":
        yield _malformed_name(at, error)
    else:
        yield from _TRANSLATORS.get(keyword, _other)(at, error)


def _problem(code: Code, at: str, message: str, help: str = "", on_key: bool = False) -> Iterator[Diagnostic]:
    yield code.diagnostic(message, pointer=at, help=help, on_key=on_key)


def _shown(value: object, key: str = "") -> str:
    """Return a value for a message: short, and without what looks like a secret under its key."""
    text = _text(value, key)
    return text if len(text) <= 60 else text[:57] + "…"


def _shown_at(at: str, value: object) -> str:
    return _shown(value, _last(at))


def _text(value: object, key: str) -> str:
    """Return a value as JSON, with numbers as they were written, and secrets as stars."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(name)}: {_text(item, name)}" for name, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_text(item, key) for item in value) + "]"
    if looks_secret(key, value):
        return json.dumps(HIDDEN * 3)
    if isinstance(value, WrittenInt | WrittenFloat):
        return value.written
    return json.dumps(value, ensure_ascii=False)


def _last(at: str) -> str:
    """Return the last key of a pointer as a reader knows it; an entry of a list by its number: `app[0]`."""
    above, _, step = at.rpartition("/")
    if step.isdigit() and above:
        return f"{_last(above)}[{step}]"
    return step.replace("~1", "/").replace("~0", "~") or "the spec"


def _unknown_keys(at: str, error: Any) -> Iterator[Diagnostic]:
    known: Mapping[str, object] = error.schema.get("properties", {})
    others = [key for key in error.instance if key not in known]
    for number, key in enumerate(others):
        # A suggestion takes its time, and nobody reads so many.
        near = closest(key, known) if number < MOST else None
        renamed = _RENAMED.get(key)
        help = (
            renamed
            if renamed
            else f"did you mean `{near}`?"
            if near
            else "known here: " + ", ".join(f"`{item}`" for item in known)
        )
        yield from _problem(
            codes.UNKNOWN_KEY, at + pointer(key), f"`{key}` is not a key of {_place(at)}", help, True
        )


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
            known = error.schema.get("properties", {}).get(key, {})
            example = known.get("examples", [None])[0]
            help = f"add `{key}: {_shown(example)}`, for example" if example is not None else f"add `{key}`"
            yield from _problem(codes.MISSING_KEY, at, f"{_place(at)} needs `{key}`", help, True)


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
    if "enum" in error.schema:
        help = _listed(error.schema["enum"])
    elif "string" in names and isinstance(value, int | float):
        help = "put it in quotes"
    elif names == ["object"] and value is None:
        help = "write `{}` where the defaults will do"
    elif names == ["object"] and isinstance(value, list):
        help = "things are named here: write a mapping of names, not a list"
    elif "array" in names and isinstance(value, str):
        help = (
            f"put it in brackets: [{value}]" if not looks_secret(_last(at), value) else "put it in brackets"
        )
    elif names == ["boolean"] and value in ("yes", "no", "on", "off"):
        help = "only `true` and `false` are booleans (YAML 1.2)"
    elif names in (["integer"], ["number"]) and isinstance(value, str):
        help = "write a number without quotes, units or leading zeros"
    yield from _problem(
        codes.WRONG_TYPE, at, f"`{_last(at)}` is {_shown_at(at, value)}, but must be {expected}", help
    )


def _not_listed(at: str, error: Any) -> Iterator[Diagnostic]:
    values = error.validator_value
    near = closest(str(error.instance), [str(item) for item in values])
    help = (f"did you mean `{near}`? " if near else "") + _listed(values)
    yield from _problem(
        codes.NOT_ONE_OF, at, f"{_shown_at(at, error.instance)} is not a value of `{_last(at)}`", help
    )


def _listed(values: Iterable[object]) -> str:
    return "one of " + ", ".join(f"`{item}`" for item in values)


def _form(error: Any) -> str:
    short = error.schema.get("x-short")
    described = error.schema["properties"][short] if short else error.schema
    examples = described.get("examples")
    if examples:
        return f"for example {_shown(examples[0])}"
    return f"the form is {error.schema.get('pattern', error.validator_value)}"


def _malformed(at: str, error: Any) -> Iterator[Diagnostic]:
    yield from _problem(
        codes.MALFORMED,
        at,
        f"{_shown_at(at, error.instance)} does not have the form of `{_last(at)}`",
        _form(error),
    )


def _malformed_name(at: str, error: Any) -> Diagnostic:
    name = str(error.instance)
    if error.validator == "enum":
        near = closest(name, error.validator_value)
        help = f"did you mean `{near}`?" if near else _listed(error.validator_value)
    elif error.validator == "maxLength":
        help = f"at most {error.validator_value} characters"
    elif error.validator_value == "^[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}$":
        help = f"did you mean `{regions.nearest(name[:40])}`?"
    elif error.validator_value == "^[a-z]([a-z0-9-]*[a-z0-9])?$":
        help = (
            "a name starts with a lower-case letter, has lower-case letters, digits and hyphens, and does not end in"
            " a hyphen"
        )
    else:
        help = f"the form is {error.validator_value}"
    return codes.MALFORMED_NAME.diagnostic(
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
    yield from _problem(
        codes.OUT_OF_RANGE, at, f"`{_last(at)}` is {_shown_at(at, error.instance)}, but must be {bound}"
    )


def _repeated(at: str, error: Any) -> Iterator[Diagnostic]:
    seen: list[object] = []
    for index, item in enumerate(error.instance):
        if item in seen:
            yield from _problem(
                codes.REPEATED, at + pointer(index), f"{_shown_at(at, item)} stands twice in `{_last(at)}`"
            )
        seen.append(item)


def _wrong_version(at: str, error: Any) -> Iterator[Diagnostic]:
    yield from _problem(
        codes.WRONG_VERSION,
        at,
        f"this petc reads version {error.validator_value} of the language, not {_shown(error.instance)}",
        f"write `petc: {error.validator_value}`",
    )


def _other(at: str, error: Any) -> Iterator[Diagnostic]:
    yield from _problem(
        codes.MALFORMED, at, f"`{_last(at)}` does not conform: {error.validator}", _form(error)
    )


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
