"""From what is wanted and observed to a plan, tried on a small CloudFormation."""

from __future__ import annotations

import pytest

from petc.deploy.desired import DesiredState
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Action, OperationKind, Phase
from tests.deploy.plan.sample import HERE, SIX, TWO, body, imported, output, ref, topic, wanted
from tests.deploy.plan.world import World

NETWORK = body({"Vpc": topic()}, {"VpcId": output(ref("Vpc"), "vpc")})
SERVICE = body({"Group": topic(imported("vpc"))})
LAYERS = {"network": NETWORK, "service": SERVICE}


def deployed(stage: DesiredState) -> World:
    world = World()
    world.run(plan(stage, world.observed()))
    return world


@pytest.mark.parametrize("engine", ["stack-sets", "stacks"])
def test_nothing_deployed_is_made_layer_by_layer(engine: str) -> None:
    stage = wanted(LAYERS, TWO, engine=engine)  # type: ignore[arg-type]
    made = plan(stage, World().observed())

    assert [step.layer for step in made.steps] == ["network", "service"]
    assert made.steps[1].after == (made.steps[0].id,)
    assert {change.action for change in made.layers} == {Action.CREATE}


def test_a_stack_set_is_made_before_its_instances() -> None:
    made = plan(wanted(LAYERS, SIX), World().observed())

    kinds = [operation.kind for operation in made.steps[0].operations]
    assert kinds == [OperationKind.CREATE_SET, OperationKind.CREATE_INSTANCES]
    assert made.steps[0].operations[1].targets == SIX


@pytest.mark.parametrize("engine", ["stack-sets", "stacks"])
def test_a_second_plan_finds_nothing_to_do(engine: str) -> None:
    stage = wanted(LAYERS, SIX, engine=engine)  # type: ignore[arg-type]
    world = deployed(stage)
    again = plan(stage, world.observed())

    assert again.is_empty
    assert {change.action for change in again.layers} == {Action.UNCHANGED}
    assert [change.groups[0].targets for change in again.layers] == [SIX, SIX]


def test_a_changed_layer_alone_is_updated() -> None:
    world = deployed(wanted(LAYERS, SIX))
    stage = wanted({**LAYERS, "service": body({"Group": topic(imported("vpc")), "More": topic()})}, SIX)
    made = plan(stage, world.observed())

    assert [(step.layer, step.phase, step.after) for step in made.steps] == [("service", Phase.ONLY, ())]
    assert [operation.kind for operation in made.steps[0].operations] == [OperationKind.UPDATE_SET]
    assert made.steps[0].operations[0].targets == ()


def test_the_same_input_gives_the_same_plan() -> None:
    stage = wanted(LAYERS, SIX)

    assert plan(stage, World().observed()) == plan(stage, World().observed())


def test_a_value_of_one_target_is_an_override() -> None:
    held = body({"Topic": topic(ref("Name"))}, Parameters={"Name": {"Type": "String", "Default": "none"}})
    stage = wanted({"a": held}, TWO, {"a": {TWO[1]: {"Name": "other"}}})
    world = deployed(stage)

    assert world.sets["shop-dev-01-a"].parameters == {"Name": "none"}
    assert world.stacks["shop-dev-01-a", TWO[1]].parameters == {"Name": "other"}
    assert plan(stage, world.observed()).is_empty


def test_another_value_of_one_target_updates_that_instance_alone() -> None:
    held = body({"Topic": topic(ref("Name"))}, Parameters={"Name": {"Type": "String", "Default": "none"}})
    world = deployed(wanted({"a": held}, TWO))
    stage = wanted({"a": held}, TWO, {"a": {TWO[1]: {"Name": "other"}}})
    made = plan(stage, world.observed())
    world.run(made)

    (operation,) = made.steps[0].operations
    assert (operation.kind, operation.targets) == (OperationKind.UPDATE_INSTANCES, (TWO[1],))
    assert operation.overrides == (("Name", "other"),)
    assert [group.action for group in made.layers[0].groups] == [Action.UNCHANGED, Action.UPDATE]
    assert plan(stage, world.observed()).is_empty


def test_new_targets_get_instances_after_the_update_of_the_set() -> None:
    world = deployed(wanted(LAYERS, TWO))
    stage = wanted(
        {**LAYERS, "network": body({"Vpc": topic("b")}, {"VpcId": output(ref("Vpc"), "vpc")})}, SIX
    )
    made = plan(stage, world.observed())
    world.run(made)

    assert [operation.kind for operation in made.steps[0].operations] == [
        OperationKind.UPDATE_SET,
        OperationKind.CREATE_INSTANCES,
        OperationKind.CREATE_INSTANCES,
    ]
    assert plan(stage, world.observed()).is_empty


def test_a_stack_that_was_deleted_by_hand_is_made_again() -> None:
    world = deployed(wanted(LAYERS))
    del world.stacks["shop-dev-02-service", HERE]
    made = plan(wanted(LAYERS), world.observed())
    world.run(made)

    (group,) = made.layers[1].groups
    assert (group.action, group.why) == (Action.CREATE, "the stack was deleted outside petc")
    assert [operation.retain for operation in made.steps[0].operations] == [True, False]
    assert plan(wanted(LAYERS), world.observed()).is_empty


def test_an_outdated_instance_is_updated_again() -> None:
    world = deployed(wanted(LAYERS, SIX))
    world.sets["shop-dev-01-network"].outdated = {SIX[3]}
    made = plan(wanted(LAYERS, SIX), world.observed())
    world.run(made)

    assert made.layers[0].groups[1].why == "the instance is OUTDATED"
    (operation,) = made.steps[0].operations
    assert (operation.kind, operation.targets) == (OperationKind.UPDATE_INSTANCES, (SIX[3],))
    assert plan(wanted(LAYERS, SIX), world.observed()).is_empty


def test_a_tag_that_changed_by_hand_is_an_update_of_the_set() -> None:
    world = deployed(wanted(LAYERS))
    world.sets["shop-dev-01-network"].tags["owner"] = "nobody"
    made = plan(wanted(LAYERS), world.observed())

    assert made.layers[0].groups[0].why == "the tags of the stack set differ"
    assert [operation.kind for step in made.steps for operation in step.operations] == [
        OperationKind.UPDATE_SET
    ]


def test_a_layer_of_another_stage_whose_name_begins_alike_is_left_alone() -> None:
    world = deployed(wanted(LAYERS))
    other = deployed(wanted(LAYERS))
    world.sets["shop-dev-eu-01-network"] = other.sets["shop-dev-01-network"]
    world.sets["shop-dev-eu-01-network"].tags |= {"petc:stage": "dev-eu"}

    assert plan(wanted(LAYERS), world.observed()).is_empty
