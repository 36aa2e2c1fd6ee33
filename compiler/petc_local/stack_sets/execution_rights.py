"""In whose name a stack set works in a target, and what it may do there, where policies decide.

With self-managed permissions that is the execution role. The role that service-managed stack sets bring along
(`stacksets-exec-…`) is AWS's own and has every right, so nothing is decided there; User Guide, "Activate trusted access
for StackSets with AWS Organizations".
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ministack.core.responses import request_scope

from petc_local.authorization import acting, policies
from petc_local.authorization import stacks as authorized_stacks
from petc_local.stack_sets.records import InstanceTarget, StackSet
from petc_local.types.forms import ResourceError


@contextmanager
def working(definition: StackSet, target: InstanceTarget) -> Iterator[None]:
    """Let what begins inside work in the name of the stack set's execution role in the target."""
    role = definition.execution_role_name
    # The session's name is random on AWS, too (assumed).
    who = policies.role(target.account, role, str(uuid.uuid4())) if role else None
    with acting.as_(who):
        yield


def calling(action: str, stack: str, target: InstanceTarget) -> str | None:
    """Return why StackSets may not make a call on a stack of the target in the name that is acting, or None."""
    who = acting.current()
    if who is None:
        return None
    arn = f"arn:aws:cloudformation:{target.region}:{target.account}:stack/{stack}/*"
    for each in dict.fromkeys((action, "DescribeStacks")):
        message = policies.denial(who, f"cloudformation:{each}", arn, target.region, {})
        if message is not None:
            return message
    return None


def reading(stack: Mapping[str, Any], target: InstanceTarget) -> str | None:
    """Return why drift may not be detected in the name that is acting, or None.

    User Guide, "Detect drift on an entire CloudFormation stack": the actions on drift, and reading each resource.
    Two of them know no resource (Service Authorization Reference, "AWS CloudFormation").
    """
    who = acting.current()
    if who is None:
        return None
    for action in ("DescribeStackDriftDetectionStatus", "BatchDescribeTypeConfigurations"):
        message = policies.denial(who, f"cloudformation:{action}", "*", target.region, {})
        if message is not None:
            return message
    try:
        with request_scope(*target):
            authorized_stacks.require_reading(stack)
    except ResourceError as denied:
        return str(denied)
    return None
