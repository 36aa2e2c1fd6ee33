"""Whether each resource fits what its own service takes: sizes that the resource schemas do not state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Diagnostic
from petc.verify import codes, values
from petc.verify.rendered import Json, Resource, View, mapping, sequence
from petc.verify.values import Index

API_POLICY = 8192
"""Bytes of a REST API's resource policy; API Gateway Developer Guide, "Quotas for REST APIs"."""
LAMBDA_VARIABLES = 4096
"""Bytes of all environment variables of a function; AWS Lambda Developer Guide, "Lambda quotas"."""
PATH_VALUE = 128
"""Characters of a path expression; Elastic Load Balancing, "Condition types for listener rules"."""
LISTENER_RULES = 100
"""Rules of a load balancer, unless raised; Elastic Load Balancing, "Quotas for your Application Load Balancers"."""
ROLE_POLICIES = 10240
"""Characters of a role's inline policies together, without blanks; IAM User Guide, "IAM and AWS STS quotas"."""
TASK_DEFINITION = 65536
"""Bytes of a task definition; Amazon ECS Developer Guide, "Amazon ECS service quotas"."""
GROUP_RULES = 60
"""Rules of a security group in one direction, unless raised; Amazon VPC User Guide, "Amazon VPC quotas"."""
PARAMETER = 8192
"""Bytes of a parameter's value; AWS Systems Manager User Guide, "Managing parameter tiers"."""


@dataclass(frozen=True, slots=True)
class _Size:
    """What is counted at a resource, how much there is, and how much its service takes."""

    resource: Resource
    what: str
    count: int
    limit: int
    help: str
    adjustable: bool = False


def check(view: View) -> Iterator[Diagnostic]:
    """Yield a `limit-exceeded` for what no account takes, a `limit-default` for what a quota may be raised for."""
    known = values.index(view)
    for size in (*_each(known), *_together(known)):
        if size.count > size.limit:
            yield _judged(size)


def _judged(size: _Size) -> Diagnostic:
    resource = size.resource
    told = f"{resource.artifact} has {size.count:,} {size.what}, and AWS takes {size.limit:,}"
    at, way_out = resource.pointer, size.help
    if size.adjustable:
        told += " unless the quota is raised"
        return codes.LIMIT_DEFAULT.diagnostic(told, pointer=at, help=way_out, artifact=resource.artifact)
    return codes.LIMIT_EXCEEDED.diagnostic(told, pointer=at, help=way_out, artifact=resource.artifact)


def _each(known: Index) -> Iterator[_Size]:
    for resource in known.resources.values():
        properties = resource.properties
        match resource.type:
            case "AWS::ApiGateway::RestApi":
                size = _length(known, resource, properties.get("Policy"))
                way_out = "let fewer routes have `admit`, or ranges in fewer and wider blocks"
                yield _Size(resource, "bytes of resource policy", size, API_POLICY, way_out)
            case "AWS::Lambda::Function":
                variables = mapping(mapping(properties.get("Environment")).get("Variables"))
                size = sum(
                    len((name + values.spelled(known, resource.position, value)).encode())
                    for name, value in variables.items()
                )
                way_out = "put long texts into a file of the package, or a bucket"
                yield _Size(resource, "bytes of environment variables", size, LAMBDA_VARIABLES, way_out)
            case "AWS::ECS::TaskDefinition":
                size = _length(known, resource, dict(properties))
                way_out = "put long texts into the image, or a bucket"
                yield _Size(resource, "bytes of task definition", size, TASK_DEFINITION, way_out)
            case "AWS::SSM::Parameter":
                size = len(values.spelled(known, resource.position, properties.get("Value")).encode())
                yield _Size(resource, "bytes in its value", size, PARAMETER, "shorten the setting")
            case "AWS::ElasticLoadBalancingV2::ListenerRule":
                size = max(map(len, _paths(resource)), default=0)
                way_out = "shorten route, private path or the gateway's stage name"
                yield _Size(resource, "characters in a path expression", size, PATH_VALUE, way_out)


def _paths(resource: Resource) -> Iterator[str]:
    for condition in sequence(resource.properties.get("Conditions")):
        config = mapping(mapping(condition).get("PathPatternConfig"))
        yield from (value for value in sequence(config.get("RegexValues")) if isinstance(value, str))


def _together(known: Index) -> Iterator[_Size]:
    """Yield what several resources have in common: the rules of a listener or a group, a role's policies."""
    sums: dict[tuple[str, str], _Size] = {}
    for resource in known.resources.values():
        counted = _counted(known, resource)
        if counted is None:
            continue
        owner, size = counted
        before = sums.get((size.what, owner))
        count = size.count + (before.count if before else 0)
        at = before.resource if before else resource
        sums[size.what, owner] = _Size(at, size.what, count, size.limit, size.help, size.adjustable)
    yield from sums.values()


def _counted(known: Index, resource: Resource) -> tuple[str, _Size] | None:
    """Return what a resource adds to, as spelled, and how much."""
    properties = resource.properties
    match resource.type:
        case "AWS::ElasticLoadBalancingV2::ListenerRule":
            way_out = "have fewer aliases and private paths, or have the quota raised in every target account"
            size = _Size(resource, "rules of one listener", 1, LISTENER_RULES, way_out, True)
            return values.spelled(known, resource.position, properties.get("ListenerArn")), size
        case "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress":
            direction = resource.type.removeprefix("AWS::EC2::SecurityGroup").lower()
            way_out = "connect fewer parts, or have the quota raised in every target account"
            size = _Size(resource, f"{direction} rules of one group", 1, GROUP_RULES, way_out, True)
            return values.spelled(known, resource.position, properties.get("GroupId")), size
        case "AWS::IAM::RolePolicy":
            length = _length(known, resource, properties.get("PolicyDocument"))
            way_out = "let one part use less, or split it in two"
            size = _Size(resource, "characters of policies of one role", length, ROLE_POLICIES, way_out)
            return values.spelled(known, resource.position, properties.get("RoleName")), size
    return None


def _length(known: Index, resource: Resource, value: Json) -> int:
    """Return the bytes of a value in JSON without blanks, with what will stand there for each function."""
    return len(json.dumps(_plain(known, resource, value), separators=(",", ":"), ensure_ascii=False).encode())


def _plain(known: Index, resource: Resource, value: Json) -> Json:
    if isinstance(value, list):
        return [_plain(known, resource, item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
            return values.spelled(known, resource.position, value)
        return {key: _plain(known, resource, item) for key, item in value.items()}
    return value
