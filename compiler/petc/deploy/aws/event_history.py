"""The event history of stacks and of stack set operations, and which resource failed first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from petc.deploy.aws import stopped_tasks
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.concurrency import each
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.engine import Cause, ResourceEvent
from petc.deploy.targets import Target

_PAGES = 10
_CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
"""What CloudFormation writes at resources that stop because of another one; User Guide, "Troubleshooting
CloudFormation" (wording seen, assumed stable)."""

_BEGINNINGS = frozenset(
    {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "REVIEW_IN_PROGRESS"}
)
_DELETION = "DELETE_IN_PROGRESS"
_FAILED = "_FAILED"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An event with what only the adapters need: the thing's physical id, the stack's id, the call's token."""

    event: ResourceEvent
    physical_id: str
    stack_id: str
    token: str

    @property
    def is_of_stack(self) -> bool:
        """Whether it is about the stack itself."""
        return self.physical_id == self.stack_id


def read(
    connection: Connection, target: Target, stack: str, since: float = 0.0, token: str = ""
) -> tuple[HistoryEntry, ...]:
    """Return the events of a stack after `since` (seconds since the epoch), newest first.

    A stack that is gone is found by its id for 90 days (API reference, DescribeStackEvents); one that is
    not known has no events. With a `token` reading stops where the call with that token begins.
    """
    client = connection.client("cloudformation", target.region, target.account)
    found: list[HistoryEntry] = []
    following: dict[str, str] = {}
    for _ in range(_PAGES):
        answer, absent = answered(
            "cloudformation:DescribeStackEvents",
            stack,
            lambda: client.describe_stack_events(StackName=stack, **following),  # noqa: B023  # called at once
            "ValidationError",
        )
        if absent:
            break
        page = [_entry(item, target) for item in answer["StackEvents"]]
        found += (item for item in page if item.event.time > since)
        following = {"NextToken": answer["NextToken"]} if answer.get("NextToken") else {}
        passed = page and (page[-1].event.time <= since or (token and _is_before(page, token)))
        if passed or not following:
            break
    return tuple(found)


def first_failure(entries: Iterable[HistoryEntry], *, deleting: bool) -> HistoryEntry | None:
    """Return the earliest failure of the newest operation, which is not only the echo of another.

    `entries` come newest first. Only a resource counts, unless the stack alone says what is wrong.
    """
    newest = tuple(_of_newest_operation(entries, deleting=deleting))
    failures = [item for item in reversed(newest) if item.event.status.endswith(_FAILED)]
    of_resources = [
        item for item in failures if not item.is_of_stack and not item.event.reason.startswith(_CANCELLED)
    ]
    if of_resources:
        return of_resources[0]
    of_stack = [item for item in reversed(newest) if item.is_of_stack and _is_bad(item.event)]
    return of_stack[0] if of_stack else None


def cause(
    connection: Connection,
    target: Target,
    entries: Iterable[HistoryEntry],
    *,
    deleting: bool,
    otherwise: Cause,
) -> Cause:
    """Return the first cause that a stack's history tells, or `otherwise` when it tells none.

    A service of ECS fails by not getting steady; its tasks know why.
    """
    entry = first_failure(entries, deleting=deleting)
    if entry is None:
        return otherwise
    event = entry.event
    known = event.type == stopped_tasks.TYPE and "service/" in entry.physical_id
    detail = stopped_tasks.stopping(connection, target, entry.physical_id) if known else ""
    logical_id = "" if entry.is_of_stack else event.logical_id
    return Cause(target, logical_id, event.type, event.reason or otherwise.reason, detail)


def _of_newest_operation(entries: Iterable[HistoryEntry], *, deleting: bool) -> Iterator[HistoryEntry]:
    for item in entries:
        yield item
        if item.is_of_stack and (
            item.event.status == _DELETION if deleting else item.event.status in _BEGINNINGS
        ):
            return


def _is_bad(event: ResourceEvent) -> bool:
    return bool(event.reason) and ("FAILED" in event.status or "ROLLBACK" in event.status)


def _is_before(page: list[HistoryEntry], token: str) -> bool:
    """Whether a page goes back beyond the call with the token, which it or an earlier page holds."""
    return page[-1].token != token


def _entry(item: dict[str, Any], target: Target) -> HistoryEntry:
    return HistoryEntry(
        ResourceEvent(
            time=item["Timestamp"].timestamp(),
            target=target,
            stack=item["StackName"],
            logical_id=item.get("LogicalResourceId", ""),
            type=item.get("ResourceType", ""),
            status=item.get("ResourceStatus", ""),
            reason=" ".join(item.get("ResourceStatusReason", "").split()),
        ),
        physical_id=item.get("PhysicalResourceId", ""),
        stack_id=item["StackId"],
        token=item.get("ClientRequestToken", ""),
    )


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

    def with_events(stack: StackOf) -> tuple[StackOf, tuple[ResourceEvent, ...]]:
        entries = read(connection, stack.target, stack.stack_id, since)
        return stack, tuple(entry.event for entry in entries)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(with_events, found)


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
