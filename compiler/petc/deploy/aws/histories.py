"""The histories of a stage: events of its stacks, also of those that are gone, and operations of its sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from petc.deploy.aws import events
from petc.deploy.aws.asking import each
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.requests import caller
from petc.deploy.aws.settings import Settings
from petc.deploy.engine import ResourceEvent
from petc.deploy.targets import Target

_AT_ONCE = 8
_OPERATIONS = 10
"""Operations of a set whose results are asked for, the newest first."""


@dataclass(frozen=True, slots=True)
class StackOf:
    """A stack of a layer, which may be gone."""

    name: str
    target: Target
    stack_id: str


@dataclass(frozen=True, slots=True)
class OperationOf:
    """An operation of a stack set, or its result in a target; `target` is empty for the operation itself."""

    name: str
    id: str
    action: str
    status: str
    time: float
    target: Target | None = None
    reason: str = ""


def stacks(
    connection: Connection, names: Collection[str], targets: Iterable[Target], *, sets: bool
) -> tuple[StackOf, ...]:
    """Return the stacks of these sets or stack names in the targets, with those deleted in the last 90 days.

    ListStacks tells of deleted stacks that long; API reference, ListStacks. A set's stack is called
    `StackSet-<set>-<uuid>`.
    """

    def of(target: Target) -> list[StackOf]:
        client = connection.client("cloudformation", target.region, target.account)
        with calling("cloudformation:ListStacks", str(target)):
            pages = client.get_paginator("list_stacks").paginate()
            return [
                StackOf(name, target, item["StackId"])
                for page in pages
                for item in page["StackSummaries"]
                if (name := _owner(item["StackName"], names, sets=sets))
            ]

    return tuple(stack for found in each(of, sorted(targets)) for stack in found)


def of_stacks(
    connection: Connection, found: Iterable[StackOf], since: float
) -> Iterator[tuple[StackOf, tuple[ResourceEvent, ...]]]:
    """Yield the events of each stack after a moment."""

    def read(stack: StackOf) -> tuple[StackOf, tuple[ResourceEvent, ...]]:
        entries = events.read(connection, stack.target, stack.stack_id, since)
        return stack, tuple(entry.event for entry in entries)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(read, found)


def operations(
    connection: Connection, settings: Settings, name: str, since: float
) -> tuple[OperationOf, ...]:
    """Return the newest operations of a stack set, and the results of those that did not succeed everywhere."""
    client = connection.client("cloudformation")
    answer, _ = answered(
        "cloudformation:ListStackSetOperations",
        name,
        lambda: client.list_stack_set_operations(StackSetName=name, **caller(settings)),
        "StackSetNotFoundException",
    )
    found: list[OperationOf] = []
    for item in islice((answer or {}).get("Summaries", ()), _OPERATIONS):
        ended = item.get("EndTimestamp") or item["CreationTimestamp"]
        if ended.timestamp() < since:
            continue
        one = OperationOf(name, item["OperationId"], item["Action"], item["Status"], ended.timestamp())
        found.append(one)
        tolerated = item.get("StatusDetails", {}).get("FailedStackInstancesCount", 0)
        if one.status in ("FAILED", "STOPPED") or tolerated:
            found += _results(connection, settings, one)
    return tuple(found)


def _results(connection: Connection, settings: Settings, one: OperationOf) -> Iterator[OperationOf]:
    client = connection.client("cloudformation")
    with calling("cloudformation:ListStackSetOperationResults", one.name):
        pages = client.get_paginator("list_stack_set_operation_results").paginate(
            StackSetName=one.name, OperationId=one.id, **caller(settings)
        )
        for page in pages:
            for item in page["Summaries"]:
                if item["Status"] != "SUCCEEDED":
                    reason = " ".join(item.get("StatusReason", "").split())
                    target = Target(item["Account"], item["Region"])
                    yield OperationOf(one.name, one.id, one.action, item["Status"], one.time, target, reason)


def _owner(stack: str, names: Collection[str], *, sets: bool) -> str:
    """Return the name of the set that a stack belongs to, or of the layer's own stack; empty for others."""
    if not sets:
        return stack if stack in names else ""
    return next((name for name in names if stack.startswith(f"StackSet-{name}-")), "")
