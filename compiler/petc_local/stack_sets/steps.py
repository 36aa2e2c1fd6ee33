"""What an operation does in one target, and what the stack instance is afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from petc_local.stack_sets import (
    adoption,
    delays,
    drift,
    execution_rights,
    organization,
    parameters,
    roles,
    simulated,
    stacks,
)
from petc_local.stack_sets.parameters import Given
from petc_local.stack_sets.records import Action, InstanceTarget, SetOperation, StackInstance, StackSet
from petc_local.stack_sets.store import STORE, now, put_instance


@dataclass(frozen=True, slots=True)
class Work:
    """One operation to perform: on which definition of the stack set, and with which of the request's values."""

    definition: StackSet
    operation: SetOperation
    overrides: tuple[Given, ...] | None = None
    retain: bool = False
    importing: bool = False


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What happened in a target."""

    succeeded: bool
    reason: str | None = None


async def perform(work: Work, target: InstanceTarget) -> StepOutcome:
    """Do the operation's work in one target, record the instance, and say how it went; never raises.

    Accounts that are suspended are skipped (botocore, StackInstanceComprehensiveStatus; that this counts as a
    success is assumed).
    """
    instance = STORE.instances[work.definition.identifier].get(target)
    if instance is None:
        return StepOutcome(True, "The stack instance does not exist.")
    instance = replace(instance, detailed="RUNNING", operation_id=work.operation.identifier)
    put_instance(instance)
    if _is_skipped(work, target):
        put_instance(replace(instance, detailed="SKIPPED_SUSPENDED_ACCOUNT"))
        return StepOutcome(True, "ACCOUNT_SUSPENDED")
    try:
        await asyncio.sleep(delays.delay_of(work.definition.name, target))
        with execution_rights.working(work.definition, target):
            return await (_adopt if work.importing else STEPS[work.operation.action])(work, instance)
    except Exception as error:
        # A fault of this service must not leave an operation running forever.
        reason = f"{type(error).__name__}: {error}"
        put_instance(replace(instance, status="OUTDATED", detailed="FAILED", reason=reason))
        return StepOutcome(False, reason)


async def _deploy(work: Work, instance: StackInstance) -> StepOutcome:
    """Create or update the stack of an instance.

    CreateStackInstances leaves an instance that is CURRENT as it is, unless its overrides change (assumed from
    "retries all stack instances whose status is OUTDATED"). A stack that was never made, failed to be made, or was
    deleted by hand is created anew (assumed for the last).
    """
    definition = work.definition
    overrides = parameters.overrides_after(instance.overrides, work.overrides)
    if work.operation.action == "CREATE" and instance.status == "CURRENT" and overrides == instance.overrides:
        put_instance(replace(instance, detailed="SUCCEEDED", reason=None))
        return StepOutcome(True)
    instance = replace(instance, overrides=overrides)
    begins = "UpdateStack" if stacks.find(instance.target, instance.stack_id) else "CreateStack"
    refusal = None if instance.simulated else _refusal(definition, instance, begins)
    if refusal is not None:
        return _failed(instance, refusal)
    wanted = stacks.StackRequest(
        definition.template,
        parameters.values_of_stack(definition.parameters, instance.overrides),
        definition.tags,
        definition.capabilities,
    )
    if instance.simulated:
        ended = simulated.renew(definition.name, instance, wanted)
    else:
        ended = await _made(definition.name, instance, wanted)
    instance = replace(instance, stack_id=ended.stack_id or instance.stack_id)
    if ended.end in ("DONE", "NOTHING"):
        newest = STORE.sets[definition.identifier].revision == definition.revision
        put_instance(
            replace(
                instance,
                status="CURRENT" if newest else "OUTDATED",
                detailed="SUCCEEDED",
                reason=ended.reason,
            )
        )
        return StepOutcome(True, ended.reason)
    if ended.end == "UNSTABLE":
        return _inoperable(instance, ended.reason)
    return _failed(instance, ended.reason)


async def _made(set_name: str, instance: StackInstance, wanted: stacks.StackRequest) -> stacks.StackResult:
    """Create or update the stack of an instance.

    What is left of a failed creation is deleted first: StackSets makes stacks with OnFailure DELETE (that the
    next operation does this where the deletion was cut off is assumed).
    """
    stack = stacks.find(instance.target, instance.stack_id)
    if stack is not None and instance.stack_id is not None:
        if not stacks.is_half_made(stack):
            return await stacks.update(instance.target, instance.stack_id, wanted)
        ended = await stacks.delete(instance.target, instance.stack_id)
        if ended.end != "DONE":
            return ended
    name = stacks.new_name(set_name)
    return await stacks.create(
        instance.target, name, wanted, lambda stack_id: put_instance(replace(instance, stack_id=stack_id))
    )


async def _remove(work: Work, instance: StackInstance) -> StepOutcome:
    """Take an instance out of its stack set, with its stack unless that is retained.

    A stack that is gone already needs nothing more (assumed). An account that cannot be reached leaves the
    instance INOPERABLE (AWS Knowledge Center, "Why do I get the Stackset is not empty error"), be there a stack
    or not (assumed).
    """
    if instance.simulated:
        simulated.remove(instance)
    elif not work.retain:
        refusal = _refusal(work.definition, instance, "DeleteStack")
        if refusal is not None:
            return _inoperable(instance, refusal)
        if instance.stack_id is not None:
            ended = await stacks.delete(instance.target, instance.stack_id)
            if ended.end != "DONE":
                return _inoperable(instance, ended.reason)
    del STORE.instances[work.definition.identifier][instance.target]
    return StepOutcome(True)


async def _adopt(work: Work, instance: StackInstance) -> StepOutcome:
    """Take the stack of an instance in as it stands; nothing of it is touched.

    "A stack's custom parameter overrides aren't affected" (user guide, "Importing a stack into StackSets"): values
    that are not those of the stack set become the instance's overrides.
    """
    definition = work.definition
    refusal = _refusal(definition, instance, "DescribeStacks") or adoption.obstacle(definition, instance)
    if refusal is not None:
        put_instance(replace(instance, status="INOPERABLE", detailed="FAILED_IMPORT", reason=refusal))
        return StepOutcome(False, refusal)
    newest = STORE.sets[definition.identifier].revision == definition.revision
    put_instance(
        replace(
            instance,
            status="CURRENT" if newest else "OUTDATED",
            detailed="SUCCEEDED",
            reason=None,
            overrides=adoption.overrides(definition, instance),
        )
    )
    return StepOutcome(True)


async def _detect(work: Work, instance: StackInstance) -> StepOutcome:
    """Compare an instance's stack with what it should be; the instance keeps its status (assumed)."""
    refusal = None if instance.simulated else _refusal(work.definition, instance, "DetectStackDrift")
    if refusal is None and not instance.simulated and stacks.find(instance.target, instance.stack_id) is None:
        refusal = f"Stack {instance.stack_id} does not exist"
    if refusal is None and not instance.simulated:
        refusal = execution_rights.reading(
            stacks.find(instance.target, instance.stack_id) or {}, instance.target
        )
    if refusal is not None:
        put_instance(replace(instance, detailed="FAILED"))
        return StepOutcome(False, refusal)
    found = "IN_SYNC" if instance.simulated else drift.detect(instance.target, str(instance.stack_id))
    put_instance(replace(instance, detailed="SUCCEEDED", drift=found, drift_checked=now()))
    return StepOutcome(True)


def _is_skipped(work: Work, target: InstanceTarget) -> bool:
    of_organization = work.definition.permission_model == "SERVICE_MANAGED" and not work.retain
    return of_organization and organization.is_suspended(work.definition.account, target.account)


def _refusal(definition: StackSet, instance: StackInstance, begins: str) -> str | None:
    """Return why StackSets cannot begin a call on the stack of an instance in its own or the roles' names."""
    if definition.administration_role_arn is None or definition.execution_role_name is None:
        return None
    account = instance.target.account
    missing = roles.missing_role(
        account, definition.execution_role_name, definition.account, definition.administration_role_arn
    )
    if missing is not None:
        return missing
    name = stacks.name_of(instance.stack_id) if instance.stack_id else stacks.new_name(definition.name)
    return execution_rights.calling(begins, name, instance.target)


def _failed(instance: StackInstance, reason: str | None) -> StepOutcome:
    """Record a failed creation or update: OUTDATED (botocore, StackInstance.Status)."""
    put_instance(replace(instance, status="OUTDATED", detailed="FAILED", reason=reason))
    return StepOutcome(False, reason)


def _inoperable(instance: StackInstance, reason: str | None) -> StepOutcome:
    """Record a stack in an unstable state: INOPERABLE (botocore, StackInstance.Status)."""
    put_instance(replace(instance, status="INOPERABLE", detailed="INOPERABLE", reason=reason))
    return StepOutcome(False, reason)


STEPS: dict[Action, Callable[[Work, StackInstance], Awaitable[StepOutcome]]] = {
    "CREATE": _deploy,
    "UPDATE": _deploy,
    "DELETE": _remove,
    "DETECT_DRIFT": _detect,
}
