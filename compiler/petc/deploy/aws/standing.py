"""The stacks of an account and region, all in one paged call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.targets import Target


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


def all_of(connection: Connection, target: Target) -> dict[str, Stack]:
    """Return the stacks of a target by id; deleted ones are not among them."""
    client = connection.client("cloudformation", target.region, target.account)
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


def template_of(connection: Connection, target: Target, stack: str) -> str:
    """Return the template of a stack as it was submitted."""
    client = connection.client("cloudformation", target.region, target.account)
    with calling("cloudformation:GetTemplate", stack):
        body = client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    # botocore reads a JSON template into an object; YAML stays text.
    return body if isinstance(body, str) else json.dumps(body)


def _stack(item: dict[str, Any]) -> Stack:
    return Stack(
        stack_id=item["StackId"],
        name=item["StackName"],
        status=item["StackStatus"],
        reason=" ".join(item.get("StackStatusReason", "").split()),
        parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in item.get("Parameters", ())},
        outputs={one["OutputKey"]: one["OutputValue"] for one in item.get("Outputs", ())},
        tags={one["Key"]: one["Value"] for one in item.get("Tags", ())},
    )
