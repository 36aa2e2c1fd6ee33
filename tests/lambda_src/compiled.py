"""The compiled stage as the functions meet it: their environment and their role's statements, worked out.

What is only known at deployment becomes a name of its own, the same one wherever a template means the same
thing: an import and the resource that the exporting layer makes are one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from petc.output import reader
from petc.verify.rendered import Json, function, mapping, sequence
from tests.lambda_src.zips import ROOT

_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-west-2",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a role may do: actions on resources, and under which conditions (`{}` without any)."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A function: its environment, and what its role allows over all layers."""

    variables: Mapping[str, str]
    allowed: tuple[Statement, ...]


class Stage:
    """The templates of a stage."""

    def __init__(self, name: str) -> None:
        self._templates = {path.stem: _template(path) for path in (ROOT / "generated" / name).glob("*.yaml")}
        self._exports = {
            self.resolved(mapping(mapping(output).get("Export")).get("Name"), layer): (
                mapping(output).get("Value"),
                layer,
            )
            for layer, template in self._templates.items()
            for output in mapping(template.get("Outputs")).values()
        }

    def functions(self) -> dict[str, Compiled]:
        """Return every function by the name of its folder."""
        allowed: dict[str, list[Statement]] = {}
        for layer, resource in self._resources("AWS::IAM::RolePolicy"):
            statements = sequence(mapping(resource.get("PolicyDocument")).get("Statement"))
            allowed.setdefault(self.resolved(resource.get("RoleName"), layer), []).extend(
                self._statement(mapping(statement), layer)
                for statement in statements
                if mapping(statement).get("Effect") == "Allow"
            )
        found = {}
        for layer, resource in self._resources("AWS::Lambda::Function"):
            role = self.resolved(resource.get("Role"), layer).partition(":role/")[2]
            variables = mapping(mapping(resource.get("Environment")).get("Variables"))
            name = str(mapping(resource.get("Code"))["S3Key"]).split("/")[3].replace("-", "_")
            found[name] = Compiled(
                {key: self.resolved(value, layer) for key, value in variables.items()},
                tuple(allowed.get(role, ())),
            )
        return found

    def resolved(self, value: Json, layer: str) -> str:
        """Return an expression of a layer as text."""
        call = function(value)
        if call is None:
            return value if isinstance(value, str) else json.dumps(value)
        name, argument = call
        if name == "Fn::ImportValue":
            return self.resolved(*self._exports[self.resolved(argument, layer)])
        if name == "Fn::Sub":
            text, values = (argument, {}) if isinstance(argument, str) else _pair(argument)
            return re.sub(
                r"\$\{([^}]+)\}",
                lambda found: self.resolved(values.get(found[1], {"Ref": found[1]}), layer),
                text,
            )
        if name == "Fn::GetAtt":
            return ".".join((f"{layer}/{sequence(argument)[0]}", *map(str, sequence(argument)[1:])))
        if name == "Ref":
            return _PSEUDO.get(str(argument)) or f"{layer}/{argument}"
        raise AssertionError(f"{name} is not worked out here")

    def _resources(self, kind: str) -> list[tuple[str, dict[str, Json]]]:
        return [
            (layer, mapping(mapping(resource).get("Properties")))
            for layer, template in self._templates.items()
            for resource in mapping(template.get("Resources")).values()
            if mapping(resource).get("Type") == kind
        ]

    def _statement(self, statement: Mapping[str, Json], layer: str) -> Statement:
        conditions: dict[str, Json] = {
            key: self.resolved(value, layer)
            for tests in mapping(statement.get("Condition")).values()
            for key, value in mapping(tests).items()
        }
        return Statement(
            tuple(map(str, sequence(statement.get("Action")))),
            tuple(self.resolved(resource, layer) for resource in sequence(statement.get("Resource"))),
            conditions,
        )


def _template(path: Path) -> dict[str, Json]:
    return mapping(reader.read(path.read_text("utf-8"), path.name))


def _pair(argument: Json) -> tuple[str, Mapping[str, Json]]:
    text, values = sequence(argument)
    return str(text), mapping(values)
