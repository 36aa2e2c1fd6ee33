"""The engine of stack sets: one operation of a plan is one operation of a stack set."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from petc.deploy.aws import event_history, list_stacks, observe_stack_sets, stack_set_calls
from petc.deploy.aws.call_settings import ADMINISTRATION_ROLE, Settings
from petc.deploy.aws.connection import Connection, answered
from petc.deploy.aws.ecs_health import EcsWatch
from petc.deploy.aws.idempotency import derived
from petc.deploy.aws.template_transport import Templates
from petc.deploy.engine import Busy, Cause, Progress, ResourceEvent, State, TargetResult
from petc.deploy.execute import codes
from petc.deploy.observed import Observed
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target

_STATES = {
    "RUNNING": State.RUNNING,
    "STOPPING": State.RUNNING,
    "QUEUED": State.QUEUED,
    "SUCCEEDED": State.SUCCEEDED,
    "FAILED": State.FAILED,
    "STOPPED": State.STOPPED,
}

_WATCHED = 8
"""Stacks whose history is read at a time: enough for a person, and few calls with hundreds of targets."""

_REASON = re.compile(
    r"ResourceLogicalId:(?P<logical_id>[^,]*), *ResourceType:(?P<type>[^,]*), *ResourceStatusReason:(?P<reason>.*)"
)
"""How StackSets words the first failing resource in a status reason (seen in AWS's answers, not documented)."""


@dataclass(slots=True)
class StackSets:
    """The engine; keeps what it has seen: stacks by target, beginnings of operations.

    Safe to use from several threads.
    """

    connection: Connection
    settings: Settings
    templates: Templates
    watch: EcsWatch = field(default_factory=EcsWatch)
    _stacks: dict[tuple[str, Target], str] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, names: Collection[str], prefix: str, targets: tuple[Target, ...]) -> Observed:
        """Return what stands under these names and under names that begin with `prefix`."""
        return observe_stack_sets.observe(self.connection, self.settings, names, prefix, targets)

    def begin(self, operation: Operation, token: str, templates: Mapping[str, str]) -> Busy | None:
        """Ask for the operation; one that was asked for before under the token is not asked for again."""
        method, action = stack_set_calls.METHODS[operation.kind]
        name = derived(token, operation.id)
        asked = stack_set_calls.parameters(
            operation,
            self.settings,
            name,
            f"arn:{self.connection.partition}:iam::{self.connection.account}:role/{ADMINISTRATION_ROLE}",
            self._location(operation, templates),
            self._units(operation),
        )
        client = self.connection.client("cloudformation")
        _, code = answered(
            action,
            operation.name,
            lambda: getattr(client, method)(**asked),
            "OperationInProgressException",
            "OperationIdAlreadyExistsException",
            "NameAlreadyExistsException",
            "StaleRequestException",
            *(("StackSetNotFoundException",) if operation.kind is OperationKind.DELETE_SET else ()),
        )
        if code in ("OperationInProgressException", "StaleRequestException"):
            holder = observe_stack_sets.running_operation(self.connection, self.settings, operation.name)
            # The first answer may have been lost: then it is this very operation that runs.
            return None if holder == name else Busy(holder)
        if code == "NameAlreadyExistsException":
            self._recognise(operation, templates)
        return None

    def progress(self, operation: Operation, token: str) -> Progress:
        """Return where the operation stands; results are asked for once it has ended badly.

        An operation whose failures are within the tolerance succeeds for AWS. Here it has failed: a layer
        has to stand in every target before another builds on it.
        """
        if operation.kind in stack_set_calls.IMMEDIATE:
            stands = self._described(operation.name) is not None
            done = stands if operation.kind is OperationKind.CREATE_SET else not stands
            return Progress(State.SUCCEEDED if done else State.ABSENT)
        found = self._operation(operation, token)
        if found is None:
            return Progress(State.ABSENT)
        self._began[derived(token, operation.id)] = found["CreationTimestamp"].timestamp()
        state = _STATES[found["Status"]]
        if state is State.SUCCEEDED and found.get("StatusDetails", {}).get("FailedStackInstancesCount", 0):
            state = State.FAILED
        bad = state in (State.FAILED, State.STOPPED)
        return Progress(state, self._results(operation, token) if bad else ())

    def activity(self, operation: Operation, token: str, since: float) -> tuple[ResourceEvent, ...]:
        """Return what the stacks of the operation did after `since`; of many stacks, of a few that move."""
        if operation.kind in stack_set_calls.IMMEDIATE:
            return ()
        after = max(since, self._since(operation, token))
        summaries = observe_stack_sets.instances(self.connection, self.settings, operation.name)
        moving = [
            target
            for target, item in summaries.items()
            if (not operation.targets or target in operation.targets)
            and item.get("StackInstanceStatus", {}).get("DetailedStatus") in ("RUNNING", "FAILED")
        ]
        found: list[ResourceEvent] = []
        for target in moving[:_WATCHED]:
            stack = self._stack(operation.name, target, summaries[target].get("StackId", ""))
            if stack:
                read = event_history.read(self.connection, target, stack, after)
                found += self.watch.of(self.connection, target, stack, read)
        return tuple(sorted(found, key=lambda event: event.time))

    def cause(self, operation: Operation, token: str) -> Cause:
        """Return the first cause: of the first target that failed, the resource that failed first."""
        failed = [item for item in self._results(operation, token) if item.status == "FAILED"]
        if not failed:
            return Cause(None, "", "", self._operation_reason(operation, token))
        first = failed[0]
        stack = first.stack_id or self._stacks.get((operation.name, first.target), "")
        return event_history.cause(
            self.connection,
            first.target,
            event_history.read(self.connection, first.target, stack, self._since(operation, token))
            if stack
            else (),
            deleting=operation.kind is OperationKind.DELETE_INSTANCES,
            otherwise=_of_reason(first),
        )

    def _stack(self, name: str, target: Target, told: str) -> str:
        """Return the stack of an instance: as StackSets tells it, as seen before, or as it is being made."""
        with self._lock:
            known = told or self._stacks.get((name, target), "")
        known = known or list_stacks.being_made(self.connection, target, name)
        if known:
            with self._lock:
                self._stacks[name, target] = known
        return known

    def _since(self, operation: Operation, token: str) -> float:
        """Return when the operation began by AWS's clock; what happened before belongs to another."""
        return self._began.get(derived(token, operation.id), 0.0)

    @property
    def _caller(self) -> dict[str, str]:
        return stack_set_calls.caller(self.settings)

    def _units(self, operation: Operation) -> frozenset[str]:
        """Return the units for which the instances of an operation were made: those that AWS finds them by.

        An account that left its unit, or a unit that left the spec, is found by no other (StackInstance,
        OrganizationalUnitId). Nothing for instances that are about to be made.
        """
        existing = operation.kind in (
            OperationKind.UPDATE_SET,
            OperationKind.UPDATE_INSTANCES,
            OperationKind.DELETE_INSTANCES,
        )
        if not (self.settings.is_service_managed and existing and operation.targets):
            return frozenset()
        found = observe_stack_sets.instances(self.connection, self.settings, operation.name)
        return frozenset(
            unit
            for target in operation.targets
            if (unit := found.get(target, {}).get("OrganizationalUnitId", ""))
        )

    def _location(self, operation: Operation, templates: Mapping[str, str]) -> dict[str, str]:
        if not operation.template:
            return {}
        text = templates[operation.template]
        return self.templates.location(operation.name, operation.template, text, self.settings.home)

    def _described(self, name: str) -> Mapping[str, Any] | None:
        client = self.connection.client("cloudformation")
        answer, _ = answered(
            "cloudformation:DescribeStackSet",
            name,
            lambda: client.describe_stack_set(StackSetName=name, **self._caller),
            "StackSetNotFoundException",
        )
        return answer["StackSet"] if answer else None

    def _recognise(self, operation: Operation, templates: Mapping[str, str]) -> None:
        """Accept a set of the name when it is what the operation would have made; else raise `Rejected`."""
        found = self._described(operation.name) or {}
        tags = {item["Key"]: item["Value"] for item in found.get("Tags", ())}
        if dict(operation.tags) == tags and found.get("TemplateBody") == templates.get(operation.template):
            return
        message = f"a stack set {operation.name} exists already, and petc did not make it for this stage"
        help_ = "rename the spec or the stage, or delete that stack set"
        raise codes.STACK_SET_FOREIGN.because(message, help_)

    def _results(self, operation: Operation, token: str) -> tuple[TargetResult, ...]:
        client = self.connection.client("cloudformation")
        answer, absent = answered(
            "cloudformation:ListStackSetOperationResults",
            operation.name,
            lambda: (
                client.get_paginator("list_stack_set_operation_results")
                .paginate(
                    StackSetName=operation.name, OperationId=derived(token, operation.id), **self._caller
                )
                .build_full_result()
            ),
            "OperationNotFoundException",
            "StackSetNotFoundException",
        )
        if absent:
            return ()
        stacks = observe_stack_sets.instances(self.connection, self.settings, operation.name)
        found = []
        for item in answer["Summaries"]:
            target = Target(item["Account"], item["Region"])
            stack = stacks.get(target, {}).get("StackId", "") or self._stacks.get(
                (operation.name, target), ""
            )
            reason = " ".join(item.get("StatusReason", "").split())
            found.append(TargetResult(target, item["Status"], reason, stack))
        return tuple(found)

    def _operation(self, operation: Operation, token: str) -> Mapping[str, Any] | None:
        client = self.connection.client("cloudformation")
        answer, _ = answered(
            "cloudformation:DescribeStackSetOperation",
            operation.name,
            lambda: client.describe_stack_set_operation(
                StackSetName=operation.name, OperationId=derived(token, operation.id), **self._caller
            ),
            "OperationNotFoundException",
            "StackSetNotFoundException",
        )
        return answer["StackSetOperation"] if answer else None

    def _operation_reason(self, operation: Operation, token: str) -> str:
        found = self._operation(operation, token) or {}
        return str(found.get("StatusReason") or f"the operation ended as {found.get('Status', 'unknown')}")


def _of_reason(result: TargetResult) -> Cause:
    match = _REASON.search(result.reason)
    if match:
        return Cause(result.target, match["logical_id"], match["type"], match["reason"].rstrip(". "))
    return Cause(result.target, "", "", result.reason or "AWS gives no reason")
