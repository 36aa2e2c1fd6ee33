"""The actions on stack sets themselves: create, update, delete, describe, list."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import replace

from ministack.core.responses import get_account_id, get_region

from petc.local.stack_sets import (
    operations,
    organization,
    paging,
    parameters,
    reading,
    roles,
    templates,
    views,
)
from petc.local.stack_sets.errors import Refused, invalid
from petc.local.stack_sets.records import DeploymentTargets, Operation, PermissionModel, StackSet, Target
from petc.local.stack_sets.request import Request
from petc.local.stack_sets.steps import Work
from petc.local.stack_sets.store import STORE, add_set, find_set, now, put_instance
from petc.local.stack_sets.views import View

MOST_SETS = 1_000
"""Stack sets of an administrator account (user guide, "Understand CloudFormation quotas")."""


def create(request: Request) -> View:
    """CreateStackSet: remember a stack set, and make no stack.

    A repeated ClientRequestToken answers the stack set that it made ("so that CloudFormation knows that you're not
    attempting to create another StackSet with the same name"), unless that was changed since:
    CreatedButModifiedException ("exists, but has been changed"). Another token is NameAlreadyExistsException.
    """
    reading.check_caller(request)
    account, region, name = get_account_id(), get_region(), request.need("StackSetName")
    _check_name(name)
    digest = _digest(request)
    existing = STORE.names.get((account, region, name))
    if existing is not None:
        return _again(STORE.sets[existing], request, digest)
    text = templates.sent(request)
    if text is None:
        raise invalid("Either Template URL or Template Body must be specified.")
    template = templates.read(text)
    values = parameters.values_of_set(parameters.given(request.inners("Parameters")), template.defaults, {})
    templates.check(template, values)
    templates.check_capabilities(template, request.texts("Capabilities"))
    if sum(item.status == "ACTIVE" and item.account == account for item in STORE.sets.values()) >= MOST_SETS:
        raise Refused("LimitExceededException", f"The quota of {MOST_SETS} stack sets has been reached")
    identifier = f"{name}:{uuid.uuid4()}"
    record = StackSet(
        name=name,
        identifier=identifier,
        arn=f"arn:aws:cloudformation:{region}:{account}:stackset/{identifier}",
        account=account,
        region=region,
        description=request.text("Description"),
        template=text,
        parameters=values,
        hidden=template.hidden,
        capabilities=request.texts("Capabilities"),
        tags=reading.tags(request),
        administration_role_arn=None,
        execution_role_name=None,
        permission_model="SELF_MANAGED",
        auto_deployment=None,
        managed_execution=_managed(request, False),
        token=request.text("ClientRequestToken"),
        digest=digest,
    )
    add_set(_with_permissions(record, request, template))
    return {"StackSetId": identifier}


def update(request: Request) -> View:
    """UpdateStackSet: change the stack set, then its instances.

    "Even if the StackSet operation created by updating the StackSet fails […] the StackSet is updated with your
    changes". With a template or parameters in the request every instance becomes OUTDATED before those that the
    request means are updated; such as are INOPERABLE are left out (botocore, StackInstance.Status).
    """
    record = reading.stack_set(request)
    preferences = reading.operation_preferences(request)
    identifier = reading.operation_id(request)
    after, template = _updated(record, request)
    targets, given = _targets_of_update(record, request)
    operations.admit(record, identifier)
    if after.managed_execution != record.managed_execution and operations.active(record.identifier):
        raise Refused(
            "InvalidOperationException",
            "The execution configuration cannot be modified while operations are running or queued",
        )
    del template
    changes = any(request.has(name) for name in ("TemplateBody", "TemplateURL", "Parameters"))
    if changes:
        after = replace(after, revision=record.revision + 1)
    STORE.sets[record.identifier] = after
    for target, instance in tuple(STORE.instances[record.identifier].items()):
        if instance.status != "INOPERABLE" and (changes or target in targets):
            put_instance(
                replace(
                    instance,
                    status="OUTDATED" if changes else instance.status,
                    detailed="PENDING",
                    reason="User Initiated",
                )
            )
    operation = Operation(
        identifier,
        record.identifier,
        "UPDATE",
        "RUNNING",
        now(),
        preferences,
        administration_role_arn=after.administration_role_arn,
        execution_role_name=after.execution_role_name,
        deployment_targets=given,
    )
    units = {target: STORE.instances[record.identifier][target].unit for target in targets}
    operations.submit(Work(after, operation), targets, units)
    return {"OperationId": identifier}


def delete(request: Request) -> View:
    """DeleteStackSet: refused while instances exist or an operation runs.

    A stack set that does not exist is no error: the action declares none for it (assumed from that).
    """
    try:
        record = reading.stack_set(request)
    except Refused as refused:
        if refused.code == "StackSetNotFoundException":
            return {}
        raise
    if operations.active(record.identifier):
        raise operations.in_progress(record)
    if STORE.instances[record.identifier]:
        raise Refused("StackSetNotEmptyException", f"StackSet {record.name} is not empty")
    STORE.sets[record.identifier] = replace(record, status="DELETED")
    del STORE.names[record.account, record.region, record.name]
    return {}


def describe(request: Request) -> View:
    """DescribeStackSet."""
    reading.check_caller(request)
    record = find_set(get_account_id(), get_region(), request.need("StackSetName"))
    return {"StackSet": views.stack_set(record, STORE.instances[record.identifier].values())}


def list_all(request: Request) -> View:
    """ListStackSets of the caller's account and region, in order of creation (the order is assumed)."""
    reading.check_caller(request)
    here = (get_account_id(), get_region())
    wanted = request.text("Status")
    found = [
        item
        for item in STORE.sets.values()
        if (item.account, item.region) == here and wanted in (None, item.status)
    ]
    items, token = paging.page(found, request, "ListStackSets")
    return {"Summaries": tuple(views.stack_set_summary(item) for item in items), "NextToken": token}


def _check_name(name: str) -> None:
    """Botocore, CreateStackSetInput.StackSetName: letters, digits, hyphens, a letter first, at most 128."""
    if not re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at 'stackSetName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]{0,127}"
        )


def _digest(request: Request) -> str:
    shown = {key: value for key, value in request.members.items() if key != "ClientRequestToken"}
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _again(existing: StackSet, request: Request, digest: str) -> View:
    token = request.text("ClientRequestToken")
    if token is None or token != existing.token or digest != existing.digest:
        raise Refused("NameAlreadyExistsException", f"StackSet {existing.name} already exists")
    if STORE.operations[existing.identifier] and any(
        item.action == "UPDATE" for item in STORE.operations[existing.identifier].values()
    ):
        raise Refused("CreatedButModifiedException", f"StackSet {existing.name} exists, but has been changed")
    return {"StackSetId": existing.identifier}


def _managed(request: Request, before: bool) -> bool:
    inner = request.inner("ManagedExecution")
    return before if inner is None else bool(inner.flag("Active"))


def _with_permissions(record: StackSet, request: Request, template: templates.Template) -> StackSet:
    """Return the stack set with what its permission model needs (botocore, CreateStackSetInput).

    Roles are valid for self-managed permissions only and have default names; AutoDeployment is required for
    service-managed ones and not used with the others (refused: assumed).
    """
    model: PermissionModel = (
        "SERVICE_MANAGED"
        if (request.text("PermissionModel") or record.permission_model) == "SERVICE_MANAGED"
        else "SELF_MANAGED"
    )
    automatic = reading.auto_deployment(request) or record.auto_deployment
    roles_sent = request.has("AdministrationRoleARN") or request.has("ExecutionRoleName")
    if model == "SELF_MANAGED":
        if request.has("AutoDeployment"):
            raise invalid("AutoDeployment is valid only for service-managed permissions")
        return replace(
            record,
            permission_model=model,
            auto_deployment=None,
            administration_role_arn=request.text("AdministrationRoleARN")
            or record.administration_role_arn
            or f"arn:aws:iam::{record.account}:role/{roles.ADMINISTRATION}",
            execution_role_name=request.text("ExecutionRoleName")
            or record.execution_role_name
            or roles.EXECUTION,
        )
    organization.check_access(STORE.trusted, record.account)
    if roles_sent:
        raise invalid(
            "AdministrationRoleARN and ExecutionRoleName are valid only for self-managed permissions"
        )
    if automatic is None:
        raise invalid("AutoDeployment is required for service-managed permissions")
    templates.check_service_managed(template)
    return replace(
        record,
        permission_model=model,
        auto_deployment=automatic,
        administration_role_arn=None,
        execution_role_name=None,
    )


def _updated(record: StackSet, request: Request) -> tuple[StackSet, templates.Template]:
    text = templates.sent(request)
    previous = bool(request.flag("UsePreviousTemplate"))
    if text is not None and previous:
        raise invalid("You cannot specify both usePreviousTemplate and a template")
    if text is None and not previous:
        raise invalid("Either Template URL or Template Body must be specified.")
    template = templates.read(record.template if text is None else text)
    before = dict(record.parameters)
    # Without the list, parameters that stay keep their values (assumed: the text speaks of single parameters).
    sent = (
        parameters.given(request.inners("Parameters"))
        if request.has("Parameters")
        else tuple(parameters.Given(key, None) for key in template.defaults if key in before)
    )
    values = parameters.values_of_set(sent, template.defaults, before)
    templates.check(template, values)
    templates.check_capabilities(template, request.texts("Capabilities"))
    custom = f"arn:aws:iam::{record.account}:role/{roles.ADMINISTRATION}"
    if record.administration_role_arn not in (None, custom) and not request.has("AdministrationRoleARN"):
        raise invalid("A customized administrator role was used, so AdministrationRoleARN must be specified")
    model = request.text("PermissionModel")
    if model not in (None, record.permission_model) and STORE.instances[record.identifier]:
        raise Refused(
            "InvalidOperationException",
            "PermissionModel cannot be modified while stack instances are associated with the stack set",
        )
    after = replace(
        record,
        template=template.text,
        parameters=values,
        hidden=template.hidden,
        capabilities=request.texts("Capabilities"),
        description=request.text("Description") or record.description,
        tags=reading.tags(request) if request.has("Tags") else record.tags,
        managed_execution=_managed(request, record.managed_execution),
    )
    return _with_permissions(after, request, template), template


def _targets_of_update(
    record: StackSet, request: Request
) -> tuple[tuple[Target, ...], DeploymentTargets | None]:
    """Return the instances to update: all, or those that the request means; none of them INOPERABLE.

    Accounts need Regions and the other way round; neither goes with AutoDeployment (botocore,
    UpdateStackSetInput). An instance that does not exist is StackInstanceNotFoundException.
    """
    instances = STORE.instances[record.identifier]
    accounts, regions = request.texts("Accounts"), request.texts("Regions")
    inner = request.inner("DeploymentTargets")
    if not accounts and not regions and inner is None:
        return tuple(key for key, item in instances.items() if item.status != "INOPERABLE"), None
    if request.has("AutoDeployment"):
        raise invalid("If you specify AutoDeployment, don't specify DeploymentTargets or Regions")
    if not regions or not (accounts or inner is not None):
        raise invalid("Accounts or DeploymentTargets and Regions must be specified together")
    wanted = reading.wanted(request, record)
    return existing(record, wanted), wanted.given


def existing(record: StackSet, wanted: reading.Wanted) -> tuple[Target, ...]:
    """Return the wanted targets that have an instance which is not INOPERABLE.

    A target named by its account must have one: StackInstanceNotFoundException. Accounts found by their unit
    alone may lack one, for they may have joined the unit since (assumed).
    """
    instances = STORE.instances[record.identifier]
    named = wanted.given is None or not wanted.given.units
    for target in wanted.targets:
        if target not in instances and named:
            raise Refused(
                "StackInstanceNotFoundException",
                f"Stack instance not found for StackSet {record.name} in account {target.account} and region "
                f"{target.region}",
            )
    return tuple(key for key in wanted.targets if key in instances and instances[key].status != "INOPERABLE")
