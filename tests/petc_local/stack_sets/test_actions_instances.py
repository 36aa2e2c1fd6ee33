"""The actions on stack instances."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.stack_sets.world import (
    EAST,
    SWITCHED,
    WEST,
    WITH_PARAMETER,
    World,
    new_account,
    parameter,
)


def over(key: str, value: str) -> dict[str, str]:
    return {"ParameterKey": key, "ParameterValue": value}


def overrides(world: World, name: str, account: str) -> dict[str, str]:
    found = world.instance(name, account)["ParameterOverrides"]
    return {item["ParameterKey"]: item["ParameterValue"] for item in found}


def update(world: World, name: str, account: str, **more: object) -> None:
    answer = world.sets.update_stack_instances(StackSetName=name, Accounts=[account], Regions=[WEST], **more)
    assert world.over(name, answer)["Status"] == "SUCCEEDED"


def test_instances_are_stacks_in_their_account_and_region(world: World) -> None:
    one, two = world.targets(2)
    world.create("spread", Tags=[{"Key": "team", "Value": "a"}])

    operation = world.deploy("spread", [one, two], (WEST, EAST))

    assert (operation["Action"], operation["Status"]) == ("CREATE", "SUCCEEDED")
    assert set(world.states("spread")) == {(one, WEST), (two, WEST), (one, EAST), (two, EAST)}
    stack = world.stacks(two, EAST)[0]
    assert stack["StackName"].startswith("StackSet-spread-")
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Tags"] == [{"Key": "team", "Value": "a"}]
    assert world.instance("spread", two, EAST)["StackId"] == stack["StackId"]


def test_instances_show_their_operation_and_set(world: World) -> None:
    (one,) = world.targets(1)
    identifier = world.create("shown")
    operation = world.deploy("shown", [one])

    instance = world.instance("shown", one)

    assert instance["LastOperationId"] == operation["OperationId"]
    assert instance["StackSetId"] == identifier
    assert instance["DriftStatus"] == "NOT_CHECKED"
    assert world.sets.describe_stack_set(StackSetName="shown")["StackSet"]["Regions"] == [WEST]


def test_an_instance_that_is_current_is_left_alone_by_a_second_creation(world: World) -> None:
    (one,) = world.targets(1)
    world.create("twice")
    world.deploy("twice", [one])
    before = world.instance("twice", one)["StackId"]

    operation = world.deploy("twice", [one])

    assert operation["Status"] == "SUCCEEDED"
    assert world.instance("twice", one)["StackId"] == before


def test_a_second_creation_retries_what_is_outdated(world: World) -> None:
    (one,) = world.targets(1)
    world.create("retry", SWITCHED)
    world.deploy("retry", [one])
    before = world.states("retry")
    world.switch_on(one)

    operation = world.deploy("retry", [one])

    assert before == {(one, WEST): ("OUTDATED", "FAILED")}
    assert operation["Status"] == "SUCCEEDED"
    assert world.states("retry") == {(one, WEST): ("CURRENT", "SUCCEEDED")}


def test_overrides_are_kept_set_and_put_back_as_the_list_says(world: World) -> None:
    (one,) = world.targets(1)
    world.create("over", WITH_PARAMETER)
    world.deploy("over", [one], ParameterOverrides=[over("Text", "own"), over("Other", "own")])

    update(world, "over", one)
    untouched = overrides(world, "over", one)
    update(world, "over", one, ParameterOverrides=[{"ParameterKey": "Text", "UsePreviousValue": True}])
    kept = overrides(world, "over", one), world.word(one)
    update(world, "over", one, ParameterOverrides=[over("Other", "new")])
    reset = overrides(world, "over", one), world.word(one)

    assert untouched == {"Text": "own", "Other": "own"}
    assert kept == ({"Text": "own"}, "own")
    assert reset == ({"Other": "new"}, "first")


def test_a_hidden_override_is_masked(world: World) -> None:
    (one,) = world.targets(1)
    body = parameter(
        {"Ref": "Secret"}, Parameters={"Secret": {"Type": "String", "NoEcho": True, "Default": "a"}}
    )
    world.create("masked", body)

    world.deploy("masked", [one], ParameterOverrides=[over("Secret", "hush")])

    assert overrides(world, "masked", one) == {"Secret": "****"}
    assert world.word(one) == "hush"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"ParameterKey": "Odd", "ParameterValue": "x"}, "do not exist in the template"),
        ({"ParameterKey": "Text", "ParameterValue": "x", "UsePreviousValue": True}, "usePreviousValue"),
    ],
)
def test_overrides_that_make_no_sense_are_refused(world: World, given: dict[str, object], says: str) -> None:
    world.create("odd", WITH_PARAMETER)

    with pytest.raises(ClientError, match=says):
        world.deploy("odd", world.targets(1), ParameterOverrides=[given])


def test_updating_instances_that_do_not_exist_is_refused(world: World) -> None:
    world.create("none")

    with pytest.raises(ClientError) as error:
        update(world, "none", new_account())

    assert error.value.response["Error"]["Code"] == "StackInstanceNotFoundException"


def test_deletion_takes_the_stack_away(world: World) -> None:
    one, two = world.targets(2)
    world.create("fewer")
    world.deploy("fewer", [one, two])

    operation = world.remove("fewer", [one])

    assert (operation["Action"], operation["Status"], operation["RetainStacks"]) == (
        "DELETE",
        "SUCCEEDED",
        False,
    )
    assert set(world.states("fewer")) == {(two, WEST)}
    assert world.stacks(one) == []


def test_retained_stacks_stay_when_their_instances_go(world: World) -> None:
    (one,) = world.targets(1)
    world.create("retained")
    world.deploy("retained", [one])

    operation = world.remove("retained", [one], RetainStacks=True)

    assert operation["RetainStacks"] is True
    assert world.states("retained") == {}
    assert world.stacks(one)[0]["StackStatus"] == "CREATE_COMPLETE"


def test_deleting_instances_that_do_not_exist_does_nothing(world: World) -> None:
    world.create("nothing")

    operation = world.remove("nothing", [new_account()])

    assert operation["Status"] == "SUCCEEDED"


def test_an_instance_that_does_not_exist_is_not_found(world: World) -> None:
    world.create("lost")

    with pytest.raises(ClientError) as error:
        world.instance("lost", new_account())

    assert error.value.response["Error"]["Code"] == "StackInstanceNotFoundException"


def test_lists_are_filtered_by_account_region_and_detailed_status(world: World) -> None:
    one, two = world.targets(2)
    (odd,) = world.targets(1, roles=False)
    world.create("filtered")
    world.deploy("filtered", [one, two, odd], (WEST, EAST), OperationPreferences={"FailureToleranceCount": 1})

    def found(**more: object) -> set[tuple[str, str]]:
        summaries = world.sets.list_stack_instances(StackSetName="filtered", **more)["Summaries"]
        return {(item["Account"], item["Region"]) for item in summaries}

    assert found(StackInstanceAccount=one) == {(one, WEST), (one, EAST)}
    assert found(StackInstanceRegion=EAST) == {(one, EAST), (two, EAST), (odd, EAST)}
    assert found(Filters=[{"Name": "DETAILED_STATUS", "Values": "FAILED"}]) == {(odd, WEST), (odd, EAST)}
    assert found(Filters=[{"Name": "DRIFT_STATUS", "Values": "DRIFTED"}]) == set()


def test_lists_come_in_pages(world: World) -> None:
    accounts = world.targets(5)
    world.create("pages")
    world.deploy(
        "pages", accounts, OperationPreferences={"MaxConcurrentCount": 5, "FailureToleranceCount": 4}
    )

    pages = list(
        world.sets.get_paginator("list_stack_instances").paginate(
            StackSetName="pages", PaginationConfig={"PageSize": 2}
        )
    )

    assert [len(page["Summaries"]) for page in pages] == [2, 2, 1]
    assert {item["Account"] for page in pages for item in page["Summaries"]} == set(accounts)


def test_a_token_of_another_list_is_refused(world: World) -> None:
    accounts = world.targets(2)
    world.create("token")
    world.deploy("token", accounts)
    token = world.sets.list_stack_instances(StackSetName="token", MaxResults=1)["NextToken"]

    with pytest.raises(ClientError, match="Invalid NextToken"):
        world.sets.list_stack_set_operations(StackSetName="token", NextToken=token)


@pytest.mark.parametrize(
    "more",
    [
        {
            "Accounts": ["123456789012"],
            "DeploymentTargets": {"Accounts": ["123456789012"]},
            "Regions": [WEST],
        },
        {"Regions": [WEST]},
        {"Accounts": ["123456789012"], "Regions": []},
        {"DeploymentTargets": {"OrganizationalUnitIds": ["ou-abcd-12345678"]}, "Regions": [WEST]},
    ],
)
def test_targets_that_say_too_much_or_too_little_are_refused(world: World, more: dict[str, object]) -> None:
    world.create("unclear")

    with pytest.raises(ClientError) as error:
        world.sets.create_stack_instances(StackSetName="unclear", **more)

    assert error.value.response["Error"]["Code"] == "ValidationError"
    assert world.sets.list_stack_set_operations(StackSetName="unclear")["Summaries"] == []


def test_a_removed_parameter_takes_its_override_out_of_the_stack(world: World) -> None:
    (one,) = world.targets(1)
    world.create("dropped", WITH_PARAMETER)
    world.deploy("dropped", [one], ParameterOverrides=[over("Text", "own")])

    operation = world.update("dropped", parameter("plain"))

    assert operation["Status"] == "SUCCEEDED"
    assert world.word(one) == "plain"
