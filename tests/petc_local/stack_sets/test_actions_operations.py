"""The actions that show operations."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.stack_sets.world import SWITCHED, WEST, World, parameter


def test_operations_are_listed_the_newest_first(world: World) -> None:
    (one,) = world.targets(1)
    world.create("many")
    world.deploy("many", [one])
    world.update("many", parameter("two"))
    world.remove("many", [one])

    summaries = world.sets.list_stack_set_operations(StackSetName="many")["Summaries"]

    assert [item["Action"] for item in summaries] == ["DELETE", "UPDATE", "CREATE"]
    assert all(item["EndTimestamp"] >= item["CreationTimestamp"] for item in summaries)


def test_results_are_filtered_by_status(world: World) -> None:
    good, bad = world.targets(2)
    world.switch_on(good)
    world.create("mixed", SWITCHED)
    operation = world.deploy("mixed", [good, bad], OperationPreferences={"FailureToleranceCount": 1})

    summaries = world.sets.list_stack_set_operation_results(
        StackSetName="mixed",
        OperationId=operation["OperationId"],
        Filters=[{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}],
    )["Summaries"]

    assert [(item["Account"], item["Region"]) for item in summaries] == [(bad, WEST)]


@pytest.mark.parametrize(
    "action", ["describe_stack_set_operation", "list_stack_set_operation_results", "stop_stack_set_operation"]
)
def test_an_unknown_operation_is_not_found(world: World, action: str) -> None:
    world.create("known")

    with pytest.raises(ClientError) as error:
        getattr(world.sets, action)(StackSetName="known", OperationId="unknown")

    assert error.value.response["Error"]["Code"] == "OperationNotFoundException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_unknown_set_is_not_found(world: World) -> None:
    with pytest.raises(ClientError) as error:
        world.sets.list_stack_set_operations(StackSetName="unknown")

    assert error.value.response["Error"]["Code"] == "StackSetNotFoundException"
