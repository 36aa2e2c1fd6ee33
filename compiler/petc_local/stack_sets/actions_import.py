"""The action ImportStacksToStackSet: stacks that exist become instances of a stack set.

Sources: botocore, documentation of the action and its errors; user guide, "Importing a stack into StackSets".
"""

from __future__ import annotations

import re

from ministack.services.cloudformation import helpers

from petc_local.stack_sets import operations, organization, reading, stacks
from petc_local.stack_sets.actions_instances import MOST_INSTANCES
from petc_local.stack_sets.errors import RequestRefused, invalid
from petc_local.stack_sets.records import InstanceTarget, SetOperation, StackInstance, StackSet
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.steps import Work
from petc_local.stack_sets.store import STORE, now, put_instance
from petc_local.stack_sets.views import View

MOST_NAMED, MOST_LISTED = 10, 200
"""Stacks of one import: by StackIds, and by the object that StackIdsUrl names (user guide)."""

_STACK = re.compile(r"arn:aws[a-z-]*:cloudformation:([a-z0-9-]+):(\d{12}):stack/[^/]+/[^/]+")


def import_stacks(request: ParsedRequest) -> View:
    """ImportStacksToStackSet: an operation that looks at each stack and takes it in as it is.

    Its Action is CREATE, for the shape StackSetOperationAction has no word for an import (assumed). A stack that
    does not exist refuses the request (StackNotFoundException), and so does one of another stack set ("Stacks can
    only belong to one stack set"; the code is assumed). Each stack that cannot be taken in fails in its target.
    """
    record = reading.stack_set(request)
    wanted = _wanted(request)
    units = _units(request, record, wanted)
    operation = SetOperation(
        reading.operation_id(request),
        record.identifier,
        "CREATE",
        "RUNNING",
        now(),
        reading.operation_preferences(request),
        administration_role_arn=record.administration_role_arn,
        execution_role_name=record.execution_role_name,
    )
    for target, stack_id in wanted.items():
        _check(record, target, stack_id)
    operations.admit(record, operation.identifier)
    instances = STORE.instances[record.identifier]
    if len(instances.keys() | wanted.keys()) > MOST_INSTANCES:
        raise RequestRefused(
            "LimitExceededException", f"The quota of {MOST_INSTANCES} stack instances has been reached"
        )
    for target, stack_id in wanted.items():
        put_instance(
            StackInstance(
                record.identifier,
                target,
                reason="User Initiated",
                stack_id=stack_id,
                unit=units.get(target.account),
            )
        )
    work = Work(record, operation, importing=True)
    operations.submit(work, tuple(wanted), {target: units.get(target.account) for target in wanted})
    return {"OperationId": operation.identifier}


def _wanted(request: ParsedRequest) -> dict[InstanceTarget, str]:
    """Return the stacks by the target in which they stand, one in each (assumed: a target has one instance)."""
    stack_ids, url = request.texts("StackIds"), request.text("StackIdsUrl")
    if bool(stack_ids) == (url is not None):
        raise invalid("You must specify either StackIds or StackIdsUrl, but not both")
    most = MOST_NAMED
    if url is not None:
        stack_ids, most = _listed(url), MOST_LISTED
    if len(stack_ids) > most:
        raise RequestRefused("LimitExceededException", f"At most {most} stacks can be imported at a time")
    found: dict[InstanceTarget, str] = {}
    for stack_id in stack_ids:
        parts = _STACK.fullmatch(stack_id)
        if parts is None:
            raise invalid(f"'{stack_id}' is no stack ID")
        target = InstanceTarget(parts[2], parts[1])
        if found.get(target, stack_id) != stack_id:
            raise invalid(
                f"Two stacks of account {target.account} and region {target.region} cannot be imported"
            )
        found[target] = stack_id
    return found


def _listed(url: str) -> tuple[str, ...]:
    """Return the ids in an object, between commas or line ends (the form is assumed, as for AccountsUrl)."""
    text, error = helpers._resolve_document({"StackIdsUrl": [url]}, "StackIds", "StackIdsUrl", "StackIdsUrl")
    if error is not None or not isinstance(text, str):
        raise invalid(f"StackIdsUrl {url} cannot be read")
    return tuple(item.strip() for item in text.replace("\n", ",").split(",") if item.strip())


def _units(request: ParsedRequest, record: StackSet, wanted: dict[InstanceTarget, str]) -> dict[str, str]:
    """Return the unit of each account; service-managed stack sets need one for each (assumed)."""
    units = request.texts("OrganizationalUnitIds")
    if record.permission_model == "SELF_MANAGED":
        if units:
            raise invalid("OrganizationalUnitIds are valid only for service-managed permissions")
        return {}
    members = organization.accounts_of(record.account, units)
    outside = sorted({target.account for target in wanted} - members.keys())
    if outside:
        raise invalid(f"Accounts [{', '.join(outside)}] are in none of the organizational units")
    return members


def _check(record: StackSet, target: InstanceTarget, stack_id: str) -> None:
    """Refuse a stack that does not exist or has a stack set, and a target that has an instance.

    A failed import may be repeated: "the operation can be retried once the failures are fixed" (botocore,
    StackInstance.Status). That any other instance in the way refuses the request is assumed.
    """
    if stacks.find(target, stack_id) is None:
        raise RequestRefused("StackNotFoundException", f"Stack {stack_id} does not exist")
    for set_id, instances in STORE.instances.items():
        instance = instances.get(target)
        if instance is None or (instance.detailed == "FAILED_IMPORT" and instance.stack_id == stack_id):
            continue
        if instance.stack_id == stack_id:
            raise _invalid_operation(f"Stack {stack_id} belongs to stack set {STORE.sets[set_id].name}")
        if set_id == record.identifier:
            raise _invalid_operation(
                f"StackSet {record.name} has an instance in account {target.account} and region "
                f"{target.region}"
            )


def _invalid_operation(message: str) -> RequestRefused:
    return RequestRefused("InvalidOperationException", message)
