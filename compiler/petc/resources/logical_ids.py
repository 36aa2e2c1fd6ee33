"""Giving a resource of a template another logical id, with everything that refers to it."""

from __future__ import annotations

from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def renamed(value: Json, old: str, new: str) -> Json:
    """Return a part of a template with `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` of one id turned into another.

    Keys stay: whoever holds the section of resources renames the entry.
    """
    if isinstance(value, list):
        return [renamed(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: renamed(item, old, new) for key, item in value.items()}
    if result.get("Ref") == old:
        result["Ref"] = new
    if "DependsOn" in result:
        result["DependsOn"] = _each(result["DependsOn"], old, new)
    if "Fn::GetAtt" in result:
        named = result["Fn::GetAtt"]
        if isinstance(named, list) and named[:1] == [old]:
            result["Fn::GetAtt"] = [new, *named[1:]]
        elif isinstance(named, str) and named.startswith(f"{old}."):
            result["Fn::GetAtt"] = new + named[len(old) :]
    if "Fn::Sub" in result:
        text = result["Fn::Sub"]
        result["Fn::Sub"] = (
            [_text(text[0], old, new), *text[1:]] if isinstance(text, list) else _text(text, old, new)
        )
    return result


def _each(waits: Json, old: str, new: str) -> Json:
    if isinstance(waits, list):
        return [new if item == old else item for item in waits]
    return new if waits == old else waits


def _text(text: Json, old: str, new: str) -> Json:
    if not isinstance(text, str):
        return text
    return text.replace(f"${{{old}}}", f"${{{new}}}").replace(f"${{{old}.", f"${{{new}.")
