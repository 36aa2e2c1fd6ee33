"""The calls by which broken stacks and stack sets are mended."""

from __future__ import annotations

from typing import Any

import botocore.exceptions

from petc.deploy.aws import idempotency, observe_stack_sets
from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import answered, calling
from petc.deploy.aws.polling import until
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.targets import Target

_ROLLED_BACK = frozenset(
    {
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    }
)


def continue_rollback(
    places: Places, target: Target, stack_id: str, skip: tuple[str, ...], limit: float
) -> str:
    """Roll an update back that got stuck, and return the status in which that ended.

    `skip` names resources that are taken for rolled back as they are (API reference,
    ContinueUpdateRollback); they may differ from the template afterwards.
    """
    client = places.client("cloudformation", target)
    more: dict[str, Any] = {"ResourcesToSkip": list(skip)} if skip else {}
    with calling("cloudformation:ContinueUpdateRollback", stack_id):
        try:
            client.continue_update_rollback(
                StackName=stack_id, ClientRequestToken=idempotency.new_id(), **more
            )
        except botocore.exceptions.ClientError:
            # The first answer may have been lost: then the stack is being rolled back already, or has been.
            if _status(client, stack_id) not in _ROLLED_BACK:
                raise
    return wait_for_stack(places, target, stack_id, limit)


def delete_stack(places: Places, target: Target, stack_id: str, retain: tuple[str, ...], limit: float) -> str:
    """Delete a stack and return the status in which that ended; `DELETE_COMPLETE` when it is gone.

    `retain` counts for a stack in DELETE_FAILED only (API reference, DeleteStack).
    """
    client = places.client("cloudformation", target)
    with calling("cloudformation:DeleteStack", stack_id):
        client.delete_stack(
            StackName=stack_id,
            ClientRequestToken=idempotency.new_id(),
            **({"RetainResources": list(retain)} if retain else {}),
        )
    return wait_for_stack(places, target, stack_id, limit)


def wait_for_stack(places: Places, target: Target, stack_id: str, limit: float) -> str:
    """Return a stack's status once it changes no more; raises `Overdue` after `limit` seconds."""
    client = places.client("cloudformation", target)
    return until(
        lambda: _status(client, stack_id),
        lambda now: not now.endswith("_IN_PROGRESS") or now == "REVIEW_IN_PROGRESS",
        limit=limit,
    )


def _status(client: Any, stack_id: str) -> str:
    answer: Any
    answer, _ = answered(
        "cloudformation:DescribeStacks",
        stack_id,
        lambda: client.describe_stacks(StackName=stack_id),
        "ValidationError",
    )
    return str(answer["Stacks"][0]["StackStatus"]) if answer and answer["Stacks"] else "DELETE_COMPLETE"


def stop_operation(places: Places, settings: Settings, name: str, identity: str, limit: float) -> str:
    """Stop an operation of a stack set and wait for its end; what it has begun in a target goes on there."""
    client = places.connection.client("cloudformation")
    answered(
        "cloudformation:StopStackSetOperation",
        name,
        lambda: client.stop_stack_set_operation(StackSetName=name, OperationId=identity, **caller(settings)),
        "InvalidOperationException",
        "OperationNotFoundException",
    )
    return wait_for_operation(places, settings, name, limit)


def wait_for_operation(places: Places, settings: Settings, name: str, limit: float) -> str:
    """Wait until no operation holds the stack set; raises `Overdue` after `limit` seconds."""
    until(
        lambda: observe_stack_sets.running_operation(places.connection, settings, name),
        lambda running: not running,
        limit=limit,
    )
    return "ended"


def import_stack(
    places: Places,
    settings: Settings,
    name: str,
    target: Target,
    stack_id: str,
    operation: str,
    limit: float,
) -> str:
    """Take a stack into a stack set and wait; return why it could not be taken in, nothing when it was.

    API reference, ImportStacksToStackSet; a failed import is told by the operation's results.
    """
    client = places.connection.client("cloudformation")
    # Service-managed stack sets map each stack to a unit (API reference, OrganizationalUnitIds).
    units: dict[str, Any] = (
        {"OrganizationalUnitIds": list(settings.organizational_units)} if settings.is_service_managed else {}
    )
    idempotency.begin_operation(
        places.connection,
        settings,
        "cloudformation:ImportStacksToStackSet",
        name,
        lambda own: client.import_stacks_to_stack_set(
            StackSetName=name, StackIds=[stack_id], OperationId=own, **units, **caller(settings)
        ),
        operation,
    )
    wait_for_operation(places, settings, name, limit)
    with calling("cloudformation:ListStackSetOperationResults", name):
        pages = client.get_paginator("list_stack_set_operation_results").paginate(
            StackSetName=name, OperationId=operation, **caller(settings)
        )
        results = [item for page in pages for item in page["Summaries"]]
    own = [item for item in results if (item["Account"], item["Region"]) == (target.account, target.region)]
    if own and own[0]["Status"] == "SUCCEEDED":
        return ""
    return str((own[0].get("StatusReason") or own[0]["Status"]) if own else "the operation names no result")
