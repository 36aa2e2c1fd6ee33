"""What is seen of stack sets."""

from __future__ import annotations

import time
from typing import Any

from petc.deploy.desired import DesiredState
from petc.deploy.execute.events import silent
from petc.deploy.execute.executor import execute
from petc.deploy.observed import CURRENT, INOPERABLE, OUTDATED
from petc.deploy.plan.types import Operation, OperationKind
from tests.deploy.execute.small import engine, observed, planned, wanted
from tests.deploy.execute.test_executor import Unrecorded, update_by_hand
from tests.petc_local.running import LocalAws

NAME = "small-dev-01-base"


def deployed(aws: LocalAws, **values: str) -> DesiredState:
    stage = wanted(aws.account, values)
    execute(planned(stage, observed(stage, engine(stage))), engine(stage), "t", Unrecorded(), silent)
    return stage


def test_before_the_first_deployment_there_is_nothing(aws: LocalAws) -> None:
    seen = observed(stage := wanted(aws.account, {"base": "1"}), engine(stage))

    assert seen.account == aws.account
    assert dict(seen.layers) == {}


def test_a_layer_is_seen_with_what_its_stacks_hold(aws: LocalAws) -> None:
    stage = deployed(aws, base="1")

    layer = observed(stage, engine(stage)).layers[NAME]
    stack = layer.deployed[stage.targets[0]]
    assert layer.template == stack.template == stage.layers[0].template
    assert layer.tags == {"petc:layer": "base", "petc:spec": "small", "petc:stage": "dev"}
    assert stack.standing == CURRENT
    assert stack.stack_status == "CREATE_COMPLETE"
    assert stack.stack_name.startswith(f"StackSet-{NAME}-")
    assert (stack.parameters, stack.outputs) == ({"Size": "s"}, {"Value": "base"})


def test_a_layer_that_the_spec_no_longer_has_is_seen(aws: LocalAws) -> None:
    deployed(aws, base="1", middle="2")
    stage = wanted(aws.account, {"base": "1"})

    assert "small-dev-02-middle" in observed(stage, engine(stage)).layers


def test_a_set_of_another_stage_with_the_same_beginning_is_not_seen(aws: LocalAws) -> None:
    stage = deployed(aws, base="1")
    aws.client("cloudformation").create_stack_set(
        StackSetName="small-dev-02-other", TemplateBody=stage.layers[0].template
    )

    assert list(observed(stage, engine(stage)).layers) == [NAME]


def test_a_running_operation_of_someone_else_is_seen(aws: LocalAws) -> None:
    stage = deployed(aws, base="1")
    aws.faults.stall(logical_id="Value", seconds=2)
    update_by_hand(aws, "5")

    assert observed(stage, engine(stage)).layers[NAME].busy == "of-someone-else"


def test_a_stack_that_could_not_follow_its_set_keeps_its_own_template(aws: LocalAws) -> None:
    stage = deployed(aws, base="1")
    # By account: the stalled update of the test before, in another account, would meet it first.
    aws.faults.fail(logical_id="Value", on=("update",), reason="no room", account=aws.account)
    changed = wanted(aws.account, {"base": "9"})
    by = engine(changed)
    (step,) = planned(changed, observed(changed, by)).steps
    (operation,) = step.operations
    by.begin(operation, "t2", {changed.layers[0].sha256: changed.layers[0].template})
    while by.progress(operation, "t2").state.value == "running":
        pass

    layer = observed(changed, by).layers[NAME]
    stack = layer.deployed[changed.targets[0]]
    assert stack.standing == OUTDATED
    assert "no room" in stack.reason
    assert (layer.template, stack.template) == (changed.layers[0].template, stage.layers[0].template)


def test_a_stack_deleted_by_hand_leaves_its_instance_without_a_stack(aws: LocalAws) -> None:
    stage = deployed(aws, base="1")
    client = aws.client("cloudformation")
    client.delete_stack(StackName=client.describe_stacks()["Stacks"][0]["StackId"])

    found = observed(stage, engine(stage)).layers[NAME].deployed[stage.targets[0]]

    assert not found.exists


def test_a_set_is_deleted_after_its_instances(aws: LocalAws) -> None:
    stage = deployed(aws, base="1")
    by = engine(stage)
    instances = Operation("i", OperationKind.DELETE_INSTANCES, NAME, stage.targets)
    by.begin(instances, "t2", {})
    while by.progress(instances, "t2").state.value == "running":
        pass

    gone = Operation("s", OperationKind.DELETE_SET, NAME)
    by.begin(gone, "t2", {})

    assert by.progress(gone, "t2").state.value == "succeeded"
    assert by.begin(gone, "t2", {}) is None
    assert dict(observed(stage, by).layers) == {}


def let_go(aws: LocalAws, **values: str) -> DesiredState:
    """Deploy two layers and take the instance of the first away, its stack retained."""
    stage = deployed(aws, **values, middle="2")
    client = aws.client("cloudformation")
    client.delete_stack_instances(
        StackSetName=NAME, Accounts=[aws.account], Regions=[aws.region], RetainStacks=True
    )
    while client.list_stack_instances(StackSetName=NAME)["Summaries"] or running(client):
        time.sleep(0.05)
    return stage


def running(client: Any) -> bool:
    operations = client.list_stack_set_operations(StackSetName=NAME)["Summaries"]
    return any(item["Status"] == "RUNNING" for item in operations)


def test_a_stack_that_its_set_let_go_counts_as_given_up(aws: LocalAws) -> None:
    stage = let_go(aws, base="1")

    one = observed(stage, engine(stage)).layers[NAME].deployed[stage.targets[0]]
    assert (one.standing, one.stack_status) == (INOPERABLE, "CREATE_COMPLETE")
    assert one.exists
    assert one.template == stage.layers[0].template


def test_a_stack_of_that_name_without_the_tags_of_the_stage_is_not_ours(aws: LocalAws) -> None:
    stage = let_go(aws, base="1")
    client = aws.client("cloudformation")
    (left,) = (item for item in client.describe_stacks()["Stacks"] if NAME in item["StackName"])
    client.update_stack(
        StackName=left["StackId"], UsePreviousTemplate=True, Tags=[{"Key": "a", "Value": "b"}]
    )

    assert dict(observed(stage, engine(stage)).layers[NAME].deployed) == {}


def test_overrides_of_an_instance_that_is_not_current_are_asked_for(aws: LocalAws) -> None:
    """One that equals the set's value shows in no stack, and would outlive a change of that value."""
    stage = deployed(aws, base="1")
    target = stage.targets[0]
    client = aws.client("cloudformation")
    place = {"Accounts": [target.account], "Regions": [target.region]}
    own = [{"ParameterKey": "Size", "ParameterValue": "s"}]
    client.update_stack_instances(StackSetName=NAME, ParameterOverrides=own, **place)
    settled(stage)
    current = observed(stage, engine(stage)).layers[NAME].deployed[target]
    aws.faults.fail(logical_id="Value", on=("update",), account=aws.account)
    template = stage.layers[0].template.replace('Value: "1"', 'Value: "2"')
    roles = {
        "AdministrationRoleARN": f"arn:aws:iam::{aws.account}:role/petc-administration",
        "ExecutionRoleName": "petc-execution",
    }
    client.update_stack_set(StackSetName=NAME, TemplateBody=template, **roles)
    settled(stage)
    aws.faults.clear()
    outdated = observed(stage, engine(stage)).layers[NAME].deployed[target]

    assert (current.standing, current.overrides) == (CURRENT, None)
    assert (outdated.standing, outdated.overrides) == (OUTDATED, {"Size": "s"})


def settled(stage: DesiredState) -> None:
    """Wait until no operation runs."""
    while observed(stage, engine(stage)).layers[NAME].busy:
        time.sleep(0.05)
