"""What a template value will be once deployed, as text in which unknown parts keep a symbolic name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from petc.verify.rendered import Json, Resource, View, function, mapping, resources, sequence

_REFERENCE = re.compile(r"\$\{(!?)([^}]*)\}")

# What a Ref returns when the resource carries the name itself. Others (and generated names) stay symbolic.
# Source: AWS CloudFormation Template Reference, "Return values" of each type.
_REF_IS_NAME: Mapping[str, str] = {
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::Events::Rule": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
}


@dataclass(frozen=True, slots=True)
class Export:
    """An output that other stacks may import; `position` counts the layers from 0."""

    name: str
    position: int
    layer: str
    file: str
    output: str
    value: Json


@dataclass(frozen=True, slots=True)
class Index:
    """What the values of a view may refer to.

    `resources` is keyed by position and logical id, `exports` by name (the first, when two layers export
    one name; the link check reports that).
    """

    resources: Mapping[tuple[int, str], Resource]
    exports: Mapping[str, Export]
    parameters: Mapping[tuple[int, str], Json]


def index(view: View) -> Index:
    """Return the index of a view."""
    exports: dict[str, Export] = {}
    for item in all_exports(view):
        exports.setdefault(item.name, item)
    return Index(
        resources={(item.position, item.logical_id): item for item in resources(view)},
        exports=exports,
        parameters={
            (position, name): body
            for position, rendered in enumerate(view)
            for name, body in rendered.section("Parameters").items()
        },
    )


def all_exports(view: View) -> tuple[Export, ...]:
    """Return every export with a literal name in deployment order, repeated names included."""
    return tuple(
        Export(name, position, rendered.layer, rendered.file, output, mapping(body).get("Value"))
        for position, rendered in enumerate(view)
        for output, body in rendered.section("Outputs").items()
        if isinstance(name := mapping(mapping(body).get("Export")).get("Name"), str)
    )


def follow(known: Index, position: int, value: Json) -> tuple[int, Json]:
    """Return the value behind an import, and the position of the layer in which it is written.

    An import of an unknown name, and one that leads back to itself, is returned as it stands.
    """
    seen: set[str] = set()
    while (call := function(value)) is not None and call[0] == "Fn::ImportValue":
        name = call[1]
        if not isinstance(name, str) or name in seen or name not in known.exports:
            break
        seen.add(name)
        position, value = known.exports[name].position, known.exports[name].value
    return position, value


def target(known: Index, position: int, value: Json) -> tuple[Resource, str] | None:
    """Return the resource that a Ref, GetAtt or import of one names, and the attribute (empty for Ref)."""
    position, value = follow(known, position, value)
    call = function(value)
    if call is None:
        return None
    name, argument = call
    if name == "Ref" and isinstance(argument, str):
        found = known.resources.get((position, argument))
        return (found, "") if found else None
    if name == "Fn::GetAtt":
        logical_id, attribute = attribute_of(argument)
        found = known.resources.get((position, logical_id))
        return (found, attribute) if found else None
    return None


def attribute_of(argument: Json) -> tuple[str, str]:
    """Return logical id and attribute of a GetAtt argument, a list or the dotted form."""
    if isinstance(argument, str):
        logical_id, _, attribute = argument.partition(".")
        return logical_id, attribute
    parts = [part for part in sequence(argument) if isinstance(part, str)]
    return (parts[0], ".".join(parts[1:])) if parts else ("", "")


def spelled(known: Index, position: int, value: Json) -> str:
    """Return what the value will read at deployment.

    Pseudo parameters become `{Region}`, `{AccountId}`..., whatever only the deployment knows becomes
    `{position/LogicalId.Attribute}`. Equal text means equal value; unequal text with braces proves nothing.
    """
    return _spelled(known, position, value, 0)


def _spelled(known: Index, position: int, value: Json, depth: int) -> str:
    position, value = follow(known, position, value)
    if isinstance(value, str):
        return value
    call = function(value)
    if call is None or depth > 8:  # deeper than any name is nested; stops a name that refers to itself
        return f"{{{position}/{value!r}}}"
    name, argument = call
    if name == "Ref" and isinstance(argument, str):
        return _referred(known, position, argument, depth)
    if name == "Fn::GetAtt":
        return _attribute(known, position, *attribute_of(argument), depth)
    if name == "Fn::Sub":
        return _substituted(known, position, argument, depth)
    if name == "Fn::Join":
        return _joined(known, position, argument, depth)
    return f"{{{position}/{value!r}}}"


def _referred(known: Index, position: int, name: str, depth: int) -> str:
    if name.startswith("AWS::"):
        return f"{{{name.removeprefix('AWS::')}}}"
    resource = known.resources.get((position, name))
    if resource is not None:
        key = _REF_IS_NAME.get(resource.type)
        if key is not None and key in resource.properties:
            return _spelled(known, position, resource.properties[key], depth + 1)
    return f"{{{position}/{name}}}"


def _attribute(known: Index, position: int, logical_id: str, attribute: str, depth: int) -> str:
    resource = known.resources.get((position, logical_id))
    # A named property that GetAtt also returns (a function's name, a queue's name) reads the same both ways.
    if resource is not None and attribute in resource.properties:
        return _spelled(known, position, resource.properties[attribute], depth + 1)
    return f"{{{position}/{logical_id}.{attribute}}}"


def _substituted(known: Index, position: int, argument: Json, depth: int) -> str:
    parts = sequence(argument)
    text = argument if isinstance(argument, str) else parts[0] if parts else ""
    variables = mapping(parts[1]) if len(parts) > 1 else {}
    if not isinstance(text, str):
        return f"{{{position}/{argument!r}}}"

    def replacement(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return f"${{{name}}}"
        if name in variables:
            return _spelled(known, position, variables[name], depth + 1)
        if "." in name:
            return _attribute(known, position, *attribute_of(name), depth)
        return _referred(known, position, name, depth)

    return _REFERENCE.sub(replacement, text)


def _joined(known: Index, position: int, argument: Json, depth: int) -> str:
    parts = sequence(argument)
    if len(parts) == 2 and isinstance(parts[0], str) and isinstance(parts[1], list):
        return parts[0].join(_spelled(known, position, part, depth + 1) for part in parts[1])
    return f"{{{position}/{argument!r}}}"


def references(value: Json) -> tuple[str, ...]:
    """Return what the text of a Sub refers to, such as `AWS::Region`, `Vpc` and `Vpc.CidrBlock`."""
    if not isinstance(value, str):
        return ()
    return tuple(match[2] for match in _REFERENCE.finditer(value) if not match[1])
