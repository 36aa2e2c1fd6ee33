"""Drift detection: begun in every layer at once, waited for, and what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from petc.deploy.aws import idempotency, observe_stack_sets
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection, calling
from petc.deploy.aws.polling import until
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.observed import Difference, DriftedResource, ObservedLayer
from petc.deploy.operations import codes
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

_AT_ONCE = 16
_BAD = ["MODIFIED", "DELETED"]


def of_sets(
    connection: Connection, settings: Settings, layers: Iterable[ObservedLayer]
) -> tuple[DriftedResource, ...]:
    """Return what is drifted in the stacks of stack sets.

    One operation for each set, all at once (User Guide, "Performing drift detection on CloudFormation
    StackSets"); only instances that it finds drifted are asked for their resources. Raises `Rejected` when
    a set is busy or cannot be checked.
    """

    def of(layer: ObservedLayer) -> list[DriftedResource]:
        identity = _detected(connection, settings, layer.name)
        found = observe_stack_sets.instances(connection, settings, layer.name)
        return [
            item
            for target, instance in found.items()
            if instance.get("DriftStatus") == "DRIFTED"
            for item in _of_instance(connection, settings, layer.name, target, identity)
        ]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(item for found in pool.map(of, layers) for item in found)


def of_stacks(connection: Connection, layers: Iterable[ObservedLayer]) -> tuple[DriftedResource, ...]:
    """Return what is drifted in plain stacks, each checked by itself and all at once."""

    def of(place: tuple[str, Target, str]) -> list[DriftedResource]:
        name, target, stack_id = place
        client = connection.client("cloudformation", target.region, target.account)
        with calling("cloudformation:DetectStackDrift", stack_id):
            detection = client.detect_stack_drift(StackName=stack_id)["StackDriftDetectionId"]
        _until_detected(client, f"{name} in {target}", detection)
        with calling("cloudformation:DescribeStackResourceDrifts", stack_id):
            return [_resource(name, target, item) for item in _of_stack(client, stack_id)]

    places = [
        (layer.name, target, one.stack_id)
        for layer in layers
        for target, one in sorted(layer.deployed.items())
        if one.exists
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(item for found in pool.map(of, places) for item in found)


def _of_stack(client: Any, stack_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the drifted resources of a stack, page by page; botocore has no paginator for the action."""
    following: dict[str, str] = {}
    while True:
        page = client.describe_stack_resource_drifts(
            StackName=stack_id, StackResourceDriftStatusFilters=_BAD, **following
        )
        yield from page["StackResourceDrifts"]
        if not page.get("NextToken"):
            return
        following = {"NextToken": page["NextToken"]}


def _detected(connection: Connection, settings: Settings, name: str) -> str:
    client = connection.client("cloudformation")
    try:
        identity = idempotency.begin_operation(
            connection,
            settings,
            "cloudformation:DetectStackSetDrift",
            name,
            lambda own: client.detect_stack_set_drift(
                StackSetName=name,
                OperationId=own,
                OperationPreferences={
                    "RegionConcurrencyType": "PARALLEL",
                    "MaxConcurrentPercentage": 100,
                    "FailureTolerancePercentage": 100,
                },
                **caller(settings),
            ),
        )
    except Rejected as fault:
        if fault.diagnostics[0].code != "operation-in-progress":
            raise
        raise _failed(
            name, "another operation holds the stack set", "petc status names it; try again when it has ended"
        ) from None
    found = observe_stack_sets.ended_operation(connection, settings, name, identity)
    if found["Status"] != "SUCCEEDED":
        raise _failed(name, f"the detection ended {found['Status']}", "petc events tells why")
    # Failures are tolerated, so that one of them does not end the others: the operation succeeds in spite of them.
    unchecked = found.get("StatusDetails", {}).get("FailedStackInstancesCount", 0)
    if unchecked:
        stacks = "1 stack" if unchecked == 1 else f"{unchecked} stacks"
        raise _failed(name, f"the detection failed in {stacks}", "petc events tells why")
    return identity


def _of_instance(
    connection: Connection, settings: Settings, name: str, target: Target, identity: str
) -> Iterator[DriftedResource]:
    client = connection.client("cloudformation")
    following: dict[str, str] = {}
    while True:
        with calling("cloudformation:ListStackInstanceResourceDrifts", name):
            page = client.list_stack_instance_resource_drifts(
                StackSetName=name,
                StackInstanceAccount=target.account,
                StackInstanceRegion=target.region,
                OperationId=identity,
                StackInstanceResourceDriftStatuses=_BAD,
                **following,
                **caller(settings),
            )
        yield from (_resource(name, target, item) for item in page["Summaries"])
        if not page.get("NextToken"):
            return
        following = {"NextToken": page["NextToken"]}


def _until_detected(client: Any, stack: str, detection: str) -> None:
    def look() -> Mapping[str, Any]:
        with calling("cloudformation:DescribeStackDriftDetectionStatus", detection):
            found: Mapping[str, Any] = client.describe_stack_drift_detection_status(
                StackDriftDetectionId=detection
            )
        return found

    found = until(look, lambda now: now["DetectionStatus"] != "DETECTION_IN_PROGRESS")
    if found["DetectionStatus"] != "DETECTION_COMPLETE":
        raise _failed(stack, f"the detection failed: {found.get('DetectionStatusReason', '')}", "try again")


def _resource(name: str, target: Target, item: Mapping[str, Any]) -> DriftedResource:
    return DriftedResource(
        name,
        target,
        item["LogicalResourceId"],
        item["ResourceType"],
        item["StackResourceDriftStatus"],
        tuple(
            Difference(
                one["PropertyPath"],
                str(one.get("ExpectedValue", "")),
                str(one.get("ActualValue", "")),
                one["DifferenceType"],
            )
            for one in item.get("PropertyDifferences", ())
        ),
    )


def _failed(name: str, why: str, way_out: str) -> Rejected:
    return codes.DRIFT_UNKNOWN.because(f"{name} could not be checked for drift: {why}", way_out)
