"""Whether what containers and functions name at run time is made: parameters and log groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from petc.diagnostics import Code, Diagnostic
from petc.verify import codes, values
from petc.verify.rendered import Json, Resource, View, mapping, sequence
from petc.verify.values import Index

# The ARN of a parameter has no slash between "parameter" and a name that begins with one.
# Source: AWS Systems Manager User Guide, "Restricting access to Parameter Store parameters".
_PARAMETER_ARN = re.compile(r"arn:[^:]+:ssm:[^:]+:[^:]+:parameter/(?P<name>.+)", re.DOTALL)


def check(view: View) -> Iterator[Diagnostic]:
    """Yield `unknown-parameter-name` and `log-group-missing` findings.

    Values that only the deployment knows (a template parameter, an ARN from outside) are not judged.
    """
    known = values.index(view)
    parameters = _named(known, "AWS::SSM::Parameter")
    groups = _named(known, "AWS::Logs::LogGroup")
    for resource in known.resources.values():
        if resource.type == "AWS::ECS::TaskDefinition":
            for container in sequence(resource.properties.get("ContainerDefinitions")):
                yield from _secrets(known, resource, mapping(container), parameters)
                yield from _container_log(known, resource, mapping(container), groups)
        if resource.type == "AWS::Lambda::Function":
            group = mapping(resource.properties.get("LoggingConfig")).get("LogGroup")
            yield from _log_group(known, resource, group, groups)


def _named(known: Index, type_name: str) -> dict[str, int]:
    """Return the spelled names of all resources of a type, each with the first layer that makes it."""
    found: dict[str, int] = {}
    for resource in known.resources.values():
        if resource.type == type_name:
            name = values.spelled(known, resource.position, {"Ref": resource.logical_id})
            found.setdefault(name, resource.position)
    return found


def _secrets(
    known: Index, resource: Resource, container: dict[str, Json], parameters: dict[str, int]
) -> Iterator[Diagnostic]:
    for item in sequence(container.get("Secrets")):
        secret = mapping(item)
        spelled = values.spelled(known, resource.position, secret.get("ValueFrom"))
        name = _parameter_name(spelled)
        if name is None:
            continue
        # The ARN does not tell "a" and "/a" apart, so neither does this.
        position = parameters.get("/" + name, parameters.get(name))
        if position is not None and position <= resource.position:
            continue
        near = get_close_matches("/" + name, parameters, n=1)
        label = secret.get("Name")
        yield _finding(
            codes.UNKNOWN_PARAMETER_NAME,
            resource,
            f"{resource.artifact} reads {label!r} from parameter {'/' + name!r}, which "
            + ("no layer creates" if position is None else "a later layer creates"),
            f"the nearest parameter is {near[0]!r}" if near and position is None else "",
        )


def _parameter_name(spelled: str) -> str | None:
    """Return the parameter's name without its leading slash, or nothing when it is no parameter."""
    match = _PARAMETER_ARN.fullmatch(spelled)
    if match:
        return match["name"]
    # ECS also takes the bare name of a parameter in the task's own region.
    if spelled.startswith("/"):
        return spelled.removeprefix("/")
    return None


def _container_log(
    known: Index, resource: Resource, container: dict[str, Json], groups: dict[str, int]
) -> Iterator[Diagnostic]:
    log = mapping(container.get("LogConfiguration"))
    options = mapping(log.get("Options"))
    if log.get("LogDriver") == "awslogs" and options.get("awslogs-create-group") != "true":
        yield from _log_group(known, resource, options.get("awslogs-group"), groups)


def _log_group(known: Index, resource: Resource, value: Json, groups: dict[str, int]) -> Iterator[Diagnostic]:
    if value is None:
        return
    spelled = values.spelled(known, resource.position, value)
    position = groups.get(spelled)
    found = values.target(known, resource.position, value)
    if position is not None and position <= resource.position:
        return
    if found is None and spelled.startswith("{") and spelled.endswith("}"):
        return  # a template parameter, known at deployment only
    near = get_close_matches(spelled, groups, n=1)
    wrong = f", which is of type {found[0].type}" if found and found[0].type != "AWS::Logs::LogGroup" else ""
    yield _finding(
        codes.LOG_GROUP_MISSING,
        resource,
        f"{resource.artifact} logs to {spelled!r}"
        + (wrong or f", which {'no' if position is None else 'a later'} layer creates"),
        f"the nearest log group is {near[0]!r}" if near and position is None else "",
    )


def _finding(code: Code, resource: Resource, message: str, way_out: str) -> Diagnostic:
    return code.diagnostic(
        message,
        pointer=resource.pointer,
        help=way_out,
        artifact=resource.artifact,
    )
