"""MiniStack's real stacks, made, changed and taken away in a target, each call waiting for its end."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from ministack.core.responses import request_scope
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

from petc_local.stack_sets.model import NAMESPACE
from petc_local.stack_sets.records import InstanceTarget, Values

Resolver = Callable[[Mapping[str, object]], tuple[object, object]]

End = Literal["DONE", "NOTHING", "FAILED", "GONE", "UNSTABLE"]
"""How a call ended: done; nothing to do; failed with the stack as it was; failed and the stack is deleted; failed
and the stack is in an unstable state."""

_TEMPLATE: ContextVar[str | None] = ContextVar("template of the stack instance", default=None)


@dataclass(frozen=True, slots=True)
class StackResult:
    """The end of a call: the stack's id, and the first cause where it failed."""

    end: End
    stack_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StackRequest:
    """What a stack shall be."""

    template: str
    parameters: Values
    tags: Values
    capabilities: tuple[str, ...]


def install() -> None:
    """Let the stacks of instances have templates above 51,200 bytes, which a stack set may read from S3."""
    original: Resolver = getattr(handlers, "_resolve_template")  # noqa: B009

    def resolve(params: Mapping[str, object]) -> tuple[object, object]:
        text = _TEMPLATE.get()
        return (text, None) if text is not None else original(params)

    setattr(handlers, "_resolve_template", resolve)  # noqa: B010


def find(target: InstanceTarget, stack_id: str | None) -> dict[str, object] | None:
    """Return MiniStack's record of a stack that exists, or None when it was never made or is deleted."""
    if stack_id is None:
        return None
    with request_scope(*target):
        found = cloudformation._stacks.get(name_of(stack_id))
    if (
        not isinstance(found, dict)
        or found["StackId"] != stack_id
        or found["StackStatus"] == "DELETE_COMPLETE"
    ):
        return None
    return found


def is_half_made(stack: Mapping[str, object]) -> bool:
    """Whether a stack's creation failed, and the deletion that should have followed did not come to its end."""
    return stack["StackStatus"] in ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


def name_of(stack_id: str) -> str:
    """Return the name within a stack's id."""
    return stack_id.split("/")[1]


def new_name(set_name: str) -> str:
    """Return a name for the stack of an instance: `StackSet-<name>-<uuid>`, cut to the 128 characters of a name.

    The form is the one that AWS shows in StackInstance.StackId; where a long name is cut is assumed.
    """
    return f"StackSet-{set_name[:82]}-{uuid.uuid4()}"


async def create(
    target: InstanceTarget, name: str, wanted: StackRequest, begun: Callable[[str], None]
) -> StackResult:
    """Create a stack with OnFailure DELETE, which StackSets forces (botocore, CreateStackInput.OnFailure).

    `begun` is told the stack's id as soon as there is one.
    """

    def tell() -> None:
        stack = _by_name(target, name)
        if stack is not None:
            begun(str(stack["StackId"]))

    params = {**_params(name, wanted), "OnFailure": ["DELETE"]}
    refusal = await _call(target, handlers._create_stack, params, wanted.template, tell)
    stack = _by_name(target, name)
    if stack is None:
        return StackResult("GONE", None, refusal)
    if refusal is not None:
        return StackResult("UNSTABLE", str(stack["StackId"]), refusal)
    stack_id, status = str(stack["StackId"]), stack["StackStatus"]
    if status == "CREATE_COMPLETE":
        return StackResult("DONE", stack_id)
    reason = first_cause(target, stack_id)
    return StackResult("GONE" if status == "DELETE_COMPLETE" else "UNSTABLE", stack_id, reason)


async def update(target: InstanceTarget, stack_id: str, wanted: StackRequest) -> StackResult:
    """Update a stack; "No updates are to be performed." is no failure."""
    name = name_of(stack_id)
    known = _events(target, stack_id)
    refusal = await _call(target, handlers._update_stack, _params(name, wanted), wanted.template)
    if refusal is not None:
        return StackResult(
            "NOTHING" if "No updates are to be performed" in refusal else "FAILED", stack_id, refusal
        )
    stack = _by_name(target, name)
    if stack is not None and stack["StackStatus"] == "UPDATE_COMPLETE":
        return StackResult("DONE", stack_id)
    return StackResult("FAILED", stack_id, first_cause(target, stack_id, len(known)))


async def delete(target: InstanceTarget, stack_id: str) -> StackResult:
    """Delete a stack; one that does not delete is left in an unstable state."""
    known = _events(target, stack_id)
    refusal = await _call(target, handlers._delete_stack, {"StackName": [stack_id]}, None)
    if refusal is not None:
        return StackResult("UNSTABLE", stack_id, refusal)
    if find(target, stack_id) is None:
        return StackResult("DONE", stack_id)
    return StackResult("UNSTABLE", stack_id, first_cause(target, stack_id, len(known)))


def first_cause(target: InstanceTarget, stack_id: str, after: int = 0) -> str:
    """Return the first failing resource of a stack since its event number `after`, as StackSets words it.

    The form `ResourceLogicalId:X, ResourceType:Y, ResourceStatusReason:Z.` is the one of the StatusReason that
    ListStackSetOperationResults answers. Failures of the stack itself (outputs) have the stack's name as
    logical id (assumed).
    """
    failed = [
        event
        for event in _events(target, stack_id)[after:]
        if str(event["ResourceStatus"]).endswith("_FAILED")
    ]
    of_resources = [event for event in failed if event["LogicalResourceId"] != event["StackName"]]
    for event in (*of_resources, *failed):
        reason = str(event["ResourceStatusReason"]).rstrip(".")
        return (
            f"ResourceLogicalId:{event['LogicalResourceId']}, ResourceType:{event['ResourceType']}, "
            f"ResourceStatusReason:{reason}."
        )
    return f"Stack {stack_id} failed without a reason."


def _params(name: str, wanted: StackRequest) -> dict[str, list[str]]:
    params = {"StackName": [name]}
    for number, (key, value) in enumerate(wanted.parameters, 1):
        params[f"Parameters.member.{number}.ParameterKey"] = [key]
        params[f"Parameters.member.{number}.ParameterValue"] = [value]
    for number, (key, value) in enumerate(wanted.tags, 1):
        params[f"Tags.member.{number}.Key"] = [key]
        params[f"Tags.member.{number}.Value"] = [value]
    for number, capability in enumerate(wanted.capabilities, 1):
        params[f"Capabilities.member.{number}"] = [capability]
    if not wanted.tags:
        params["Tags"] = [""]  # an empty list takes tags away, an absent one would keep them
    return params


async def _call(
    target: InstanceTarget,
    handler: Callable[[dict[str, list[str]]], tuple[int, object, bytes]],
    params: dict[str, list[str]],
    template: str | None,
    begun: Callable[[], None] = lambda: None,
) -> str | None:
    """Call one of MiniStack's handlers in a target and wait for the task that it leaves; return its refusal.

    MiniStack does not hand the task over, so it is recognised as the one that was not there before: the handler
    itself never waits.
    """
    before = asyncio.all_tasks()
    scope = _TEMPLATE.set(template)
    try:
        with request_scope(*target):
            status, _, body = handler(params)
    finally:
        _TEMPLATE.reset(scope)
    started = asyncio.all_tasks() - before
    begun()
    for ended in await asyncio.gather(*started, return_exceptions=True):
        if isinstance(ended, BaseException):
            return f"{type(ended).__name__}: {ended}"
    return None if status < 300 else _message(body)


def _message(body: bytes) -> str:
    found = ElementTree.fromstring(body).findtext(f".//{{{NAMESPACE}}}Message")
    return found or "CloudFormation refused the stack"


def _by_name(target: InstanceTarget, name: str) -> dict[str, object] | None:
    with request_scope(*target):
        found: dict[str, object] | None = cloudformation._stacks.get(name)
    return found


def _events(target: InstanceTarget, stack_id: str) -> tuple[Mapping[str, object], ...]:
    with request_scope(*target):
        return tuple(cloudformation._stack_events.get(stack_id) or ())
