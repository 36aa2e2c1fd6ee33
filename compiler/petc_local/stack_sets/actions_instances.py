"""The actions on stack instances: create, update, delete, describe, list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ministack.core.responses import get_account_id, get_region

from petc_local.stack_sets import operations, paging, parameters, reading, views
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.records import Action, InstanceTarget, SetOperation, StackInstance, StackSet
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.steps import Work
from petc_local.stack_sets.store import STORE, find_set, now, put_instance
from petc_local.stack_sets.views import View

MOST_INSTANCES = 100_000
"""Stack instances of a stack set (user guide, "Understand CloudFormation quotas")."""


def create(request: ParsedRequest) -> View:
    """CreateStackInstances: make instances, and retry those that are OUTDATED.

    "Repeating this StackSet operation with a new operation ID retries all stack instances whose status is
    OUTDATED"; instances that are CURRENT stay as they are unless the request gives other overrides (assumed).
    """
    record = reading.stack_set(request)
    wanted = reading.wanted(request, record, creating=True)
    overrides = _overrides(request, record)
    operation = _operation(request, record, "CREATE", wanted)
    operations.admit(record, operation.identifier)
    instances = STORE.instances[record.identifier]
    new = [target for target in wanted.targets if target not in instances]
    if len(instances) + len(new) > MOST_INSTANCES:
        raise RequestRefused(
            "LimitExceededException", f"The quota of {MOST_INSTANCES} stack instances has been reached"
        )
    for target in wanted.targets:
        before = instances.get(target) or StackInstance(record.identifier, target)
        put_instance(
            replace(
                before, detailed="PENDING", reason="User Initiated", unit=wanted.units.get(target.account)
            )
        )
    operations.submit(Work(record, operation, overrides), wanted.targets, wanted.by_target())
    return {"OperationId": operation.identifier}


def update(request: ParsedRequest) -> View:
    """UpdateStackInstances: change overrides, "only […] where they already exist"."""
    record = reading.stack_set(request)
    wanted = reading.wanted(request, record)
    overrides = _overrides(request, record)
    operation = _operation(request, record, "UPDATE", wanted)
    targets = reading.existing(record, wanted)
    operations.admit(record, operation.identifier)
    _pending(record, targets)
    operations.submit(Work(record, operation, overrides), targets, wanted.by_target())
    return {"OperationId": operation.identifier}


def delete(request: ParsedRequest) -> View:
    """DeleteStackInstances: with their stacks, or without when RetainStacks says so.

    Targets without an instance are passed over, for the action declares no error for them (assumed from that).
    """
    record = reading.stack_set(request)
    wanted = reading.wanted(request, record)
    retain = bool(request.flag("RetainStacks"))
    operation = replace(_operation(request, record, "DELETE", wanted), retain_stacks=retain)
    operations.admit(record, operation.identifier)
    targets = tuple(target for target in wanted.targets if target in STORE.instances[record.identifier])
    _pending(record, targets)
    operations.submit(Work(record, operation, retain=retain), targets, wanted.by_target())
    return {"OperationId": operation.identifier}


def describe(request: ParsedRequest) -> View:
    """DescribeStackInstance; raises StackInstanceNotFoundException."""
    record = _any_set(request)
    return {"StackInstance": views.instance(one(record, request), record.hidden)}


def one(record: StackSet, request: ParsedRequest) -> StackInstance:
    """Return the instance that StackInstanceAccount and StackInstanceRegion name."""
    target = InstanceTarget(request.need("StackInstanceAccount"), request.need("StackInstanceRegion"))
    found = STORE.instances[record.identifier].get(target)
    if found is None:
        raise RequestRefused(
            "StackInstanceNotFoundException",
            f"Stack instance not found for StackSet {record.name} in account {target.account} and region "
            f"{target.region}",
        )
    return found


_FILTERS: dict[str, Callable[[StackInstance], str | None]] = {
    "DETAILED_STATUS": lambda item: item.detailed,
    "LAST_OPERATION_ID": lambda item: item.operation_id,
    "DRIFT_STATUS": lambda item: item.drift,
}


def list_all(request: ParsedRequest) -> View:
    """ListStackInstances, by account, region and up to three filters that all have to hold (assumed)."""
    record = _any_set(request)
    account, region = request.text("StackInstanceAccount"), request.text("StackInstanceRegion")
    filters = [(item.need("Name"), item.need("Values")) for item in request.inners("Filters")]
    found = [
        item
        for target, item in STORE.instances[record.identifier].items()
        if account in (None, target.account)
        and region in (None, target.region)
        and all(_FILTERS[name](item) == value for name, value in filters)
    ]
    items, token = paging.page(found, request, "ListStackInstances")
    return {"Summaries": tuple(views.instance_summary(item) for item in items), "NextToken": token}


def list_units(request: ParsedRequest) -> View:
    """ListStackSetAutoDeploymentTargets: the units that instances were made for, each with its regions."""
    record = _any_set(request)
    regions: dict[str, dict[str, None]] = {}
    for target, item in STORE.instances[record.identifier].items():
        if item.unit is not None:
            regions.setdefault(item.unit, {})[target.region] = None
    items, token = paging.page(tuple(regions.items()), request, "ListStackSetAutoDeploymentTargets")
    found = tuple({"OrganizationalUnitId": unit, "Regions": tuple(places)} for unit, places in items)
    return {"Summaries": found, "NextToken": token}


def _any_set(request: ParsedRequest) -> StackSet:
    reading.check_caller(request)
    return find_set(get_account_id(), get_region(), request.need("StackSetName"))


def _overrides(request: ParsedRequest, record: StackSet) -> tuple[parameters.Given, ...] | None:
    if not request.has("ParameterOverrides"):
        return None
    sent = parameters.given(request.inners("ParameterOverrides"))
    parameters.check_overrides(sent, dict(record.parameters))
    return sent


def _operation(
    request: ParsedRequest, record: StackSet, action: Action, wanted: reading.InstanceRequest
) -> SetOperation:
    return SetOperation(
        reading.operation_id(request),
        record.identifier,
        action,
        "RUNNING",
        now(),
        reading.operation_preferences(request),
        administration_role_arn=record.administration_role_arn,
        execution_role_name=record.execution_role_name,
        deployment_targets=wanted.given,
    )


def _pending(record: StackSet, targets: tuple[InstanceTarget, ...]) -> None:
    for target in targets:
        before = STORE.instances[record.identifier][target]
        put_instance(replace(before, detailed="PENDING", reason="User Initiated"))
