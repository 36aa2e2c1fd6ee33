"""What becomes of an instance when its stack succeeds, fails, or is gone."""

from __future__ import annotations

import re

from tests.petc_local.stack_sets.world import FAILING, WEST, World, parameter, template

STUBBORN = template({"It": {"Type": "AWS::Test::Stubborn"}})
CAUSE = re.compile(
    r"ResourceLogicalId:Word, ResourceType:AWS::SSM::Parameter, ResourceStatusReason:.*missing.*\."
)


def test_a_failed_creation_leaves_no_stack_and_the_first_cause(world: World) -> None:
    (one,) = world.targets(1)
    world.create("failed", FAILING)

    operation = world.deploy("failed", [one])
    instance = world.instance("failed", one)

    assert (operation["Status"], operation["StatusDetails"]) == ("FAILED", {"FailedStackInstancesCount": 1})
    assert (instance["Status"], instance["StackInstanceStatus"]) == ("OUTDATED", {"DetailedStatus": "FAILED"})
    assert CAUSE.fullmatch(instance["StatusReason"]), instance["StatusReason"]
    assert world.stacks(one) == []


def test_the_cause_stands_in_the_results_too(world: World) -> None:
    (one,) = world.targets(1)
    world.create("failed", FAILING)
    operation = world.deploy("failed", [one])

    (result,) = world.sets.list_stack_set_operation_results(
        StackSetName="failed", OperationId=operation["OperationId"]
    )["Summaries"]

    assert result["Status"] == "FAILED"
    assert CAUSE.fullmatch(result["StatusReason"])
    assert result["AccountGateResult"]["Status"] == "SKIPPED"


def test_the_events_of_a_deleted_stack_can_still_be_read(world: World) -> None:
    (one,) = world.targets(1)
    world.create("failed", FAILING)
    world.deploy("failed", [one])
    stack_id = world.instance("failed", one)["StackId"]

    events = world.client("cloudformation", one).describe_stack_events(StackName=stack_id)["StackEvents"]

    assert {"CREATE_FAILED", "DELETE_COMPLETE"} <= {event["ResourceStatus"] for event in events}


def test_a_failed_update_rolls_back_and_leaves_the_instance_outdated(world: World) -> None:
    (one,) = world.targets(1)
    world.create("back")
    world.deploy("back", [one])

    operation = world.update("back", FAILING)
    instance = world.instance("back", one)

    assert operation["Status"] == "FAILED"
    assert (instance["Status"], instance["StackInstanceStatus"]) == ("OUTDATED", {"DetailedStatus": "FAILED"})
    assert CAUSE.fullmatch(instance["StatusReason"])
    assert world.stacks(one)[0]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert world.word(one) == "one"


def test_the_cause_of_a_second_failure_is_not_that_of_the_first(world: World) -> None:
    (one,) = world.targets(1)
    world.create("second")
    world.deploy("second", [one])
    world.update("second", FAILING)

    world.update("second", parameter("{{resolve:ssm:/absent}}"))

    assert "absent" in world.instance("second", one)["StatusReason"]


def held(world: World, name: str) -> str:
    """Return an account where a set's instance was to be deleted, and its stack would not go."""
    (one,) = world.targets(1)
    world.create(name, STUBBORN)
    world.deploy(name, [one])
    world.client("ssm", one).put_parameter(Name="/hold", Value="on", Type="String")
    world.remove(name, [one])
    return one


def test_a_failed_deletion_leaves_the_instance_inoperable(world: World) -> None:
    one = held(world, "held")

    instance = world.instance("held", one)

    assert (instance["Status"], instance["StackInstanceStatus"]) == (
        "INOPERABLE",
        {"DetailedStatus": "INOPERABLE"},
    )
    assert instance["StatusReason"] == (
        "ResourceLogicalId:It, ResourceType:AWS::Test::Stubborn, ResourceStatusReason:it holds on."
    )
    assert world.stacks(one)[0]["StackStatus"] == "DELETE_FAILED"


def test_inoperable_instances_take_no_part_in_updates(world: World) -> None:
    one = held(world, "skipped")

    operation = world.update("skipped", parameter())

    assert world.results("skipped", operation["OperationId"]) == {}
    assert world.states("skipped") == {(one, WEST): ("INOPERABLE", "INOPERABLE")}


def test_inoperable_instances_take_no_part_in_updates_of_instances(world: World) -> None:
    one = held(world, "left-out")

    answer = world.sets.update_stack_instances(StackSetName="left-out", Accounts=[one], Regions=[WEST])
    world.over("left-out", answer)

    assert world.results("left-out", answer["OperationId"]) == {}


def test_an_inoperable_instance_goes_when_its_stack_is_retained(world: World) -> None:
    one = held(world, "left")

    operation = world.remove("left", [one], RetainStacks=True)

    assert operation["Status"] == "SUCCEEDED"
    assert world.states("left") == {}
    assert world.stacks(one)[0]["StackStatus"] == "DELETE_FAILED"


def test_an_inoperable_instance_can_be_deleted_when_its_stack_lets_go(world: World) -> None:
    one = held(world, "released")
    world.client("ssm", one).delete_parameter(Name="/hold")

    operation = world.remove("released", [one])

    assert operation["Status"] == "SUCCEEDED"
    assert world.states("released") == {}
    assert world.stacks(one) == []


def test_a_stack_deleted_by_hand_is_made_again_by_an_update(world: World) -> None:
    (one,) = world.targets(1)
    world.create("hand")
    world.deploy("hand", [one])
    world.client("cloudformation", one).delete_stack(StackName=world.stacks(one)[0]["StackName"])
    world.until(lambda: world.stacks(one), lambda stacks: not stacks)

    operation = world.update("hand", parameter("two"))

    assert operation["Status"] == "SUCCEEDED"
    assert world.word(one) == "two"


def test_a_stack_that_cannot_even_begin_fails_its_instance(world: World) -> None:
    """The value of a Systems Manager parameter is looked up in the target."""
    has, lacks = world.targets(2)
    definitions = {"Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/switch"}}
    world.switch_on(has)
    world.create("lookup", parameter({"Ref": "Image"}, Parameters=definitions))

    world.deploy("lookup", [has, lacks])
    failed = world.instance("lookup", lacks)

    assert world.word(has) == "on"
    assert "'/switch' does not exist" in failed["StatusReason"]
    assert "StackId" not in failed
    assert world.stacks(lacks) == []


def test_what_a_cut_off_creation_left_is_replaced(world: World) -> None:
    (one,) = world.targets(1)
    world.create("half")
    world.deploy("half", [one])
    before = world.instance("half", one)["StackId"]
    world.ask(Action="SetStatus", Account=one, Status="CREATE_FAILED")

    operation = world.update("half", parameter("two"))

    assert operation["Status"] == "SUCCEEDED"
    assert (
        [stack["StackId"] for stack in world.stacks(one)]
        == [world.instance("half", one)["StackId"]]
        != [before]
    )
    assert world.word(one) == "two"


def test_the_stack_of_an_instance_is_named_while_it_is_made(world: World) -> None:
    (one,) = world.targets(1)
    world.create("slow", template({"Wait": {"Type": "AWS::Test::Slow"}}))
    answer = world.sets.create_stack_instances(StackSetName="slow", Accounts=[one], Regions=[WEST])

    instance = world.until(lambda: world.instance("slow", one), lambda it: "StackId" in it)
    running = instance["StackInstanceStatus"]["DetailedStatus"]
    world.client("ssm", one).put_parameter(Name="/go", Value="on", Type="String")

    assert running == "RUNNING"
    assert world.over("slow", answer)["Status"] == "SUCCEEDED"
    assert world.instance("slow", one)["StackId"] == instance["StackId"]


def test_an_instance_whose_stack_is_gone_can_be_deleted(world: World) -> None:
    (one,) = world.targets(1)
    world.create("hand")
    world.deploy("hand", [one])
    world.client("cloudformation", one).delete_stack(StackName=world.stacks(one)[0]["StackName"])
    world.until(lambda: world.stacks(one), lambda stacks: not stacks)

    operation = world.remove("hand", [one])

    assert operation["Status"] == "SUCCEEDED"
    assert world.states("hand") == {}


def test_an_account_without_execution_role_can_only_be_left_behind(world: World) -> None:
    (one,) = world.targets(1, roles=False)
    world.create("locked")
    world.deploy("locked", [one])

    deleted = world.remove("locked", [one])
    state = world.states("locked")
    left = world.remove("locked", [one], RetainStacks=True)

    assert (deleted["Status"], left["Status"]) == ("FAILED", "SUCCEEDED")
    assert state == {(one, WEST): ("INOPERABLE", "INOPERABLE")}


def test_an_account_without_execution_role_fails_with_the_reason(world: World) -> None:
    (one,) = world.targets(1, roles=False)
    world.create("role")

    world.deploy("role", [one])

    assert world.instance("role", one)["StatusReason"] == (
        f"Account {one} should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to "
        "Role 'AWSCloudFormationStackSetAdministrationRole'."
    )
    assert "StackId" not in world.instance("role", one)


def test_a_role_of_another_name_is_used_where_the_set_names_it(world: World) -> None:
    (one,) = world.targets(1, roles=False)
    world.add_execution_role(one, "MyExecution")
    world.create("named", ExecutionRoleName="MyExecution")

    operation = world.deploy("named", [one])

    assert operation["Status"] == "SUCCEEDED"
    assert operation["ExecutionRoleName"] == "MyExecution"


def test_a_set_without_administration_role_fails_with_the_reason(world: World) -> None:
    (one,) = world.targets(1)
    world.create("admin", AdministrationRoleARN=f"arn:aws:iam::{world.account}:role/Missing-Administrator")

    world.deploy("admin", [one])

    assert world.instance("admin", one)["StatusReason"] == (
        f"Account {world.account} should have 'Missing-Administrator' role with trust relationship to "
        "CloudFormation service."
    )
