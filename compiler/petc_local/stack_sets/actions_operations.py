"""The actions on operations: describe, list, results, stop."""

from __future__ import annotations

from dataclasses import replace

from ministack.core.responses import get_account_id, get_region

from petc_local.stack_sets import drift, operations, paging, reading, views
from petc_local.stack_sets.records import StackSet
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.store import STORE, find_operation, find_set
from petc_local.stack_sets.views import View


def describe(request: ParsedRequest) -> View:
    """DescribeStackSetOperation; raises OperationNotFoundException."""
    operation = find_operation(_set(request), request.need("OperationId"))
    if operation.action == "DETECT_DRIFT" and operation.drift is None:
        instances = STORE.instances[operation.set_id].values()
        found = drift.sum_up(instances, operation.status, operation.failed, None)
        operation = replace(operation, drift=found)
    return {"StackSetOperation": views.operation(operation)}


def list_all(request: ParsedRequest) -> View:
    """ListStackSetOperations, the newest first (assumed)."""
    record = _set(request)
    found = tuple(reversed(STORE.operations[record.identifier].values()))
    items, token = paging.page(found, request, "ListStackSetOperations")
    return {"Summaries": tuple(views.operation_summary(item) for item in items), "NextToken": token}


def results(request: ParsedRequest) -> View:
    """ListStackSetOperationResults, filtered by OPERATION_RESULT_STATUS where asked."""
    record = _set(request)
    operation = find_operation(record, request.need("OperationId"))
    wanted = {item.need("Values") for item in request.inners("Filters")}
    found = [
        (target, result)
        for target, result in STORE.results[record.identifier, operation.identifier].items()
        if not wanted or result.status in wanted
    ]
    items, token = paging.page(found, request, f"ListStackSetOperationResults:{operation.identifier}")
    return {"Summaries": tuple(views.result(target, result) for target, result in items), "NextToken": token}


def stop(request: ParsedRequest) -> View:
    """StopStackSetOperation; raises InvalidOperationException for an operation that is over."""
    record = reading.stack_set(request)
    operations.stop(record, find_operation(record, request.need("OperationId")))
    return {}


def _set(request: ParsedRequest) -> StackSet:
    reading.check_caller(request)
    return find_set(get_account_id(), get_region(), request.need("StackSetName"))
