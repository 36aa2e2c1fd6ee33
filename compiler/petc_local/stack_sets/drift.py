"""Drift of stack sets: MiniStack's detection in each stack, and the sum over the instances.

Source: user guide, "Performing drift detection on CloudFormation StackSets".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from ministack.core.responses import request_scope
from ministack.services.cloudformation import handlers

from petc_local.stack_sets import stacks
from petc_local.stack_sets.records import (
    Drift,
    DriftDetection,
    DriftStatus,
    InstanceTarget,
    OperationStatus,
    StackInstance,
)


def detect(target: InstanceTarget, stack_id: str) -> DriftStatus:
    """Check a stack's resources for drift, those whose type MiniStack can check."""
    with request_scope(*target):
        handlers._detect_stack_drift({"StackName": [stack_id]})
    stack = stacks.find(target, stack_id) or {}
    found = stack.get("DriftInformation")
    status = found.get("StackDriftStatus", "NOT_CHECKED") if isinstance(found, Mapping) else "NOT_CHECKED"
    return cast(DriftStatus, status)


def resources(target: InstanceTarget, stack_id: str) -> tuple[Mapping[str, object], ...]:
    """Return what the last detection found in each resource, as MiniStack records it."""
    stack = stacks.find(target, stack_id) or {}
    found = stack.get("_resources")
    records = found.values() if isinstance(found, Mapping) else ()
    return tuple(record["_drift"] for record in records if record.get("_drift"))


def sum_up(
    instances: Iterable[StackInstance], status: OperationStatus, failed: int, checked: str | None
) -> Drift:
    """Return the shape StackSetDriftDetectionDetails of an operation: PARTIAL_SUCCESS with tolerated failures."""
    instances = tuple(instances)
    drifted = sum(item.drift == "DRIFTED" for item in instances)
    in_sync = sum(item.drift == "IN_SYNC" for item in instances)
    running = sum(item.detailed in ("PENDING", "RUNNING") for item in instances)
    detection: DriftDetection = (
        "IN_PROGRESS"
        if status in ("RUNNING", "QUEUED", "STOPPING")
        else "STOPPED"
        if status == "STOPPED"
        else "FAILED"
        if status == "FAILED"
        else "PARTIAL_SUCCESS"
        if failed
        else "COMPLETED"
    )
    return Drift(
        "DRIFTED" if drifted else "IN_SYNC" if in_sync else "NOT_CHECKED",
        detection,
        checked,
        len(instances),
        drifted,
        in_sync,
        running if detection == "IN_PROGRESS" else 0,
        failed,
    )
