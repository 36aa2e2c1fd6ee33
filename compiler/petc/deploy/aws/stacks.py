"""The engine of plain stacks: an operation creates, updates or deletes the stack of its targets.

AWS keeps no record of an operation on a stack, but each event of it carries the token of the call (API
reference, StackEvent, ClientRequestToken): so an operation was begun when a history holds its token.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.exceptions

from petc.deploy.aws import errors, event_history, list_stacks, observe_stacks, stage_ownership
from petc.deploy.aws.call_settings import Settings, execution_role
from petc.deploy.aws.connection import Connection, calling
from petc.deploy.aws.ecs_health import EcsWatch
from petc.deploy.aws.idempotency import derived
from petc.deploy.aws.list_stacks import Stack
from petc.deploy.aws.template_transport import Templates
from petc.deploy.engine import Busy, Cause, Progress, ResourceEvent, State, TargetResult
from petc.deploy.execute import codes
from petc.deploy.observed import Observed
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

_GOOD = {
    OperationKind.CREATE_STACK: frozenset({"CREATE_COMPLETE"}),
    OperationKind.UPDATE_STACK: frozenset({"UPDATE_COMPLETE"}),
    OperationKind.DELETE_STACK: frozenset({"DELETE_COMPLETE"}),
}
_NOTHING = "No updates are to be performed"
"""How CloudFormation refuses an update that changes nothing (seen in AWS's answers, not documented)."""

_EXPLAINED = frozenset({"AlreadyExistsException", "TokenAlreadyExistsException", "ValidationError"})
_WORST_FIRST = (State.RUNNING, State.ABSENT, State.FAILED, State.SUCCEEDED)


@dataclass(slots=True)
class Stacks:
    """The engine; keeps the id of each stack that it has seen, and which calls had nothing to do.

    Safe to use from several threads.
    """

    connection: Connection
    settings: Settings
    templates: Templates
    watch: EcsWatch = field(default_factory=EcsWatch)
    _ids: dict[tuple[str, Target], str] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)
    _left: tuple[Target, ...] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, names: Collection[str], prefix: str, targets: tuple[Target, ...]) -> Observed:
        """Return what stands under these names and under names that begin with `prefix`.

        Regions that the stage has left are looked for once: stacks there are deleted like those of any target
        that is left.
        """
        if self._left is None:
            self._left = stage_ownership.left_behind(self.connection, self.settings, prefix, targets)
        places = tuple(sorted({*targets, *self._left}))
        return observe_stacks.observe(self.connection, self.settings, names, prefix, places)

    def begin(self, operation: Operation, token: str, templates: Mapping[str, str]) -> Busy | None:
        """Ask for the operation in each target; a call that was made before is not made again."""
        for target in operation.targets:
            own = derived(token, operation.id, str(target))
            if own in self._begun or own in self._settled:
                continue
            busy = self._begin(operation, target, own, templates)
            if busy:
                return busy
        return None

    def progress(self, operation: Operation, token: str) -> Progress:
        """Return where the operation stands, that of the target that is least far."""
        results, states = [], set()
        for target in operation.targets:
            state, result = self._progress(operation, target, derived(token, operation.id, str(target)))
            states.add(state)
            results.append(result)
        worst = next((state for state in _WORST_FIRST if state in states), State.SUCCEEDED)
        return Progress(worst, tuple(results) if worst is State.FAILED else ())

    def activity(self, operation: Operation, token: str, since: float) -> tuple[ResourceEvent, ...]:
        """Return what the stacks did after `since` under this operation, oldest first."""
        found: list[ResourceEvent] = []
        for target in operation.targets:
            stack = self._ids.get((operation.name, target), operation.name)
            own = derived(token, operation.id, str(target))
            read = event_history.read(self.connection, target, stack, since, own)
            of_this = (item for item in read if item.token == own)
            found += self.watch.of(self.connection, target, stack, of_this)
        return tuple(sorted(found, key=lambda event: event.time))

    def cause(self, operation: Operation, token: str) -> Cause:
        """Return the first cause in the first target that failed."""
        for result in self.progress(operation, token).results:
            if result.status in _GOOD[operation.kind] or result.status.endswith("_IN_PROGRESS"):
                continue
            own = derived(token, operation.id, str(result.target))
            read = event_history.read(self.connection, result.target, result.stack_id, token=own)
            return event_history.cause(
                self.connection,
                result.target,
                [item for item in read if item.token == own],
                deleting=operation.kind is OperationKind.DELETE_STACK,
                otherwise=Cause(result.target, "", "", result.reason or f"the stack is {result.status}"),
            )
        return Cause(None, "", "", "AWS gives no reason")

    def _begin(
        self, operation: Operation, target: Target, own: str, templates: Mapping[str, str]
    ) -> Busy | None:
        if operation.kind is OperationKind.DELETE_STACK:
            return self._delete(operation, target, own)
        client = self.connection.client("cloudformation", target.region, target.account, writes=True)
        asked = self._asked(operation, target, own, templates)
        creating = operation.kind is OperationKind.CREATE_STACK
        call = client.create_stack if creating else client.update_stack
        action = f"cloudformation:{'CreateStack' if creating else 'UpdateStack'}"
        # A stack set deletes what it could not create; so does this engine, and the next run creates again.
        more: dict[str, Any] = {"OnFailure": "DELETE"} if creating else {}
        made, refusal = _asked_for(action, operation.name, lambda: call(**asked, **more))
        if refusal is None:
            # A creation that fails at once leaves no stack behind that could be found by its name.
            self._know(operation, target, made["StackId"])
            self._note(self._begun, own)
            return None
        if self._is_begun(operation, target, own):
            return None
        stack = list_stacks.one(self.connection, target, operation.name)
        if stack is not None and _is_moving(stack):
            return Busy(stack.status)
        if _NOTHING in errors.message_of(refusal):
            self._note(self._settled, own)
            return None
        if creating and stack is not None:
            raise _foreign(operation, target, stack)
        raise errors.of_answer(refusal, action, operation.name)

    def _delete(self, operation: Operation, target: Target, own: str) -> Busy | None:
        stack = list_stacks.one(self.connection, target, operation.name)
        if stack is None or operation.retain:
            self._note(self._settled, own)
            return None
        self._know(operation, target, stack.stack_id)
        client = self.connection.client("cloudformation", target.region, target.account, writes=True)
        # The stage may have been protected when the stack was created, and no longer be.
        self._protect(target, stack, wanted=False)
        with calling("cloudformation:DeleteStack", operation.name):
            client.delete_stack(StackName=stack.stack_id, RoleARN=self._role(target), ClientRequestToken=own)
        self._note(self._begun, own)
        return None

    def _asked(
        self, operation: Operation, target: Target, own: str, templates: Mapping[str, str]
    ) -> dict[str, Any]:
        text = templates.get(operation.template, "")
        location: dict[str, Any] = (
            dict(self.templates.location(operation.name, operation.template, text, target.region))
            if operation.template
            else {"UsePreviousTemplate": True}
        )
        values = {**dict(operation.parameters), **dict(operation.overrides)}
        return {
            "StackName": operation.name,
            **location,
            "RoleARN": self._role(target),
            "Parameters": [{"ParameterKey": key, "ParameterValue": values[key]} for key in sorted(values)],
            "Capabilities": list(operation.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in operation.tags],
            "ClientRequestToken": own,
        }

    def _role(self, target: Target) -> str:
        """Return the role that CloudFormation acts with, without which it would act with petc's own rights.

        API reference, CreateStack, RoleARN: without one, a session made of the caller's credentials is used.
        """
        return execution_role(self.connection.partition, target)

    def _progress(self, operation: Operation, target: Target, own: str) -> tuple[State, TargetResult]:
        if own in self._settled:
            return State.SUCCEEDED, TargetResult(target, "SUCCEEDED")
        known = self._ids.get((operation.name, target), "")
        stack = list_stacks.one(self.connection, target, known or operation.name)
        if stack is None:
            gone = State.SUCCEEDED if operation.kind is OperationKind.DELETE_STACK else State.ABSENT
            return gone, TargetResult(target, "DELETE_COMPLETE")
        self._know(operation, target, stack.stack_id)
        result = TargetResult(target, stack.status, stack.reason, stack.stack_id)
        if own not in self._begun and not self._is_begun(operation, target, own):
            return State.ABSENT, result
        if _is_moving(stack):
            return State.RUNNING, result
        if stack.status not in _GOOD[operation.kind]:
            return State.FAILED, result
        # A stack is protected once it stands: earlier, the deletion of a failed creation would be refused.
        if operation.kind is not OperationKind.DELETE_STACK:
            self._protect(target, stack, wanted=self.settings.protected)
        return State.SUCCEEDED, result

    def _protect(self, target: Target, stack: Stack, *, wanted: bool) -> None:
        """Let CloudFormation refuse the deletion of a stack, or allow it, where it does otherwise."""
        if stack.is_protected == wanted:
            return
        client = self.connection.client("cloudformation", target.region, target.account, writes=True)
        with calling("cloudformation:UpdateTerminationProtection", stack.name):
            client.update_termination_protection(StackName=stack.stack_id, EnableTerminationProtection=wanted)

    def _is_begun(self, operation: Operation, target: Target, own: str) -> bool:
        stack = self._ids.get((operation.name, target), operation.name)
        read = event_history.read(self.connection, target, stack, token=own)
        begun = any(item.token == own for item in read)
        if begun:
            self._note(self._begun, own)
        return begun

    def _know(self, operation: Operation, target: Target, stack_id: str) -> None:
        with self._lock:
            self._ids[operation.name, target] = stack_id

    def _note(self, where: set[str], own: str) -> None:
        with self._lock:
            where.add(own)


def _asked_for(
    action: str, resource: str, call: Callable[[], Any]
) -> tuple[Any, botocore.exceptions.ClientError | None]:
    """Return a call's answer, or the refusal that the state of the stack may explain; raise any other."""
    with calling(action, resource):
        try:
            return call(), None
        except botocore.exceptions.ClientError as fault:
            if errors.code_of(fault) not in _EXPLAINED:
                raise
            return None, fault


def _foreign(operation: Operation, target: Target, stack: Stack) -> Rejected:
    message = f"stack {operation.name} already exists in {target}, in status {stack.status}"
    help_ = "run petc deploy again to see it in the plan, or petc recover when its creation had failed"
    return codes.STACK_EXISTS.because(message, help_)


def _is_moving(stack: Stack) -> bool:
    return stack.status.endswith("_IN_PROGRESS") and stack.status != observe_stacks.REVIEW
