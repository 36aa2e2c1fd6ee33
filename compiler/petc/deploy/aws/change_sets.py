"""Real change sets in the targets: what CloudFormation itself says a stack's update would do.

Only stacks that exist are asked. The change set is deleted again, whatever becomes of it, and never executed:
an instance of a stack set is changed through its set alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.observed import Deployed
from petc.deploy.plan.change_set_check import Told

_PATIENCE_SECONDS = 300
_PAUSE_SECONDS = 1.0
_NO_CHANGE = ("didn't contain changes", "No updates are to be performed")
"""How CloudFormation words a change set without changes; API reference, DescribeChangeSet, StatusReason."""


def told(
    connection: Connection,
    stack: Deployed,
    name: str,
    location: Mapping[str, str],
    parameters: Mapping[str, str],
    capabilities: tuple[str, ...],
    role: str = "",
) -> tuple[Told, ...]:
    """Return what CloudFormation would do to a stack.

    `location` is the template as the API takes it: `TemplateBody` or `TemplateURL`. `role` is the ARN of the role
    that CloudFormation acts with, where the stack has one.
    Raises `Rejected` when a call is refused.
    """
    target = stack.target
    client = connection.client("cloudformation", target.region, target.account, writes=True)
    # A change set of that name is ours, as names are never used twice: the answer to the first call was lost.
    answer, _ = answered(
        "cloudformation:CreateChangeSet",
        stack.stack_name,
        lambda: client.create_change_set(
            StackName=stack.stack_id,
            ChangeSetName=name,
            ChangeSetType="UPDATE",
            Parameters=[
                {"ParameterKey": key, "ParameterValue": parameters[key]} for key in sorted(parameters)
            ],
            Capabilities=list(capabilities),
            ClientToken=name,
            **location,
            **({"RoleARN": role} if role else {}),
        ),
        "AlreadyExistsException",
    )
    made = str(answer["Id"]) if answer else _known(client, name, stack.stack_name)
    try:
        return tuple(_changes(client, made, stack.stack_name))
    finally:
        with calling("cloudformation:DeleteChangeSet", stack.stack_name):
            # With the stack, whose name the permission is limited to.
            client.delete_change_set(StackName=stack.stack_id, ChangeSetName=made)


def _known(client: Any, name: str, stack: str) -> str:
    """Return the id of a change set that was made under a name."""
    with calling("cloudformation:DescribeChangeSet", stack):
        return str(client.describe_change_set(ChangeSetName=name, StackName=stack)["ChangeSetId"])


def _changes(client: Any, change_set: str, stack: str) -> Iterator[Told]:
    with calling("cloudformation:DescribeChangeSet", stack):
        answer = _settled(client, change_set)
    if answer["Status"] == "FAILED":
        reason = answer.get("StatusReason", "")
        if any(words in reason for words in _NO_CHANGE):
            return
        yield Told("", "", "", f"the change set failed: {reason}")
        return
    if answer["Status"] != "CREATE_COMPLETE":
        yield Told("", "", "", f"the change set is not ready after {_PATIENCE_SECONDS // 60} minutes")
        return
    token = ""
    while True:
        for change in answer.get("Changes", ()):
            resource = change.get("ResourceChange", {})
            yield Told(
                resource.get("LogicalResourceId", ""),
                resource.get("Action", ""),
                resource.get("Replacement", ""),
                perhaps=_is_dynamic(resource.get("Details", ())),
            )
        token = answer.get("NextToken", "")
        if not token:
            return
        with calling("cloudformation:DescribeChangeSet", stack):
            answer = client.describe_change_set(ChangeSetName=change_set, NextToken=token)


def _is_dynamic(details: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all details wait for the execution; API reference, ResourceChangeDetail, Evaluation."""
    return bool(details) and all(detail.get("Evaluation") == "Dynamic" for detail in details)


def _settled(client: Any, change_set: str) -> Any:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        answer = client.describe_change_set(ChangeSetName=change_set)
        if not answer["Status"].endswith(("_PENDING", "_IN_PROGRESS")) or time.monotonic() > until:
            return answer
        time.sleep(_PAUSE_SECONDS)
