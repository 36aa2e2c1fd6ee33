"""The action UpdateStackSet: the new definition, and the instances that get it."""

from __future__ import annotations

from dataclasses import replace

from petc_local.stack_sets import operations, parameters, permissions, reading, roles, templates
from petc_local.stack_sets.errors import RequestRefused, invalid
from petc_local.stack_sets.records import DeploymentTargets, InstanceTarget, SetOperation, StackSet
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.steps import Work
from petc_local.stack_sets.store import STORE, now, put_instance
from petc_local.stack_sets.views import View


def update(request: ParsedRequest) -> View:
    """UpdateStackSet: change the stack set, then its instances.

    "Even if the StackSet operation created by updating the StackSet fails […] the StackSet is updated with your
    changes". With a template or parameters in the request every instance becomes OUTDATED before those that the
    request means are updated; such as are INOPERABLE are left out (botocore, StackInstance.Status).
    """
    record = reading.stack_set(request)
    preferences = reading.operation_preferences(request)
    identifier = reading.operation_id(request)
    after = _updated(record, request)
    targets, given = _targets(record, request)
    operations.admit(record, identifier)
    if after.managed_execution != record.managed_execution and operations.active(record.identifier):
        raise RequestRefused(
            "InvalidOperationException",
            "The execution configuration cannot be modified while operations are running or queued",
        )
    changes = any(request.has(name) for name in ("TemplateBody", "TemplateURL", "Parameters"))
    if changes:
        after = replace(after, revision=record.revision + 1)
    STORE.sets[record.identifier] = after
    _mark(record, frozenset(targets), changes)
    operation = SetOperation(
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


def _updated(record: StackSet, request: ParsedRequest) -> StackSet:
    """Return the stack set as the request wants it.

    "If you specified a customized administrator role when you created the StackSet, you must specify a customized
    administrator role"; "You cannot modify PermissionModel if there are stack instances"; without Tags the tags
    stay, an empty list takes them away (botocore, UpdateStackSetInput).
    """
    text = templates.sent(request)
    previous = bool(request.flag("UsePreviousTemplate"))
    if text is not None and previous:
        raise invalid("You cannot specify both usePreviousTemplate and a template")
    if text is None and not previous:
        raise invalid("Either Template URL or Template Body must be specified.")
    template = templates.read(record.template if text is None else text)
    sent = parameters.given(request.inners("Parameters"))
    values = parameters.values_of_set(sent, template.defaults, dict(record.parameters))
    templates.check(template, values)
    templates.check_capabilities(template, request.texts("Capabilities"))
    custom = f"arn:aws:iam::{record.account}:role/{roles.ADMINISTRATION}"
    if record.administration_role_arn not in (None, custom) and not request.has("AdministrationRoleARN"):
        raise invalid("A customized administrator role was used, so AdministrationRoleARN must be specified")
    model = request.text("PermissionModel")
    if model not in (None, record.permission_model) and STORE.instances[record.identifier]:
        raise RequestRefused(
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
        managed_execution=reading.managed_execution(request, record.managed_execution),
    )
    return permissions.with_permissions(after, request, template)


def _mark(record: StackSet, targets: frozenset[InstanceTarget], changes: bool) -> None:
    """Show what the update is about to do: OUTDATED for all where template or parameters change, then PENDING.

    Instances that the update leaves out become OUTDATED and PENDING too (seen on AWS: cloudformation-coverage-
    roadmap, issue 1751).
    """
    for target, instance in tuple(STORE.instances[record.identifier].items()):
        if instance.status != "INOPERABLE" and (changes or target in targets):
            status = "OUTDATED" if changes else instance.status
            put_instance(replace(instance, status=status, detailed="PENDING", reason="User Initiated"))


def _targets(
    record: StackSet, request: ParsedRequest
) -> tuple[tuple[InstanceTarget, ...], DeploymentTargets | None]:
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
    return reading.existing(record, wanted), wanted.given
