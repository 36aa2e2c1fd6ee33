"""Stack sets that bring the reader and the gateway's settings to every account of organizational units.

They are deployed automatically to accounts that join a unit later; AWS CloudFormation User Guide, "Enable or
disable automatic deployments for StackSets in AWS Organizations".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petc.deploy.aws import idempotency, observe_stack_sets
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.operations import codes
from petc.deploy.targets import Target

_PREFERENCES = {"RegionConcurrencyType": "PARALLEL", "MaxConcurrentPercentage": 100}


@dataclass(frozen=True, slots=True)
class BootstrapSet:
    """A service-managed stack set: its template, the units and regions in which it stands, the set that comes first."""

    name: str
    text: str
    units: tuple[str, ...]
    regions: tuple[str, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class SetChange:
    """What has to change about a set: made, its template, or instances that it lacks in units or regions.

    `failed` are targets in which its stack is not as the template says, such as after a failure: they are tried again.
    """

    wanted: BootstrapSet
    creates: bool
    updates: bool
    lacks: bool
    failed: tuple[Target, ...] = ()


def deployed_template(connection: Connection, settings: Settings, name: str) -> str:
    """Return the template of a stack set; empty when there is none."""
    found = _described(connection, settings, name)
    return str(found.get("TemplateBody", ""))


def difference(connection: Connection, settings: Settings, wanted: BootstrapSet) -> SetChange | None:
    """Return what has to change, or None. Raises `Rejected` when the organization does not let StackSets in."""
    found = _described(connection, settings, wanted.name)
    if not found:
        _require_access(connection, settings)
        return SetChange(wanted, creates=True, updates=False, lacks=True)
    instances = observe_stack_sets.instances(connection, settings, wanted.name)
    places = {
        (str(item.get("OrganizationalUnitId", "")), target.region) for target, item in instances.items()
    }
    # A unit without accounts has no instances, and AWS tells of it by the set alone.
    units = set(found.get("OrganizationalUnitIds", ())) or {unit for unit, _ in places}
    regions = {region for _, region in places} | set(found.get("Regions", ()))
    lacks = not (set(wanted.units) <= units and set(wanted.regions) <= regions)
    updates = str(found.get("TemplateBody", "")) != wanted.text or _after(found) != wanted.after
    # OUTDATED is told of an instance of which the last operation failed (API reference, StackInstanceSummary).
    failed = tuple(sorted(target for target, item in instances.items() if item.get("Status") != "CURRENT"))
    change = SetChange(wanted, creates=False, updates=updates or bool(failed), lacks=lacks, failed=failed)
    return change if change.updates or lacks else None


def _after(found: Mapping[str, Any]) -> str:
    """Return the name of the set after which AWS deploys this one to an account that joins, if any."""
    arns = found.get("AutoDeployment", {}).get("DependsOn", ())
    return str(arns[0]).rpartition(":stackset/")[2].partition(":")[0] if arns else ""


def perform(connection: Connection, settings: Settings, change: SetChange) -> None:
    """Make the change and wait for its end; raises `Rejected` with the first failure."""
    client, wanted = connection.client("cloudformation"), change.wanted
    template = {"TemplateBody": wanted.text, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    automatic: dict[str, Any] = {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    if wanted.after:
        # Otherwise two sets reach an account that joins in any order (API reference, AutoDeployment, DependsOn).
        first = _described(connection, settings, wanted.after)
        automatic["DependsOn"] = [str(first["StackSetARN"])] if first else []
    managed = {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": automatic}
    if change.creates:
        with calling("cloudformation:CreateStackSet", wanted.name):
            client.create_stack_set(
                StackSetName=wanted.name,
                Tags=[{"Key": "petc:bootstrap", "Value": "true"}],
                ClientRequestToken=idempotency.new_id(),
                **template,
                **managed,
                **caller(settings),
            )
    if change.updates:
        identity = idempotency.begin_operation(
            connection,
            settings,
            "cloudformation:UpdateStackSet",
            wanted.name,
            lambda own: client.update_stack_set(
                StackSetName=wanted.name,
                OperationPreferences=_PREFERENCES,
                OperationId=own,
                **template,
                **managed,
                **caller(settings),
            ),
        )
        _finish(connection, settings, wanted.name, identity)
    if change.lacks:
        identity = idempotency.begin_operation(
            connection,
            settings,
            "cloudformation:CreateStackInstances",
            wanted.name,
            lambda own: client.create_stack_instances(
                StackSetName=wanted.name,
                DeploymentTargets={"OrganizationalUnitIds": list(wanted.units)},
                Regions=list(wanted.regions),
                OperationPreferences=_PREFERENCES,
                OperationId=own,
                **caller(settings),
            ),
        )
        _finish(connection, settings, wanted.name, identity)


def _described(connection: Connection, settings: Settings, name: str) -> dict[str, Any]:
    client = connection.client("cloudformation")
    answer, _ = answered(
        "cloudformation:DescribeStackSet",
        name,
        lambda: client.describe_stack_set(StackSetName=name, **caller(settings)),
        "StackSetNotFoundException",
    )
    return dict(answer["StackSet"]) if answer else {}


def _require_access(connection: Connection, settings: Settings) -> None:
    client = connection.client("cloudformation")
    with calling("cloudformation:DescribeOrganizationsAccess"):
        status = client.describe_organizations_access(**caller(settings))["Status"]
    if status != "ENABLED":
        raise codes.ORGANIZATION_CLOSED.because(
            f"the organization does not let StackSets into its accounts (trusted access is {status})",
            help="run `aws cloudformation activate-organizations-access` once, in the management account",
            pointer="/targets/organizational_units",
        )


def _finish(connection: Connection, settings: Settings, name: str, identity: str) -> None:
    found = observe_stack_sets.ended_operation(connection, settings, name, identity)
    if found["Status"] != "SUCCEEDED":
        raise codes.BOOTSTRAP_FAILED.because(
            f"the stack set {name} ended {found['Status']}: {_reason(connection, settings, name, identity)}",
            help="a role of that name may stand already in an account of the units",
        )


def _reason(connection: Connection, settings: Settings, name: str, identity: str) -> str:
    client = connection.client("cloudformation")
    with calling("cloudformation:ListStackSetOperationResults", name):
        found = client.list_stack_set_operation_results(
            StackSetName=name, OperationId=identity, **caller(settings)
        )["Summaries"]
    return next(
        (
            f"{item['Account']}/{item['Region']}: {' '.join(item.get('StatusReason', '').split())}"
            for item in found
            if item["Status"] == "FAILED"
        ),
        "no account tells why",
    )
