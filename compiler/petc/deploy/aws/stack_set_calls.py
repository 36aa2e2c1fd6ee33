"""The StackSets call that an operation stands for: its method and its parameters. Pure.

Shapes after the CloudFormation API reference: CreateStackSet, UpdateStackSet, CreateStackInstances,
UpdateStackInstances, DeleteStackInstances, DeleteStackSet, StackSetOperationPreferences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from petc.deploy.aws.call_settings import EXECUTION_ROLE, Settings
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target

METHODS = {
    OperationKind.CREATE_SET: ("create_stack_set", "cloudformation:CreateStackSet"),
    OperationKind.UPDATE_SET: ("update_stack_set", "cloudformation:UpdateStackSet"),
    OperationKind.CREATE_INSTANCES: ("create_stack_instances", "cloudformation:CreateStackInstances"),
    OperationKind.UPDATE_INSTANCES: ("update_stack_instances", "cloudformation:UpdateStackInstances"),
    OperationKind.DELETE_INSTANCES: ("delete_stack_instances", "cloudformation:DeleteStackInstances"),
    OperationKind.DELETE_SET: ("delete_stack_set", "cloudformation:DeleteStackSet"),
}
"""The method of the client and the action of IAM, by kind."""

IMMEDIATE = frozenset({OperationKind.CREATE_SET, OperationKind.DELETE_SET})
"""Kinds whose call does all of it: AWS makes no operation of them."""

_MODES = {"strict": "STRICT_FAILURE_TOLERANCE", "soft": "SOFT_FAILURE_TOLERANCE"}


def parameters(
    operation: Operation,
    settings: Settings,
    name: str,
    administration: str,
    location: Mapping[str, str],
    units: Collection[str] = (),
) -> dict[str, Any]:
    """Return the parameters of the call.

    `name` is the operation's own at AWS (`petc.deploy.aws.idempotency`), `administration` the ARN of the
    administration role, `location` the template as the API takes it: `TemplateBody`, `TemplateURL` or none.
    `units` are the organizational units for which the instances of the targets were made, by which AWS finds
    them; without any it is the units of the stage.
    """
    found: dict[str, Any] = {"StackSetName": operation.name, **caller(settings)}
    if operation.kind in (OperationKind.CREATE_SET, OperationKind.UPDATE_SET):
        found |= _definition(operation, settings, administration, location)
    if operation.kind is OperationKind.CREATE_SET:
        # Without it AWS may run operations beside each other, and an order of layers would mean nothing.
        found |= {"ClientRequestToken": name, "ManagedExecution": {"Active": False}}
    if operation.kind in IMMEDIATE:
        return found
    found |= {"OperationId": name, "OperationPreferences": preferences(operation.targets, settings)}
    if operation.targets:
        # "If you specify AutoDeployment, don't specify DeploymentTargets or Regions" (API reference,
        # UpdateStackSet); without it the setting stays as it is.
        found.pop("AutoDeployment", None)
        found |= _places(operation, settings, units)
    if operation.kind is OperationKind.DELETE_INSTANCES:
        found["RetainStacks"] = operation.retain
    if operation.kind in (OperationKind.CREATE_INSTANCES, OperationKind.UPDATE_INSTANCES):
        # An update takes the whole list: an override that is not in it goes back to the set's value, and an
        # empty list clears all (API reference, UpdateStackInstances, ParameterOverrides).
        found["ParameterOverrides"] = _pairs(operation.overrides)
    return found


def caller(settings: Settings) -> dict[str, str]:
    """Return as whom every call on a stack set is made; self-managed sets know only the account itself."""
    if not settings.is_service_managed:
        return {}
    return {"CallAs": "DELEGATED_ADMIN" if settings.call_as == "delegated-admin" else "SELF"}


def preferences(targets: Iterable[Target], settings: Settings) -> dict[str, Any]:
    """Return how an operation walks through its targets; regions that it does not touch are left out."""
    wanted = settings.operations
    touched = {target.region for target in targets}
    order = [region for region in wanted.region_order if not touched or region in touched]
    return {
        "FailureToleranceCount": wanted.failure_tolerance,
        "MaxConcurrentCount": wanted.max_concurrent,
        "ConcurrencyMode": _MODES[wanted.concurrency_mode],
        "RegionConcurrencyType": wanted.regions.upper(),
    } | ({"RegionOrder": order} if order else {})


def _definition(
    operation: Operation, settings: Settings, administration: str, location: Mapping[str, str]
) -> dict[str, Any]:
    managed: dict[str, Any] = (
        {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": {"Enabled": False}}
        if settings.is_service_managed
        else {
            "PermissionModel": "SELF_MANAGED",
            "AdministrationRoleARN": administration,
            "ExecutionRoleName": EXECUTION_ROLE,
        }
    )
    return {
        **(location or {"UsePreviousTemplate": True}),
        "Parameters": _pairs(operation.parameters),
        "Capabilities": list(operation.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in operation.tags],
        **managed,
    }


def _pairs(values: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values]


def _places(operation: Operation, settings: Settings, known: Collection[str]) -> dict[str, Any]:
    """Return accounts and regions; AWS touches each account in each region.

    Raises `ValueError` when the targets are no such product: a fault of whoever planned.
    """
    accounts = sorted({target.account for target in operation.targets})
    regions = sorted({target.region for target in operation.targets})
    if len(accounts) * len(regions) != len(set(operation.targets)):
        raise ValueError(f"{operation.id}: not every account in every region")
    if not settings.is_service_managed:
        return {"Accounts": accounts, "Regions": regions}
    units = {
        "OrganizationalUnitIds": sorted(known) or list(settings.organizational_units),
        "Accounts": accounts,
        "AccountFilterType": "INTERSECTION",
    }
    return {"DeploymentTargets": units, "Regions": regions}
