"""Which operations may begin, how they walk through targets, and how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.stack_sets.world import EAST, FAILING, SWITCHED, WEST, World, parameter


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def begin(
    world: World, name: str, accounts: list[str], regions: tuple[str, ...] = (WEST,), **more: object
) -> str:
    answer = world.sets.create_stack_instances(
        StackSetName=name, Accounts=accounts, Regions=list(regions), **more
    )
    return str(answer["OperationId"])


def test_a_second_operation_on_a_set_is_refused_while_one_runs(world: World) -> None:
    (one,) = world.targets(1)
    name = f"busy-{world.account}"
    world.pace(name, 2)
    world.create(name)
    begin(world, name, [one])

    with pytest.raises(
        ClientError, match=f"Another Operation on StackSet arn:.*{name}.* is in progress"
    ) as update:
        world.sets.update_stack_set(StackSetName=name, TemplateBody=parameter("two"))
    with pytest.raises(ClientError) as delete:
        world.sets.delete_stack_set(StackSetName=name)

    assert code(update) == code(delete) == "OperationInProgressException"
    assert world.sets.describe_stack_set(StackSetName=name)["StackSet"]["TemplateBody"] == parameter()


def test_instances_are_outdated_and_running_while_their_operation_runs(world: World) -> None:
    one, two = world.targets(2)
    name = f"running-{world.account}"
    world.pace(name, 2)
    world.create(name)
    operation_id = begin(world, name, [one, two])

    results = world.until(lambda: world.results(name, operation_id), lambda it: it[one, WEST] == "RUNNING")

    assert results == {(one, WEST): "RUNNING", (two, WEST): "PENDING"}
    assert world.states(name) == {(one, WEST): ("OUTDATED", "RUNNING"), (two, WEST): ("OUTDATED", "PENDING")}
    assert world.operation(name, operation_id)["Status"] == "RUNNING"
    assert "EndTimestamp" not in world.operation(name, operation_id)


def test_an_operation_id_is_the_clients_and_used_once(world: World) -> None:
    (one,) = world.targets(1)
    world.create("mine")
    world.deploy("mine", [one], OperationId="my-own-id")

    with pytest.raises(ClientError) as error:
        world.deploy("mine", [one], OperationId="my-own-id")

    assert code(error) == "OperationIdAlreadyExistsException"
    assert world.operation("mine", "my-own-id")["Status"] == "SUCCEEDED"


def test_repeating_an_operation_after_another_one_is_stale(world: World) -> None:
    (one,) = world.targets(1)
    world.create("stale")
    world.deploy("stale", [one], OperationId="first")
    world.deploy("stale", [one], OperationId="second")

    with pytest.raises(ClientError) as error:
        world.deploy("stale", [one], OperationId="first")

    assert code(error) == "StaleRequestException"


def test_a_repeated_request_is_told_so_while_its_operation_runs(world: World) -> None:
    (one,) = world.targets(1)
    name = f"repeat-{world.account}"
    world.pace(name, 2)
    world.create(name)
    begin(world, name, [one], OperationId="first")

    with pytest.raises(ClientError) as error:
        begin(world, name, [one], OperationId="first")

    assert code(error) == "OperationIdAlreadyExistsException"


def test_a_region_beyond_tolerance_stops_the_operation(world: World) -> None:
    accounts = world.targets(3)
    world.create("beyond", FAILING)

    operation = world.deploy("beyond", accounts, (WEST, EAST))
    results = world.results("beyond", operation["OperationId"])

    assert operation["Status"] == "FAILED"
    assert operation["StatusDetails"] == {"FailedStackInstancesCount": 1}
    assert sorted(results.values()) == ["CANCELLED"] * 5 + ["FAILED"]
    assert results[accounts[0], WEST] == "FAILED"
    cancelled = world.instance("beyond", accounts[2], EAST)
    assert (cancelled["Status"], cancelled["StackInstanceStatus"]["DetailedStatus"]) == (
        "OUTDATED",
        "CANCELLED",
    )
    assert cancelled["StatusReason"] == "Cancelled since failure tolerance has exceeded"


def test_failures_within_tolerance_let_the_operation_succeed(world: World) -> None:
    good, bad = world.targets(2)
    world.switch_on(good)
    world.create("within", SWITCHED)

    operation = world.deploy("within", [bad, good], OperationPreferences={"FailureToleranceCount": 1})

    assert operation["Status"] == "SUCCEEDED"
    assert operation["StatusDetails"] == {"FailedStackInstancesCount": 1}
    assert world.states("within") == {
        (good, WEST): ("CURRENT", "SUCCEEDED"),
        (bad, WEST): ("OUTDATED", "FAILED"),
    }


def test_tolerance_counts_within_a_region(world: World) -> None:
    (one,) = world.targets(1)
    world.create("each", FAILING)

    operation = world.deploy(
        "each", [one], (WEST, EAST), OperationPreferences={"FailureTolerancePercentage": 100}
    )

    assert operation["Status"] == "SUCCEEDED"
    assert operation["StatusDetails"] == {"FailedStackInstancesCount": 2}


def test_regions_follow_their_order_one_after_the_other(world: World) -> None:
    (one,) = world.targets(1)
    name = f"order-{world.account}"
    world.pace(name, 2)
    world.create(name)
    operation_id = begin(world, name, [one], (WEST, EAST), OperationPreferences={"RegionOrder": [EAST, WEST]})

    results = world.until(lambda: world.results(name, operation_id), lambda it: "RUNNING" in it.values())

    assert results == {(one, EAST): "RUNNING", (one, WEST): "PENDING"}


def test_regions_run_together_when_parallel(world: World) -> None:
    (one,) = world.targets(1)
    name = f"parallel-{world.account}"
    world.pace(name, 3)
    world.create(name)
    operation_id = begin(
        world, name, [one], (WEST, EAST), OperationPreferences={"RegionConcurrencyType": "PARALLEL"}
    )

    results = world.until(lambda: world.results(name, operation_id), lambda it: "RUNNING" in it.values())

    assert results == {(one, WEST): "RUNNING", (one, EAST): "RUNNING"}
    shown = world.operation(name, operation_id)["OperationPreferences"]
    assert shown == {"RegionConcurrencyType": "PARALLEL", "RegionOrder": []}


@pytest.mark.parametrize(
    ("preferences", "together"),
    [
        ({}, 1),
        ({"MaxConcurrentCount": 4}, 1),
        ({"MaxConcurrentCount": 4, "FailureToleranceCount": 1}, 2),
        ({"MaxConcurrentPercentage": 50, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}, 2),
        ({"MaxConcurrentCount": 4, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}, 4),
    ],
)
def test_accounts_run_together_as_the_preferences_allow(
    world: World, preferences: dict[str, object], together: int
) -> None:
    name = f"together-{world.account}"
    world.pace(name, 3)
    world.create(name)
    operation_id = begin(world, name, world.targets(4), OperationPreferences=preferences)

    results = world.until(lambda: world.results(name, operation_id), lambda it: "RUNNING" in it.values())

    assert list(results.values()).count("RUNNING") == together


def test_a_stop_begins_nothing_more_while_others_still_run(world: World) -> None:
    quick, slow, late = world.targets(3)
    name = f"staggered-{world.account}"
    world.pace(f"{name}/{quick}/*", 1)
    world.pace(f"{name}/{slow}/*", 1.5)
    world.create(name)
    preferences = {"MaxConcurrentCount": 2, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}
    operation_id = begin(world, name, [quick, slow, late], OperationPreferences=preferences)

    world.sets.stop_stack_set_operation(StackSetName=name, OperationId=operation_id)
    world.until(lambda: world.results(name, operation_id), lambda it: it[quick, WEST] == "SUCCEEDED")
    operation = world.over(name, {"OperationId": operation_id})

    assert operation["Status"] == "STOPPED"
    assert world.results(name, operation_id) == {
        (quick, WEST): "SUCCEEDED",
        (slow, WEST): "SUCCEEDED",
        (late, WEST): "CANCELLED",
    }


def test_a_stop_cancels_what_has_not_begun_and_lets_the_rest_end(world: World) -> None:
    one, two = world.targets(2)
    name = f"stop-{world.account}"
    world.pace(name, 1)
    world.create(name)
    operation_id = begin(world, name, [one, two])
    world.until(lambda: world.results(name, operation_id), lambda it: it[one, WEST] == "RUNNING")

    world.sets.stop_stack_set_operation(StackSetName=name, OperationId=operation_id)
    at_once = world.operation(name, operation_id)["Status"]
    operation = world.over(name, {"OperationId": operation_id})

    assert (at_once, operation["Status"]) == ("STOPPING", "STOPPED")
    assert world.results(name, operation_id) == {(one, WEST): "SUCCEEDED", (two, WEST): "CANCELLED"}
    assert world.states(name) == {
        (one, WEST): ("CURRENT", "SUCCEEDED"),
        (two, WEST): ("OUTDATED", "CANCELLED"),
    }


def test_an_operation_that_is_over_cannot_be_stopped(world: World) -> None:
    world.create("over")
    operation = world.deploy("over", world.targets(1))

    with pytest.raises(ClientError) as error:
        world.sets.stop_stack_set_operation(StackSetName="over", OperationId=operation["OperationId"])

    assert code(error) == "InvalidOperationException"


def test_managed_execution_runs_what_does_not_conflict_and_queues_the_rest(world: World) -> None:
    one, two = world.targets(2)
    name = f"managed-{world.account}"
    world.pace(name, 1)
    world.create(name, ManagedExecution={"Active": True})

    first = begin(world, name, [one])
    beside = begin(world, name, [two])
    behind = begin(world, name, [one], ParameterOverrides=[])
    world.until(lambda: world.operation(name, beside)["Status"], lambda it: it == "RUNNING")

    statuses = [world.operation(name, item)["Status"] for item in (first, beside, behind)]
    ended = [world.over(name, {"OperationId": item}) for item in (first, beside, behind)]

    assert statuses == ["RUNNING", "RUNNING", "QUEUED"]
    assert [item["Status"] for item in ended] == ["SUCCEEDED"] * 3
    assert ended[2]["EndTimestamp"] - ended[0]["EndTimestamp"] >= timedelta(seconds=0)


def test_a_queued_operation_can_be_stopped(world: World) -> None:
    (one,) = world.targets(1)
    name = f"queued-{world.account}"
    world.pace(name, 1)
    world.create(name, ManagedExecution={"Active": True})
    first = begin(world, name, [one])
    second = begin(world, name, [one])

    world.sets.stop_stack_set_operation(StackSetName=name, OperationId=second)

    assert world.operation(name, second)["Status"] == "STOPPED"
    assert world.over(name, {"OperationId": first})["Status"] == "SUCCEEDED"


def test_the_execution_configuration_stays_while_operations_run(world: World) -> None:
    (one,) = world.targets(1)
    name = f"config-{world.account}"
    world.pace(name, 2)
    world.create(name, ManagedExecution={"Active": True})
    begin(world, name, [one])

    with pytest.raises(ClientError) as error:
        world.sets.update_stack_set(
            StackSetName=name, UsePreviousTemplate=True, ManagedExecution={"Active": False}
        )

    assert code(error) == "InvalidOperationException"


def test_counts_and_percentages_exclude_each_other(world: World) -> None:
    world.create("both")

    with pytest.raises(ClientError, match="but not both"):
        begin(
            world,
            "both",
            world.targets(1),
            OperationPreferences={"MaxConcurrentCount": 1, "MaxConcurrentPercentage": 50},
        )
