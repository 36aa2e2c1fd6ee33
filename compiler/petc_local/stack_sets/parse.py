"""A request of the Query protocol read by the input shape of its action.

The protocol is AWS's "Query API": a nested member is `Outer.Inner`, an item of a list `Name.member.1`, an empty
list `Name=`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from botocore.model import Shape

from petc_local.stack_sets import model
from petc_local.stack_sets.errors import invalid

Tree = dict[str, "Tree | str"]


def parse(action: str, params: Mapping[str, object]) -> dict[str, object]:
    """Return the members of a request, typed by the model: text, int, bool, tuple, dict.

    Members that the model does not know are left out, as AWS ignores them. Raises `Refused` with every broken
    constraint in one sentence each, joined as AWS joins them.
    """
    shape = model.operation(action).input_shape
    tree = _tree(params)
    known = {name: tree[name] for name in shape.members if name in tree}
    value = _convert(shape, known, "")
    problems = list(_problems(shape, value, ""))
    if problems:
        plural = "s" if len(problems) > 1 else ""
        raise invalid(f"{len(problems)} validation error{plural} detected: {'; '.join(problems)}")
    if not isinstance(value, dict):
        raise invalid("the request is not a structure")
    return value


def _tree(params: Mapping[str, object]) -> Tree:
    root: Tree = {}
    for key, raw in params.items():
        value = raw[0] if isinstance(raw, list) and raw else raw
        *path, last = key.split(".")
        node = root
        for step in path:
            inner = node.setdefault(step, {})
            if not isinstance(inner, dict):
                inner = node[step] = {}
            node = inner
        node.setdefault(last, value if isinstance(value, str) else str(value))
    return root


def _convert(shape: Shape, node: Tree | str, path: str) -> object:
    if shape.type_name == "structure":
        inner = node if isinstance(node, dict) else {}
        return {
            name: _convert(member, inner[name], _below(path, name))
            for name, member in model.members(shape)
            if name in inner
        }
    if shape.type_name == "list":
        return _items(shape, node, path)
    if isinstance(node, dict):
        raise invalid(f"Value at '{path}' is not a {shape.type_name}")
    return _scalar(shape, node, path)


def _items(shape: Shape, node: Tree | str, path: str) -> tuple[object, ...]:
    found = node.get("member", {}) if isinstance(node, dict) else {}
    numbered = found if isinstance(found, dict) else {}
    try:
        ordered = sorted(numbered.items(), key=lambda item: int(item[0]))
    except ValueError:
        raise invalid(f"Value at '{path}' is not a list") from None
    return tuple(_convert(model.item(shape), item, f"{path}.{number}.member") for number, item in ordered)


def _scalar(shape: Shape, text: str, path: str) -> object:
    if shape.type_name == "boolean":
        if text.lower() not in ("true", "false"):
            raise invalid(f"Value '{text}' at '{path}' is not a Boolean")
        return text.lower() == "true"
    if shape.type_name == "integer":
        try:
            return int(text)
        except ValueError:
            raise invalid(f"Value '{text}' at '{path}' is not an Integer") from None
    return text


def _problems(shape: Shape, value: object, path: str) -> Iterator[str]:
    """Yield one sentence for each constraint of the model that `value` breaks.

    The wording is the one of AWS's parameter validation ("Value 'x' at 'stackName' failed to satisfy
    constraint: Member must …"); for bounds of lists and numbers it is assumed from that pattern.
    """
    if isinstance(value, dict):
        for name in shape.required_members:
            if name not in value:
                yield (
                    f"Value null at '{_below(path, name)}' failed to satisfy constraint: "
                    "Member must not be null"
                )
        for name, inner in value.items():
            yield from _problems(dict(model.members(shape))[name], inner, _below(path, name))
        return
    if isinstance(value, tuple):
        yield from _bounds(shape, len(value), "length", f"Value at '{path}'")
        for number, item in enumerate(value, 1):
            yield from _problems(model.item(shape), item, f"{path}.{number}.member")
        return
    at = f"Value '{value}' at '{path}'"
    if isinstance(value, int) and not isinstance(value, bool):
        yield from _bounds(shape, value, "value", at)
    if isinstance(value, str):
        yield from _bounds(shape, len(value), "length", at)
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value):
            yield f"{at} failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}"
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            yield f"{at} failed to satisfy constraint: Member must satisfy enum value set: [{', '.join(allowed)}]"


def _bounds(shape: Shape, measure: int, noun: str, at: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and measure < least:
        yield f"{at} failed to satisfy constraint: Member must have {noun} greater than or equal to {least}"
    if most is not None and measure > most:
        yield f"{at} failed to satisfy constraint: Member must have {noun} less than or equal to {most}"


def _below(path: str, name: str) -> str:
    lowered = name[0].lower() + name[1:]
    return f"{path}.{lowered}" if path else lowered
