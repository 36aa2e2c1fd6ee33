"""Records as members of the botocore shapes that responses have."""

from __future__ import annotations

from collections.abc import Iterable

from petc_local.stack_sets.records import (
    AutoDeployment,
    DeploymentTargets,
    Drift,
    InstanceTarget,
    Preferences,
    Result,
    SetOperation,
    StackInstance,
    StackSet,
    Values,
)

View = dict[str, object]


def stack_set(record: StackSet, instances: Iterable[StackInstance]) -> View:
    """Return the shape StackSet; units and regions are those of its instances."""
    instances = tuple(instances)
    units = tuple(dict.fromkeys(item.unit for item in instances if item.unit is not None))
    return {
        "StackSetName": record.name,
        "StackSetId": record.identifier,
        "Description": record.description,
        "Status": record.status,
        "TemplateBody": record.template,
        "Parameters": _parameters(record.parameters, record.hidden),
        "Capabilities": record.capabilities,
        "Tags": tuple({"Key": key, "Value": value} for key, value in record.tags),
        "StackSetARN": record.arn,
        "AdministrationRoleARN": record.administration_role_arn,
        "ExecutionRoleName": record.execution_role_name,
        "StackSetDriftDetectionDetails": drift(record.drift),
        "AutoDeployment": auto_deployment(record.auto_deployment),
        "PermissionModel": record.permission_model,
        "OrganizationalUnitIds": units,
        "ManagedExecution": {"Active": record.managed_execution},
        "Regions": tuple(dict.fromkeys(item.target.region for item in instances)),
    }


def stack_set_summary(record: StackSet) -> View:
    """Return the shape StackSetSummary."""
    return {
        "StackSetName": record.name,
        "StackSetId": record.identifier,
        "Description": record.description,
        "Status": record.status,
        "AutoDeployment": auto_deployment(record.auto_deployment),
        "PermissionModel": record.permission_model,
        "DriftStatus": "NOT_CHECKED" if record.drift is None else record.drift.status,
        "LastDriftCheckTimestamp": None if record.drift is None else record.drift.checked,
        "ManagedExecution": {"Active": record.managed_execution},
    }


def instance_summary(record: StackInstance) -> View:
    """Return the shape StackInstanceSummary."""
    return {
        "StackSetId": record.set_id,
        "Region": record.target.region,
        "Account": record.target.account,
        "StackId": record.stack_id,
        "Status": record.status,
        "StatusReason": record.reason,
        "StackInstanceStatus": {"DetailedStatus": record.detailed},
        "OrganizationalUnitId": record.unit,
        "DriftStatus": record.drift,
        "LastDriftCheckTimestamp": record.drift_checked,
        "LastOperationId": record.operation_id,
    }


def instance(record: StackInstance, hidden: tuple[str, ...]) -> View:
    """Return the shape StackInstance; parameters that `hidden` names are masked, as they are in the stack set."""
    return {**instance_summary(record), "ParameterOverrides": _parameters(record.overrides, hidden)}


def operation_summary(record: SetOperation) -> View:
    """Return the shape StackSetOperationSummary."""
    return {
        "OperationId": record.identifier,
        "Action": record.action,
        "Status": record.status,
        "CreationTimestamp": record.created,
        "EndTimestamp": record.ended,
        "StatusReason": record.reason,
        "StatusDetails": {"FailedStackInstancesCount": record.failed},
        "OperationPreferences": preferences(record.preferences),
    }


def operation(record: SetOperation) -> View:
    """Return the shape StackSetOperation."""
    return {
        **operation_summary(record),
        "StackSetId": record.set_id,
        "RetainStacks": record.retain_stacks,
        "AdministrationRoleARN": record.administration_role_arn,
        "ExecutionRoleName": record.execution_role_name,
        "DeploymentTargets": deployment_targets(record.deployment_targets),
        "StackSetDriftDetectionDetails": drift(record.drift),
    }


def result(target: InstanceTarget, record: Result) -> View:
    """Return the shape StackSetOperationResultSummary."""
    return {
        "Account": target.account,
        "Region": target.region,
        "Status": record.status,
        "StatusReason": record.reason,
        "AccountGateResult": None
        if record.gate is None
        else {"Status": record.gate, "StatusReason": record.gate_reason},
        "OrganizationalUnitId": record.unit,
    }


def preferences(record: Preferences) -> View:
    """Return the shape StackSetOperationPreferences."""
    return {
        "RegionConcurrencyType": record.region_concurrency,
        "RegionOrder": record.region_order,
        "FailureToleranceCount": record.tolerance_count,
        "FailureTolerancePercentage": record.tolerance_percentage,
        "MaxConcurrentCount": record.concurrent_count,
        "MaxConcurrentPercentage": record.concurrent_percentage,
        "ConcurrencyMode": record.concurrency_mode,
    }


def deployment_targets(record: DeploymentTargets | None) -> View | None:
    """Return the shape DeploymentTargets."""
    if record is None:
        return None
    return {
        "Accounts": record.accounts or None,
        "AccountsUrl": record.accounts_url,
        "OrganizationalUnitIds": record.units or None,
        "AccountFilterType": record.account_filter,
    }


def auto_deployment(record: AutoDeployment | None) -> View | None:
    """Return the shape AutoDeployment."""
    if record is None:
        return None
    return {
        "Enabled": record.enabled,
        "RetainStacksOnAccountRemoval": record.retain_stacks,
        "DependsOn": record.depends_on or None,
    }


def drift(record: Drift | None) -> View | None:
    """Return the shape StackSetDriftDetectionDetails."""
    if record is None:
        return None
    return {
        "DriftStatus": record.status,
        "DriftDetectionStatus": record.detection,
        "LastDriftCheckTimestamp": record.checked,
        "TotalStackInstancesCount": record.total,
        "DriftedStackInstancesCount": record.drifted,
        "InSyncStackInstancesCount": record.in_sync,
        "InProgressStackInstancesCount": record.in_progress,
        "FailedStackInstancesCount": record.failed,
    }


def _parameters(values: Values, hidden: tuple[str, ...]) -> tuple[View, ...]:
    """Return the values as shapes Parameter, those with NoEcho as asterisks (user guide, "Parameters")."""
    return tuple(
        {"ParameterKey": key, "ParameterValue": "****" if key in hidden else value} for key, value in values
    )
