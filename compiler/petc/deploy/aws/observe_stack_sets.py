"""What stands under the stack sets of a stage, in few calls.

One ListStackSets; for each set one DescribeStackSet and one ListStackInstances; for each target one
DescribeStacks, also where the stage has nothing yet. More is asked only where something is not as it should
be: template and overrides of an instance that is not current, and the operations of a set whose instances hint
at one that runs.

A stack that its stack set has let go, by hand or because a recovery was cut off between forgetting the
instance and importing the stack, counts as an instance that was given up: to make another one beside it
would be to lose it. It is seen in targets in which any layer of the stage has an instance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from petc.deploy.aws import accounts, list_stacks
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.concurrency import each
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.layer_names import is_layer, is_tagged, require_ours
from petc.deploy.aws.list_stacks import SOUND
from petc.deploy.aws.polling import until
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.observed import CURRENT, INOPERABLE, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

UNFINISHED = frozenset({"RUNNING", "QUEUED", "STOPPING"})
"""Statuses of an operation that goes on; API reference, StackSetOperation."""

_MOVING = frozenset({"PENDING", "RUNNING"})


@dataclass(frozen=True, slots=True)
class _Set:
    name: str
    described: Mapping[str, Any]
    instances: Mapping[Target, Mapping[str, Any]]
    busy: str


def observe(
    connection: Connection,
    settings: Settings,
    names: Collection[str],
    prefix: str,
    targets: tuple[Target, ...],
) -> Observed:
    """Return what stands under these names, and under names with the prefix that are tagged as the stage's.

    A stack that cannot be read outside of `targets` counts as standing: the reader's role may be gone there.
    """
    account = connection.account
    known = _names(connection, settings)
    ours = [name for name in known if name in names or is_layer(name, prefix)]
    sets = [
        found
        for found in each(lambda name: _look(connection, settings, name, targets), ours)
        if found is not None and (_is_ours(found, settings) or found.name in names)
    ]
    departed = _departed(connection, settings, sets, targets)
    places = sorted({target for found in sets for target in found.instances} - departed)
    read: dict[Target, dict[str, list_stacks.Stack] | None] = dict.fromkeys(departed)
    read |= zip(places, each(lambda place: _stacks(connection, place, targets), places), strict=True)
    layers = {found.name: _layer(connection, found, read, settings, departed) for found in sets}
    held = {item.stack_id for layer in layers.values() for item in layer.deployed.values()}
    fresh = [target for target in targets if target not in read]
    seen = [*read.items(), *zip(fresh, each(lambda place: _glimpsed(connection, place), fresh), strict=True)]
    beside = list_stacks.others(
        ((target, stacks) for target, stacks in seen if stacks is not None), held, settings
    )
    return Observed(account, MappingProxyType(layers), beside)


def running_operation(connection: Connection, settings: Settings, name: str) -> str:
    """Return the id of the operation that holds a stack set now; empty when none does."""
    client = connection.client("cloudformation")
    answer, _ = answered(
        "cloudformation:ListStackSetOperations",
        name,
        lambda: client.list_stack_set_operations(StackSetName=name, **caller(settings)),
        "StackSetNotFoundException",
    )
    # Newest first; an operation that goes on is among the newest, for one runs at a time.
    return next(
        (item["OperationId"] for item in (answer or {}).get("Summaries", ()) if item["Status"] in UNFINISHED),
        "",
    )


def ended_operation(
    connection: Connection, settings: Settings, name: str, identity: str
) -> Mapping[str, Any]:
    """Wait for the end of an operation of a stack set and return it (API reference, StackSetOperation)."""
    client = connection.client("cloudformation")

    def look() -> Mapping[str, Any]:
        with calling("cloudformation:DescribeStackSetOperation", name):
            found: Mapping[str, Any] = client.describe_stack_set_operation(
                StackSetName=name, OperationId=identity, **caller(settings)
            )["StackSetOperation"]
        return found

    return until(look, lambda found: found["Status"] not in UNFINISHED)


def instances(connection: Connection, settings: Settings, name: str) -> dict[Target, Mapping[str, Any]]:
    """Return the summaries of a stack set's instances (API reference, StackInstanceSummary) by target."""
    client = connection.client("cloudformation")
    with calling("cloudformation:ListStackInstances", name):
        pages = client.get_paginator("list_stack_instances").paginate(StackSetName=name, **caller(settings))
        return {Target(item["Account"], item["Region"]): item for page in pages for item in page["Summaries"]}


def _names(connection: Connection, settings: Settings) -> list[str]:
    client = connection.client("cloudformation")
    with calling("cloudformation:ListStackSets"):
        pages = client.get_paginator("list_stack_sets").paginate(Status="ACTIVE", **caller(settings))
        return [item["StackSetName"] for page in pages for item in page["Summaries"]]


def _is_ours(found: _Set, settings: Settings) -> bool:
    tags = _tags(found.described)
    require_ours(f"the stack set {found.name}", tags, settings.spec, settings.stage)
    return is_tagged(tags, settings.spec, settings.stage)


def _look(connection: Connection, settings: Settings, name: str, targets: tuple[Target, ...]) -> _Set | None:
    client = connection.client("cloudformation")
    answer, absent = answered(
        "cloudformation:DescribeStackSet",
        name,
        lambda: client.describe_stack_set(StackSetName=name, **caller(settings)),
        "StackSetNotFoundException",
    )
    if absent:
        return None
    found = instances(connection, settings, name)
    hint = any(target not in found for target in targets) or any(
        item["Status"] != CURRENT or item.get("StackInstanceStatus", {}).get("DetailedStatus") in _MOVING
        for item in found.values()
    )
    busy = running_operation(connection, settings, name) if hint else ""
    return _Set(name, answer["StackSet"], found, busy)


def _departed(
    connection: Connection, settings: Settings, sets: Collection[_Set], targets: tuple[Target, ...]
) -> frozenset[Target]:
    """Return the targets whose account is no active account of the unit any more that its instance was made for.

    `targets` hold the active accounts of the stage's units. A unit that the spec no longer names is asked for
    its accounts; one that the organization no longer has holds none.
    """
    if not settings.is_service_managed:
        return frozenset()
    active = {target.account for target in targets}
    units = {
        target: item.get("OrganizationalUnitId", "")
        for found in sets
        for target, item in found.instances.items()
        if target.account not in active
    }
    members = {
        unit: frozenset(_members(connection, unit))
        for unit in sorted(set(units.values()) - {"", *settings.organizational_units})
    }
    return frozenset(
        target for target, unit in units.items() if unit and target.account not in members.get(unit, ())
    )


def _members(connection: Connection, unit: str) -> tuple[str, ...]:
    try:
        return accounts.of_units(connection, (unit,))
    except Rejected as refused:
        if any(item.code == "unit-unknown" for item in refused.diagnostics):
            return ()
        raise


def _stacks(
    connection: Connection, place: Target, targets: tuple[Target, ...]
) -> dict[str, list_stacks.Stack] | None:
    """Return the stacks of a place; None where they cannot be read and the stage need not be able to."""
    try:
        return list_stacks.all_of(connection, place)
    except Rejected as refused:
        if place not in targets and any(item.code == "aws-access-denied" for item in refused.diagnostics):
            return None
        raise


def _glimpsed(connection: Connection, place: Target) -> dict[str, list_stacks.Stack] | None:
    """Return the stacks of a target in which nothing of the stage is yet, if they can be read.

    Before its first deployment a target may lack the reader role.
    """
    try:
        return list_stacks.all_of(connection, place)
    except Rejected as refusal:
        if all(item.code == "aws-access-denied" for item in refusal.diagnostics):
            return None
        raise


def _layer(
    connection: Connection,
    found: _Set,
    read: Mapping[Target, Mapping[str, list_stacks.Stack] | None],
    settings: Settings,
    departed: Collection[Target],
) -> ObservedLayer:
    template = str(found.described.get("TemplateBody", ""))
    deployed = dict(
        zip(
            found.instances,
            each(
                lambda target: replace(
                    _deployed(
                        connection,
                        found.name,
                        target,
                        found.instances[target],
                        template,
                        read[target],
                        settings,
                    ),
                    departed=target in departed,
                ),
                found.instances,
            ),
            strict=True,
        )
    )
    for target, stacks in read.items():
        if target not in found.instances and stacks is not None:
            deployed |= _let_go(connection, found, target, stacks, settings)
    return ObservedLayer(
        name=found.name,
        template=template,
        parameters=MappingProxyType(
            {
                item["ParameterKey"]: item.get("ParameterValue", "")
                for item in found.described.get("Parameters", ())
            }
        ),
        tags=MappingProxyType(_tags(found.described)),
        deployed=MappingProxyType(deployed),
        busy=found.busy,
    )


def _deployed(
    connection: Connection,
    name: str,
    target: Target,
    instance: Mapping[str, Any],
    template: str,
    stacks: Mapping[str, list_stacks.Stack] | None,
    settings: Settings,
) -> Deployed:
    stack_id = instance.get("StackId", "")
    found = Deployed(target, instance["Status"], " ".join(instance.get("StatusReason", "").split()))
    if stacks is None:
        return Deployed(target, found.standing, found.reason, stack_id, template=template)
    stack = stacks.get(stack_id)
    if stack is None:
        return found
    is_current = found.standing == CURRENT
    held = template if is_current else list_stacks.template_of(connection, target, stack_id)
    return Deployed(
        target=target,
        standing=found.standing,
        reason=found.reason,
        stack_id=stack_id,
        stack_name=stack.name,
        stack_status=stack.status,
        # One text for all that are equal: a stage of four hundred targets holds few different ones.
        template=template if held == template else held,
        parameters=MappingProxyType(dict(stack.parameters)),
        outputs=MappingProxyType(dict(stack.outputs)),
        overrides=None if is_current else _overrides(connection, settings, name, target),
    )


def _overrides(
    connection: Connection, settings: Settings, name: str, target: Target
) -> Mapping[str, str] | None:
    """Return the parameter overrides of an instance, which no list tells; None when it is gone meanwhile."""
    client = connection.client("cloudformation")
    answer, absent = answered(
        "cloudformation:DescribeStackInstance",
        name,
        lambda: client.describe_stack_instance(
            StackSetName=name,
            StackInstanceAccount=target.account,
            StackInstanceRegion=target.region,
            **caller(settings),
        ),
        "StackInstanceNotFoundException",
        "StackSetNotFoundException",
    )
    if absent:
        return None
    found = answer["StackInstance"].get("ParameterOverrides", ())
    return MappingProxyType({item["ParameterKey"]: item.get("ParameterValue", "") for item in found})


def _let_go(
    connection: Connection,
    found: _Set,
    target: Target,
    stacks: Mapping[str, list_stacks.Stack],
    settings: Settings,
) -> dict[Target, Deployed]:
    """Return the sound stack of this set's making that has no instance, if there is one."""
    left = list_stacks.made_by(stacks.values(), found.name)
    stack = next(
        (one for one in left if one.status in SOUND and is_tagged(one.tags, settings.spec, settings.stage)),
        None,
    )
    if stack is None or found.busy:
        return {}
    one = Deployed(
        target=target,
        standing=INOPERABLE,
        reason="its stack set has no instance for it",
        stack_id=stack.stack_id,
        stack_name=stack.name,
        stack_status=stack.status,
        template=list_stacks.template_of(connection, target, stack.stack_id),
        parameters=MappingProxyType(dict(stack.parameters)),
        outputs=MappingProxyType(dict(stack.outputs)),
    )
    return {target: one}


def _tags(described: Mapping[str, Any]) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in described.get("Tags", ())}
