"""Parameter values put into a template's resources and outputs, as far as they decide what is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from petc.deploy.plan.templates import Template
from petc.source.tree import Json
from petc.verify.rendered import function, mapping

_SUBSTITUTE = re.compile(r"\$\{(!?)([^}]*)\}")
_NUMBER = re.compile(r"-?[0-9]+")
HIDDEN = "(not shown)"
"""Stands for the value of a parameter that is declared `NoEcho`."""


@dataclass(slots=True)
class _Scope:
    """What a value may refer to while it is resolved."""

    values: Mapping[str, Json]
    mappings: Mapping[str, Json]
    conditions: Mapping[str, Json]
    known: dict[str, bool | None] = field(default_factory=dict)


def resolved(template: Template, passed: Mapping[str, str], section: str) -> dict[str, Json]:
    """Return a section with its parameters, mappings and conditions filled in.

    Numbers and lists have the form that their parameter's type gives them. What only the deployment knows
    (other resources, pseudo parameters, imports) stays as the function that it is.
    """
    declared = template.section("Parameters")
    scope = _Scope(
        {
            name: _typed(mapping(declared.get(name)), value)
            for name, value in passed.items()
            if name in declared
        },
        template.section("Mappings"),
        template.section("Conditions"),
    )
    return {name: _value(scope, value) for name, value in template.section(section).items()}


def secret(template: Template) -> frozenset[str]:
    """Return the parameters whose values are never shown."""
    return frozenset(
        name for name, body in template.section("Parameters").items() if _true(mapping(body).get("NoEcho"))
    )


def _true(value: Json) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _typed(declared: Mapping[str, Json], value: str) -> Json:
    if _true(declared.get("NoEcho")):
        return HIDDEN
    kind = str(declared.get("Type", "String"))
    if kind == "Number" and _NUMBER.fullmatch(value):
        return int(value)
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [part.strip() for part in value.split(",")] if value else []
    return value


def _value(scope: _Scope, value: Json) -> Json:
    if isinstance(value, list):
        return [item for part in value if (item := _value(scope, part)) is not _ABSENT]
    if not isinstance(value, dict):
        return value
    call = function(value)
    if call is None:
        found = {key: _value(scope, item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item is not _ABSENT}
    name, argument = call
    if name == "Ref":
        if argument == "AWS::NoValue":
            return _ABSENT
        return scope.values.get(argument, value) if isinstance(argument, str) else value
    if name == "Fn::If":
        return _chosen(scope, argument, value)
    argument = _value(scope, argument)
    folded = _FOLDS[name](scope, argument) if name in _FOLDS else None
    return {name: argument} if folded is None else folded


# Stands for a property that `AWS::NoValue` takes away; compared by identity and never returned.
_ABSENT: Json = ["AWS::NoValue"]


def _chosen(scope: _Scope, argument: Json, whole: Json) -> Json:
    if isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str):
        decided = _condition(scope, argument[0])
        if decided is not None:
            return _value(scope, argument[1 if decided else 2])
        kept = [_value(scope, part) for part in argument[1:]]
        return {"Fn::If": [argument[0], *({} if part is _ABSENT else part for part in kept)]}
    return whole


def _condition(scope: _Scope, name: str) -> bool | None:
    if name not in scope.known:
        scope.known[name] = None  # a condition that refers to itself stays open
        scope.known[name] = _decided(scope, scope.conditions.get(name))
    return scope.known[name]


def _decided(scope: _Scope, value: Json) -> bool | None:
    """Return what a condition says, or nothing when only the deployment knows."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((name, argument),) = value.items()
    if name == "Condition" and isinstance(argument, str):
        return _condition(scope, argument)
    parts = argument if isinstance(argument, list) else [argument]
    if name == "Fn::Equals" and len(parts) == 2:
        left, right = (_value(scope, part) for part in parts)
        if isinstance(left, dict) or isinstance(right, dict):
            return None
        return spelled(left) == spelled(right)
    told = [_decided(scope, part) for part in parts]
    if name == "Fn::Not" and len(told) == 1:
        return None if told[0] is None else not told[0]
    if name == "Fn::And":
        return False if False in told else None if None in told else True
    if name == "Fn::Or":
        return True if True in told else None if None in told else False
    return None


def spelled(value: Json) -> str:
    """Return a scalar as CloudFormation passes it on: every one of them is text to it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _found_in_map(scope: _Scope, argument: Json) -> Json:
    if not isinstance(argument, list) or len(argument) < 3 or not isinstance(argument[0], str):
        return None
    table = mapping(scope.mappings.get(argument[0]))
    if isinstance(argument[1], str) and isinstance(argument[2], str):
        return mapping(table.get(argument[1])).get(argument[2])
    # Which row it is depends on the place; the whole table stands for it, so that a changed table shows.
    return {"Fn::FindInMap": [{argument[0]: dict(table)}, *argument[1:]]}


def _substituted(scope: _Scope, argument: Json) -> Json:
    text = argument[0] if isinstance(argument, list) and argument else argument
    own = mapping(argument[1]) if isinstance(argument, list) and len(argument) > 1 else {}
    if not isinstance(text, str):
        return None
    left: dict[str, Json] = {}

    def replacement(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return match.group()
        value = own.get(name, scope.values.get(name))
        if value is None or isinstance(value, dict | list):
            if name in own:
                left[name] = own[name]
            return match.group()
        return spelled(value)

    done = _SUBSTITUTE.sub(replacement, text)
    if left:
        return {"Fn::Sub": [done, left]}
    return {"Fn::Sub": done} if _SUBSTITUTE.search(done) else done


def _joined(_: _Scope, argument: Json) -> Json:
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        parts = argument[1]
        if isinstance(argument[0], str) and not any(isinstance(part, dict | list) for part in parts):
            return argument[0].join(spelled(part) for part in parts)
    return None


def _split(_: _Scope, argument: Json) -> Json:
    if isinstance(argument, list) and len(argument) == 2:
        separator, text = argument
        if isinstance(separator, str) and separator and isinstance(text, str):
            return list(text.split(separator))
    return None


def _selected(_: _Scope, argument: Json) -> Json:
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        index = spelled(argument[0])
        if index.isdigit() and int(index) < len(argument[1]):
            return argument[1][int(index)]
    return None


_FOLDS = {
    "Fn::FindInMap": _found_in_map,
    "Fn::Sub": _substituted,
    "Fn::Join": _joined,
    "Fn::Split": _split,
    "Fn::Select": _selected,
}
