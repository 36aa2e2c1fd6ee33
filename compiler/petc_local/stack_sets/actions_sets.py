"""The actions on stack sets themselves: create, update, delete, describe, list."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import replace

from ministack.core.responses import get_account_id, get_region

from petc_local.stack_sets import operations, paging, parameters, permissions, reading, templates, views
from petc_local.stack_sets.errors import RequestRefused, invalid
from petc_local.stack_sets.records import StackSet
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.store import STORE, add_set, find_set
from petc_local.stack_sets.views import View

MOST_SETS = 1_000
"""Stack sets of an administrator account (user guide, "Understand CloudFormation quotas")."""


def create(request: ParsedRequest) -> View:
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
    if request.has("StackId"):
        raise invalid("Stacks cannot be imported into a stack set here")
    text = templates.sent(request)
    if text is None:
        raise invalid("Either Template URL or Template Body must be specified.")
    template = templates.read(text)
    values = parameters.values_of_set(parameters.given(request.inners("Parameters")), template.defaults, {})
    templates.check(template, values)
    templates.check_capabilities(template, request.texts("Capabilities"))
    if sum(item.status == "ACTIVE" and item.account == account for item in STORE.sets.values()) >= MOST_SETS:
        raise RequestRefused(
            "LimitExceededException", f"The quota of {MOST_SETS} stack sets has been reached"
        )
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
        managed_execution=reading.managed_execution(request, False),
        token=request.text("ClientRequestToken"),
        digest=digest,
    )
    add_set(permissions.with_permissions(record, request, template))
    return {"StackSetId": identifier}


def delete(request: ParsedRequest) -> View:
    """DeleteStackSet: refused while instances exist or an operation runs.

    A stack set that does not exist is no error: the action declares none for it (assumed from that).
    """
    try:
        record = reading.stack_set(request)
    except RequestRefused as refused:
        if refused.code == "StackSetNotFoundException":
            return {}
        raise
    if operations.active(record.identifier):
        raise operations.in_progress(record)
    if STORE.instances[record.identifier]:
        raise RequestRefused("StackSetNotEmptyException", f"StackSet {record.name} is not empty")
    STORE.sets[record.identifier] = replace(record, status="DELETED")
    del STORE.names[record.account, record.region, record.name]
    return {}


def describe(request: ParsedRequest) -> View:
    """DescribeStackSet."""
    reading.check_caller(request)
    record = find_set(get_account_id(), get_region(), request.need("StackSetName"))
    return {"StackSet": views.stack_set(record, STORE.instances[record.identifier].values())}


def list_all(request: ParsedRequest) -> View:
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


def _digest(request: ParsedRequest) -> str:
    shown = {key: value for key, value in request.members.items() if key != "ClientRequestToken"}
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _again(existing: StackSet, request: ParsedRequest, digest: str) -> View:
    token = request.text("ClientRequestToken")
    if token is None or token != existing.token or digest != existing.digest:
        raise RequestRefused("NameAlreadyExistsException", f"StackSet {existing.name} already exists")
    if STORE.operations[existing.identifier] and any(
        item.action == "UPDATE" for item in STORE.operations[existing.identifier].values()
    ):
        raise RequestRefused(
            "CreatedButModifiedException", f"StackSet {existing.name} exists, but has been changed"
        )
    return {"StackSetId": existing.identifier}
