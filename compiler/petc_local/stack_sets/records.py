"""What the service remembers: stack sets, stack instances, operations and their results, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

SetStatus = Literal["ACTIVE", "DELETED"]
PermissionModel = Literal["SELF_MANAGED", "SERVICE_MANAGED"]
Action = Literal["CREATE", "UPDATE", "DELETE", "DETECT_DRIFT"]
OperationStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "STOPPING", "STOPPED", "QUEUED"]
ResultStatus = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
InstanceStatus = Literal["CURRENT", "OUTDATED", "INOPERABLE"]
DetailedStatus = Literal[
    "PENDING",
    "RUNNING",
    "SUCCEEDED",
    "FAILED",
    "CANCELLED",
    "INOPERABLE",
    "SKIPPED_SUSPENDED_ACCOUNT",
    "FAILED_IMPORT",
]
DriftStatus = Literal["DRIFTED", "IN_SYNC", "UNKNOWN", "NOT_CHECKED"]
DriftDetection = Literal["COMPLETED", "FAILED", "PARTIAL_SUCCESS", "IN_PROGRESS", "STOPPED"]

Values = tuple[tuple[str, str], ...]
"""Keys with their values: parameters, tags."""


class InstanceTarget(NamedTuple):
    """Where one stack instance lives."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class AutoDeployment:
    """The botocore shape AutoDeployment; recorded, and nothing is deployed by it here."""

    enabled: bool
    retain_stacks: bool | None = None
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preferences:
    """The botocore shape StackSetOperationPreferences; None where the request said nothing."""

    region_concurrency: str | None = None
    region_order: tuple[str, ...] = ()
    tolerance_count: int | None = None
    tolerance_percentage: int | None = None
    concurrent_count: int | None = None
    concurrent_percentage: int | None = None
    concurrency_mode: str | None = None


@dataclass(frozen=True, slots=True)
class DeploymentTargets:
    """The botocore shape DeploymentTargets."""

    accounts: tuple[str, ...] = ()
    accounts_url: str | None = None
    units: tuple[str, ...] = ()
    account_filter: str | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """The botocore shape StackSetDriftDetectionDetails; counts are numbers of stack instances."""

    status: DriftStatus
    detection: DriftDetection
    checked: str | None
    total: int
    drifted: int
    in_sync: int
    in_progress: int
    failed: int


@dataclass(frozen=True, slots=True)
class StackSet:
    """A stack set as its last create or update left it.

    `parameters` holds a value for every parameter of the template; `hidden` names those with NoEcho.
    `revision` counts changes of template and parameters: an instance is CURRENT at the newest one only.
    `digest` and `token` recognise a repeated CreateStackSet.
    """

    name: str
    identifier: str
    arn: str
    account: str
    region: str
    description: str | None
    template: str
    parameters: Values
    hidden: tuple[str, ...]
    capabilities: tuple[str, ...]
    tags: Values
    administration_role_arn: str | None
    execution_role_name: str | None
    permission_model: PermissionModel
    auto_deployment: AutoDeployment | None
    managed_execution: bool
    token: str | None
    digest: str
    status: SetStatus = "ACTIVE"
    revision: int = 1
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class StackInstance:
    """A stack instance; `stack_id` names the stack that was last made for it, which may be gone."""

    set_id: str
    target: InstanceTarget
    status: InstanceStatus = "OUTDATED"
    detailed: DetailedStatus = "PENDING"
    reason: str | None = None
    stack_id: str | None = None
    overrides: Values = ()
    unit: str | None = None
    drift: DriftStatus = "NOT_CHECKED"
    drift_checked: str | None = None
    operation_id: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class SetOperation:
    """An operation on a stack set; times are ISO 8601 in UTC."""

    identifier: str
    set_id: str
    action: Action
    status: OperationStatus
    created: str
    preferences: Preferences = Preferences()
    retain_stacks: bool | None = None
    administration_role_arn: str | None = None
    execution_role_name: str | None = None
    deployment_targets: DeploymentTargets | None = None
    ended: str | None = None
    reason: str | None = None
    failed: int = 0
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation did in one target."""

    status: ResultStatus = "PENDING"
    reason: str | None = None
    unit: str | None = None
    gate: str | None = None
    gate_reason: str | None = None
