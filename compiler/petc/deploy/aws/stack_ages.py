"""What observing leaves out, for people: since when stacks stand, and which operation runs on a set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.concurrency import each
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.targets import Target


def since(connection: Connection, targets: Iterable[Target]) -> dict[str, float]:
    """Return by stack id when each stack of the targets changed last, in seconds since the epoch."""

    def of(target: Target) -> list[tuple[str, float]]:
        client = connection.client("cloudformation", target.region, target.account)
        with calling("cloudformation:DescribeStacks", str(target)):
            pages = client.get_paginator("describe_stacks").paginate()
            return [
                (item["StackId"], item.get("LastUpdatedTime", item["CreationTime"]).timestamp())
                for page in pages
                for item in page["Stacks"]
            ]

    return {stack: moment for found in each(of, targets) for stack, moment in found}


def operation(connection: Connection, settings: Settings, name: str, identity: str) -> tuple[str, float]:
    """Return action and beginning of an operation on a stack set; nothing and 0 when it is not known."""
    client = connection.client("cloudformation")
    answer: Any
    answer, _ = answered(
        "cloudformation:DescribeStackSetOperation",
        name,
        lambda: client.describe_stack_set_operation(
            StackSetName=name, OperationId=identity, **caller(settings)
        ),
        "OperationNotFoundException",
        "StackSetNotFoundException",
    )
    if not answer:
        return "", 0.0
    found = answer["StackSetOperation"]
    created = found.get("CreationTimestamp")
    return str(found.get("Action", "")), created.timestamp() if created else 0.0
