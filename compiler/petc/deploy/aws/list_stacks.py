"""The stacks of an account and region in one paged call: the stage's layers, and others that could be in their way."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.layer_names import is_tagged
from petc.deploy.observed import OtherStack
from petc.deploy.targets import Target

_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MADE = re.compile(rf"StackSet-(?P<set>.+)-{_UUID}")
_MAKING = (
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
)
"""Statuses of a stack between its first call and its end, or its failure; API reference, Stack."""

SOUND = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
"""Statuses in which a stack is what its template says, and takes an update; User Guide, "Stack status codes"."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack as DescribeStacks tells; parameters hold defaults too, for AWS does not tell them apart."""

    stack_id: str
    name: str
    status: str
    reason: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    tags: Mapping[str, str]
    exports: frozenset[str] = frozenset()
    is_protected: bool = False
    """Whether its deletion is refused (`EnableTerminationProtection`)."""


def all_of(connection: Connection, target: Target, *, glancing: bool = False) -> dict[str, Stack]:
    """Return the stacks of a target by id; deleted ones are not among them.

    `glancing` gives up soon, for a region that may be disabled or out of reach.
    """
    ask = connection.glance if glancing else connection.client
    client = ask("cloudformation", target.region, target.account)
    with calling("cloudformation:DescribeStacks", str(target)):
        pages = client.get_paginator("describe_stacks").paginate()
        return {item["StackId"]: _stack(item) for page in pages for item in page["Stacks"]}


def one(connection: Connection, target: Target, name: str) -> Stack | None:
    """Return a stack by name or id, or nothing when there is none by that name."""
    client = connection.client("cloudformation", target.region, target.account)
    answer, _ = answered(
        "cloudformation:DescribeStacks",
        name,
        lambda: client.describe_stacks(StackName=name),
        "ValidationError",
    )
    return _stack(answer["Stacks"][0]) if answer and answer["Stacks"] else None


def being_made(connection: Connection, target: Target, stack_set: str) -> str:
    """Return the id of the stack that a stack set is making in a target; empty when there is none.

    StackSets does not always tell it before the stack stands. Its name is `StackSet-`, that of the set, and
    a UUID (seen in AWS's answers, not documented).
    """
    client = connection.client("cloudformation", target.region, target.account)
    name = _names(stack_set)
    with calling("cloudformation:ListStacks", str(target)):
        for page in client.get_paginator("list_stacks").paginate(StackStatusFilter=list(_MAKING)):
            for item in page["StackSummaries"]:
                if name.fullmatch(item["StackName"]):
                    return str(item["StackId"])
    return ""


def made_by(stacks: Iterable[Stack], stack_set: str) -> tuple[Stack, ...]:
    """Return those stacks whose name says that a stack set made them."""
    name = _names(stack_set)
    return tuple(stack for stack in stacks if name.fullmatch(stack.name))


def stack_set_of(stack: str) -> str:
    """Return the name of the stack set that made a stack of this name; empty when none did."""
    found = _MADE.fullmatch(stack)
    return found["set"] if found else ""


def template_of(connection: Connection, target: Target, stack: str) -> str:
    """Return the template of a stack as it was submitted."""
    client = connection.client("cloudformation", target.region, target.account)
    with calling("cloudformation:GetTemplate", stack):
        body = client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    # botocore reads a JSON template into an object; YAML stays text.
    return body if isinstance(body, str) else json.dumps(body)


def _names(stack_set: str) -> re.Pattern[str]:
    return re.compile(rf"StackSet-{re.escape(stack_set)}-{_UUID}")


def _stack(item: dict[str, Any]) -> Stack:
    return Stack(
        stack_id=item["StackId"],
        name=item["StackName"],
        status=item["StackStatus"],
        reason=" ".join(item.get("StackStatusReason", "").split()),
        parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in item.get("Parameters", ())},
        outputs={one["OutputKey"]: one["OutputValue"] for one in item.get("Outputs", ())},
        tags={one["Key"]: one["Value"] for one in item.get("Tags", ())},
        exports=frozenset(one["ExportName"] for one in item.get("Outputs", ()) if one.get("ExportName")),
        is_protected=bool(item.get("EnableTerminationProtection")),
    )


_LAYER = "petc:layer"


def others(
    read: Iterable[tuple[Target, Mapping[str, Stack]]], layers: Collection[str], settings: Settings
) -> tuple[OtherStack, ...]:
    """Return those stacks that export something, or are tagged as a layer of the stage.

    `layers` holds the ids of the stacks that are layers of the stage under its present engine.
    """
    return tuple(_others(read, layers, settings))


def _others(
    read: Iterable[tuple[Target, Mapping[str, Stack]]], layers: Collection[str], settings: Settings
) -> Iterator[OtherStack]:
    for target, stacks in read:
        for stack in stacks.values():
            if stack.stack_id in layers:
                continue
            ours = is_tagged(stack.tags, settings.spec, settings.stage)
            layer = stack.tags.get(_LAYER, "") if ours else ""
            if layer or stack.exports:
                yield OtherStack(target, stack.name, layer, stack_set_of(stack.name), stack.exports)
