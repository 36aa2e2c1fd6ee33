"""The actions on drift: detect it over all instances, list what was found in one."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ministack.core.responses import get_account_id, get_region

from petc_local.stack_sets import drift, operations, paging, reading
from petc_local.stack_sets.actions_instances import one
from petc_local.stack_sets.records import SetOperation
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.steps import Work
from petc_local.stack_sets.store import STORE, find_operation, find_set, now
from petc_local.stack_sets.views import View


def detect(request: ParsedRequest) -> View:
    """DetectStackSetDrift: an operation over every instance that is not INOPERABLE (assumed for those)."""
    record = reading.stack_set(request)
    operation = SetOperation(
        reading.operation_id(request),
        record.identifier,
        "DETECT_DRIFT",
        "RUNNING",
        now(),
        reading.operation_preferences(request),
        administration_role_arn=record.administration_role_arn,
        execution_role_name=record.execution_role_name,
    )
    operations.admit(record, operation.identifier)
    instances = STORE.instances[record.identifier]
    targets = tuple(target for target, item in instances.items() if item.status != "INOPERABLE")
    operations.submit(
        Work(record, operation), targets, {target: instances[target].unit for target in targets}
    )
    return {"OperationId": operation.identifier}


def list_resources(request: ParsedRequest) -> View:
    """ListStackInstanceResourceDrifts: "drift information for the most recent drift detection operation"."""
    reading.check_caller(request)
    record = find_set(get_account_id(), get_region(), request.need("StackSetName"))
    instance = one(record, request)
    find_operation(record, request.need("OperationId"))
    wanted = request.texts("StackInstanceResourceDriftStatuses")
    found = [
        item
        for item in (drift.resources(instance.target, instance.stack_id) if instance.stack_id else ())
        if not wanted or item["StackResourceDriftStatus"] in wanted
    ]
    items, token = paging.page(found, request, "ListStackInstanceResourceDrifts")
    return {"Summaries": tuple(_summary(item) for item in items), "NextToken": token}


def _summary(found: Mapping[str, object]) -> View:
    differences = found.get("PropertyDifferences")
    return {
        "StackId": found["StackId"],
        "LogicalResourceId": found["LogicalResourceId"],
        "PhysicalResourceId": found.get("PhysicalResourceId") or None,
        "ResourceType": found["ResourceType"],
        "PropertyDifferences": tuple(
            {name: _text(value) for name, value in item.items()} for item in differences
        )
        if isinstance(differences, list)
        else None,
        "StackResourceDriftStatus": found["StackResourceDriftStatus"],
        "Timestamp": found["Timestamp"],
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
