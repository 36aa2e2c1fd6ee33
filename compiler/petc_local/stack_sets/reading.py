"""Structures that several actions share, read from a request into records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import helpers

from petc_local.stack_sets import organization, preferences, targets
from petc_local.stack_sets.errors import RequestRefused, invalid
from petc_local.stack_sets.records import (
    AutoDeployment,
    DeploymentTargets,
    InstanceTarget,
    Preferences,
    StackSet,
    Values,
)
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.store import STORE, active_set


def check_caller(request: ParsedRequest) -> None:
    """Refuse DELEGATED_ADMIN: no account can be registered as a delegated administrator here."""
    if request.text("CallAs") == "DELEGATED_ADMIN":
        raise invalid(f"Account {get_account_id()} is not registered as a delegated administrator")


def stack_set(request: ParsedRequest) -> StackSet:
    """Return the stack set that a request names, by name or unique id; raises StackSetNotFoundException."""
    check_caller(request)
    return active_set(get_account_id(), get_region(), request.need("StackSetName"))


def operation_id(request: ParsedRequest) -> str:
    """Return the operation's id as the client chose it, or a new one."""
    return request.text("OperationId") or str(uuid.uuid4())


def tags(request: ParsedRequest) -> Values:
    """Return the tags; keys that begin with `aws:` are refused (botocore, Tag.Key: the prefix is reserved)."""
    found = tuple((item.need("Key"), item.need("Value")) for item in request.inners("Tags"))
    for key, _ in found:
        if key.lower().startswith("aws:"):
            raise invalid(f"Tag key '{key}' is reserved: the aws: prefix cannot be used")
    return found


def operation_preferences(request: ParsedRequest) -> Preferences:
    """Return OperationPreferences, checked."""
    inner = request.inner("OperationPreferences")
    if inner is None:
        return Preferences()
    found = Preferences(
        region_concurrency=inner.text("RegionConcurrencyType"),
        region_order=inner.texts("RegionOrder"),
        tolerance_count=inner.number("FailureToleranceCount"),
        tolerance_percentage=inner.number("FailureTolerancePercentage"),
        concurrent_count=inner.number("MaxConcurrentCount"),
        concurrent_percentage=inner.number("MaxConcurrentPercentage"),
        concurrency_mode=inner.text("ConcurrencyMode"),
    )
    preferences.check(found)
    return found


def auto_deployment(request: ParsedRequest) -> AutoDeployment | None:
    """Return AutoDeployment."""
    inner = request.inner("AutoDeployment")
    if inner is None:
        return None
    retain = inner.flag("RetainStacksOnAccountRemoval")
    if retain is not None and not inner.flag("Enabled"):
        raise invalid("RetainStacksOnAccountRemoval can be specified only if Enabled is set to true")
    return AutoDeployment(bool(inner.flag("Enabled")), retain, inner.texts("DependsOn"))


@dataclass(frozen=True, slots=True)
class InstanceRequest:
    """The targets of a request, each account with the unit by which it was found."""

    targets: tuple[InstanceTarget, ...]
    units: Mapping[str, str | None]
    given: DeploymentTargets | None

    def by_target(self) -> dict[InstanceTarget, str | None]:
        """Return the unit of each target."""
        return {target: self.units.get(target.account) for target in self.targets}


def wanted(request: ParsedRequest, record: StackSet, *, creating: bool = False) -> InstanceRequest:
    """Return the accounts and regions that a request means.

    "You can specify Accounts or DeploymentTargets, but not both" (botocore, CreateStackInstancesInput). Units
    belong to service-managed permissions, lists of accounts to self-managed ones.
    """
    accounts, inner = request.texts("Accounts"), request.inner("DeploymentTargets")
    if accounts and inner is not None:
        raise invalid("You can specify Accounts or DeploymentTargets, but not both")
    if not request.texts("Regions"):
        raise invalid("You must specify at least one value for Regions")
    given = None if inner is None else _deployment_targets(inner)
    units: dict[str, str | None]
    if record.permission_model == "SELF_MANAGED":
        if given is not None and given.units:
            raise invalid("OrganizationalUnitIds are valid only for service-managed permissions")
        units = dict.fromkeys(accounts or (given.accounts if given else ()))
    else:
        if given is None:
            raise invalid("DeploymentTargets are required for stack sets with service-managed permissions")
        members = _members(record, given, creating=creating)
        units = targets.select(given, members, record.account, creating=creating)
    if not units and (given is None or not given.units):
        raise invalid("You must specify at least one value for either Accounts or DeploymentTargets")
    return InstanceRequest(targets.cross(tuple(units), request.texts("Regions")), units, given)


def _members(record: StackSet, given: DeploymentTargets, *, creating: bool) -> dict[str, str]:
    """Return the accounts of the units that a request names, each with its unit.

    New instances are made in the accounts that are in the units now. Other operations are on instances that
    exist, each of which remembers the unit that it was made for (botocore, StackInstance.OrganizationalUnitId).
    A unit that no instance was made for is refused (seen on AWS: hashicorp/terraform-provider-aws, issues 27877
    and 33785), and so are accounts without a unit (aws/aws-cli, issue 8248). That an account which has left its
    unit is still found by it is assumed from that.
    """
    if creating:
        return organization.accounts_of(record.account, given.units)
    if not given.units:
        raise invalid(
            "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target"
        )
    instances = STORE.instances[record.identifier]
    known = {item.unit for item in instances.values()}
    for unit in given.units:
        if unit not in known:
            raise invalid(f"Organizational unit {unit} not found in StackSet")
    return {target.account: item.unit for target, item in instances.items() if item.unit in given.units}


def existing(record: StackSet, wanted: InstanceRequest) -> tuple[InstanceTarget, ...]:
    """Return the wanted targets that have an instance which is not INOPERABLE.

    A target named by its account must have one: StackInstanceNotFoundException. Accounts found by their unit
    alone may lack one, for they may have joined the unit since (assumed).
    """
    instances = STORE.instances[record.identifier]
    named = wanted.given is None or not wanted.given.units
    for target in wanted.targets:
        if target not in instances and named:
            raise RequestRefused(
                "StackInstanceNotFoundException",
                f"Stack instance not found for StackSet {record.name} in account {target.account} and region "
                f"{target.region}",
            )
    return tuple(key for key in wanted.targets if key in instances and instances[key].status != "INOPERABLE")


def managed_execution(request: ParsedRequest, before: bool) -> bool:
    """Return ManagedExecution.Active, or what it was before when the request does not say."""
    inner = request.inner("ManagedExecution")
    return before if inner is None else bool(inner.flag("Active"))


def _deployment_targets(inner: ParsedRequest) -> DeploymentTargets:
    accounts, url = inner.texts("Accounts"), inner.text("AccountsUrl")
    if url is not None:
        if accounts:
            raise invalid("You can specify Accounts or AccountsUrl, but not both")
        text, error = helpers._resolve_document(
            {"AccountsUrl": [url]}, "Accounts", "AccountsUrl", "AccountsUrl"
        )
        if error is not None:
            raise invalid(f"AccountsUrl {url} cannot be read")
        accounts = tuple(
            item.strip() for item in cast(str, text).replace("\n", ",").split(",") if item.strip()
        )
    return DeploymentTargets(
        accounts, url, inner.texts("OrganizationalUnitIds"), inner.text("AccountFilterType")
    )
