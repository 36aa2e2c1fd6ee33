"""UpdateStackSet."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.stack_sets.world import EAST, WEST, WITH_PARAMETER, World, parameter


def shown_parameters(world: World, name: str) -> dict[str, str]:
    shown = world.sets.describe_stack_set(StackSetName=name)["StackSet"]["Parameters"]
    return {item["ParameterKey"]: item["ParameterValue"] for item in shown}


def test_an_update_reaches_all_instances(world: World) -> None:
    one, two = world.targets(2)
    world.create("all")
    world.deploy("all", [one, two])

    operation = world.update("all", parameter("two"))

    assert (operation["Action"], operation["Status"]) == ("UPDATE", "SUCCEEDED")
    assert (world.word(one), world.word(two)) == ("two", "two")
    assert set(world.states("all").values()) == {("CURRENT", "SUCCEEDED")}


def test_a_template_for_some_instances_leaves_the_others_outdated(world: World) -> None:
    one, two = world.targets(2)
    world.create("some")
    world.deploy("some", [one, two])

    world.update("some", parameter("two"), Accounts=[one], Regions=[WEST])

    assert world.states("some") == {
        (one, WEST): ("CURRENT", "SUCCEEDED"),
        (two, WEST): ("OUTDATED", "PENDING"),
    }
    assert (world.word(one), world.word(two)) == ("two", "one")


def test_an_update_without_template_or_parameters_leaves_the_others_as_they_are(world: World) -> None:
    one, two = world.targets(2)
    world.create("tags")
    world.deploy("tags", [one, two])

    world.update("tags", Accounts=[one], Regions=[WEST], Tags=[{"Key": "a", "Value": "b"}])

    assert set(world.states("tags").values()) == {("CURRENT", "SUCCEEDED")}
    assert world.stacks(one)[0]["Tags"] == [{"Key": "a", "Value": "b"}]
    assert world.stacks(two)[0]["Tags"] == []


def test_an_instance_stays_current_while_only_tags_are_updated(world: World) -> None:
    (one,) = world.targets(1)
    name = f"calm-{world.account}"
    world.create(name)
    world.deploy(name, [one])
    world.pace(name, 2)

    world.sets.update_stack_set(
        StackSetName=name, UsePreviousTemplate=True, Tags=[{"Key": "a", "Value": "b"}]
    )

    assert world.states(name)[one, WEST][0] == "CURRENT"


def test_an_update_of_nothing_succeeds_and_says_so(world: World) -> None:
    (one,) = world.targets(1)
    world.create("same")
    world.deploy("same", [one])

    operation = world.update("same", parameter())

    assert operation["Status"] == "SUCCEEDED"
    assert world.instance("same", one)["Status"] == "CURRENT"
    assert world.instance("same", one)["StatusReason"] == "No updates are to be performed."


def test_a_previous_value_is_kept_and_others_fall_back_to_the_default(world: World) -> None:
    both = [{"ParameterKey": key, "ParameterValue": "mine"} for key in ("Text", "Other")]
    world.create("values", WITH_PARAMETER, Parameters=both)

    world.update("values", Parameters=[{"ParameterKey": "Text", "UsePreviousValue": True}])

    assert shown_parameters(world, "values") == {"Text": "mine", "Other": "x"}


def test_a_parameter_without_default_must_be_given_again(world: World) -> None:
    body = parameter({"Ref": "Needed"}, Parameters={"Needed": {"Type": "String"}})
    world.create("again", body, Parameters=[{"ParameterKey": "Needed", "ParameterValue": "a"}])

    with pytest.raises(ClientError, match=r"Parameters: \[Needed\] must have values"):
        world.update("again", body)


def test_tags_stay_when_not_mentioned_and_go_with_an_empty_list(world: World) -> None:
    (one,) = world.targets(1)
    world.create("tagged", Tags=[{"Key": "a", "Value": "b"}])
    world.deploy("tagged", [one])

    world.update("tagged", parameter("two"))
    kept = world.stacks(one)[0]["Tags"]
    world.update("tagged", parameter("three"), Tags=[])

    assert kept == [{"Key": "a", "Value": "b"}]
    assert world.stacks(one)[0]["Tags"] == []


def test_overrides_of_instances_outlive_an_update_of_the_set(world: World) -> None:
    one, two = world.targets(2)
    world.create("over", WITH_PARAMETER)
    world.deploy("over", [one], ParameterOverrides=[{"ParameterKey": "Text", "ParameterValue": "own"}])
    world.deploy("over", [two])

    world.update("over", Parameters=[{"ParameterKey": "Text", "ParameterValue": "new"}])

    assert (world.word(one), world.word(two)) == ("own", "new")


def test_a_failed_update_changes_the_set_all_the_same(world: World) -> None:
    (one,) = world.targets(1)
    world.create("failing")
    world.deploy("failing", [one])
    body = parameter("{{resolve:ssm:/missing}}")

    operation = world.update("failing", body)

    assert operation["Status"] == "FAILED"
    assert world.sets.describe_stack_set(StackSetName="failing")["StackSet"]["TemplateBody"] == body


def test_an_account_without_instance_is_refused(world: World) -> None:
    (one,) = world.targets(1)
    world.create("missing")
    world.deploy("missing", [one])

    with pytest.raises(ClientError) as error:
        world.update("missing", parameter("two"), Accounts=[one], Regions=[EAST])

    assert error.value.response["Error"]["Code"] == "StackInstanceNotFoundException"
    assert world.states("missing") == {(one, WEST): ("CURRENT", "SUCCEEDED")}


@pytest.mark.parametrize("more", [{"Accounts": ["123456789012"]}, {"Regions": [WEST]}])
def test_accounts_and_regions_belong_together(world: World, more: dict[str, list[str]]) -> None:
    world.create("pair")

    with pytest.raises(ClientError, match="must be specified together"):
        world.update("pair", parameter("two"), **more)


def test_a_template_and_the_previous_one_exclude_each_other(world: World) -> None:
    world.create("both")

    with pytest.raises(ClientError, match="usePreviousTemplate"):
        world.update("both", parameter(), UsePreviousTemplate=True)


def test_a_customized_administrator_role_must_be_named_again(world: World) -> None:
    world.create("custom", AdministrationRoleARN=f"arn:aws:iam::{world.account}:role/MyOwnAdministrator")

    with pytest.raises(ClientError, match="AdministrationRoleARN must be specified"):
        world.update("custom", parameter("two"))


def test_an_empty_set_is_updated_by_an_operation_without_results(world: World) -> None:
    world.create("empty")

    operation = world.update("empty", parameter("two"))

    assert operation["Status"] == "SUCCEEDED"
    assert world.results("empty", operation["OperationId"]) == {}
