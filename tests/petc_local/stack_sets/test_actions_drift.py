"""Drift of stack sets."""

from __future__ import annotations

from tests.petc_local.stack_sets.world import World


def detect(world: World, name: str) -> dict[str, object]:
    operation: dict[str, object] = world.over(name, world.sets.detect_stack_set_drift(StackSetName=name))
    return operation


def change_by_hand(world: World, account: str) -> None:
    ssm = world.client("ssm", account)
    name = ssm.describe_parameters()["Parameters"][0]["Name"]
    ssm.put_parameter(Name=name, Value="by hand", Type="String", Overwrite=True)


def test_a_resource_changed_by_hand_makes_its_set_drift(world: World) -> None:
    one, two = world.targets(2)
    world.create("drifting")
    world.deploy("drifting", [one, two])
    change_by_hand(world, two)

    operation = detect(world, "drifting")
    shown = world.sets.describe_stack_set(StackSetName="drifting")["StackSet"][
        "StackSetDriftDetectionDetails"
    ]

    assert (operation["Action"], operation["Status"]) == ("DETECT_DRIFT", "SUCCEEDED")
    assert (shown["DriftStatus"], shown["DriftDetectionStatus"]) == ("DRIFTED", "COMPLETED")
    assert (shown["TotalStackInstancesCount"], shown["DriftedStackInstancesCount"]) == (2, 1)
    assert world.instance("drifting", one)["DriftStatus"] == "IN_SYNC"
    assert world.instance("drifting", two)["DriftStatus"] == "DRIFTED"


def test_the_drifted_resources_of_an_instance_are_listed(world: World) -> None:
    (one,) = world.targets(1)
    world.create("listed")
    world.deploy("listed", [one])
    change_by_hand(world, one)
    operation = detect(world, "listed")

    (found,) = world.sets.list_stack_instance_resource_drifts(
        StackSetName="listed",
        StackInstanceAccount=one,
        StackInstanceRegion="us-west-2",
        OperationId=operation["OperationId"],
        StackInstanceResourceDriftStatuses=["MODIFIED"],
    )["Summaries"]

    assert (found["LogicalResourceId"], found["StackResourceDriftStatus"]) == ("Word", "MODIFIED")
    assert found["PropertyDifferences"][0]["ActualValue"] == "by hand"


def test_an_instance_without_stack_makes_the_detection_fail(world: World) -> None:
    (one,) = world.targets(1, roles=False)
    world.create("absent")
    world.deploy("absent", [one])

    operation = detect(world, "absent")

    assert operation["Status"] == "FAILED"
    assert operation["StackSetDriftDetectionDetails"]["DriftDetectionStatus"] == "FAILED"  # type: ignore[index]


def test_a_set_that_was_never_checked_has_no_details(world: World) -> None:
    world.create("unchecked")

    (summary,) = world.sets.list_stack_sets()["Summaries"]

    assert summary["DriftStatus"] == "NOT_CHECKED"
    assert (
        "StackSetDriftDetectionDetails"
        not in world.sets.describe_stack_set(StackSetName="unchecked")["StackSet"]
    )
