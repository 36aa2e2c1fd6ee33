"""Whatever a stage becomes, no export in use goes or changes, and everything ends as it was compiled."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from petc.deploy.desired import DesiredState
from petc.deploy.plan.planner import plan
from petc.deploy.targets import product
from petc.diagnostics import Rejected
from petc.source.tree import Json
from tests.deploy.plan.sample import Body, imported, output, ref, topic, wanted
from tests.deploy.plan.stages import stages
from tests.deploy.plan.world import World


def reach(world: World, stage: DesiredState, chance: random.Random, most: int = 10**6) -> None:
    world.run(plan(stage, world.observed()), chance, most)


def reach_from_anywhere(world: World, stage: DesiredState, chance: random.Random, most: int = 10**6) -> None:
    """The same, where interruptions amid several turns of the order of layers may leave no way on."""
    try:
        reach(world, stage, chance, most)
    except Rejected as refused:
        assume([item.code for item in refused.diagnostics] != ["steps-in-a-circle"])
        raise


def ends_as_compiled(world: World, stage: DesiredState) -> None:
    """What stands is what was compiled, in every wanted target and nowhere else."""
    standing = {key: (stack.text, stack.parameters) for key, stack in world.stacks.items()}
    assert standing == {
        (layer.name, target): (layer.template, {"P": "p0", "Q": "q0"} | dict(layer.parameters[target]))
        for layer in stage.layers
        for target in stage.targets
    }
    assert plan(stage, world.observed()).is_empty


@pytest.mark.parametrize("engine", ["stack-sets", "stacks"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_stage_leads_to_every_other(engine: str, data: st.DataObject) -> None:
    world = World()
    for number in range(3):
        stage = data.draw(stages(engine), label=f"stage {number}")  # type: ignore[arg-type]
        reach(world, stage, random.Random(data.draw(st.integers(0, 99), label="order")))

        ends_as_compiled(world, stage)


@pytest.mark.parametrize("engine", ["stack-sets", "stacks"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_plan_made_after_an_interruption_ends_the_same(engine: str, data: st.DataObject) -> None:
    world = World()
    stage = data.draw(stages(engine), label="first")  # type: ignore[arg-type]
    reach(world, stage, random.Random(0))
    for number in range(2):
        stage = data.draw(stages(engine), label=f"interrupted {number}")  # type: ignore[arg-type]
        most = data.draw(st.integers(0, 5), label="steps")
        reach_from_anywhere(world, stage, random.Random(number), most)
    reach_from_anywhere(world, stage, random.Random(1))

    ends_as_compiled(world, stage)


def test_an_override_that_equals_the_set_s_value_after_an_interruption_is_cleared() -> None:
    """The set took the value that one target overrode, and was stopped before that target was deleted."""
    here, there = product(("111111111111",), ("eu-west-1", "us-west-2"))
    (other,) = product(("222222222222",), ("eu-west-1",))
    declared: Body = {name: {"Type": "String", "Default": f"{name.lower()}0"} for name in ("P", "Q")}
    layer: Body = {"Parameters": declared, "Resources": {"One": topic("v1")}}
    first = wanted({"04-d": layer, "02-b": layer}, (here, there, other), {"04-d": {other: {"P": "p1"}}})
    without = wanted({"04-d": layer}, (here, there), {"04-d": {here: {"P": "p1"}, there: {"P": "p1"}}})
    last = wanted({"01-a": layer, "04-d": layer}, (here, there, other))
    for most in range(8):
        world = World()
        reach(world, first, random.Random(0))
        reach(world, without, random.Random(0), most)
        reach(world, last, random.Random(1))

        ends_as_compiled(world, last)


def test_a_target_that_its_set_left_behind_keeps_its_values_while_they_are_exported() -> None:
    """The set took other values for the target that stays, and was stopped before it deleted the one that goes."""
    here, there = product(("111111111111",), ("eu-west-1", "us-west-2"))
    declared: Body = {name: {"Type": "String", "Default": f"{name.lower()}0"} for name in ("P", "Q")}

    def layer(resources: Body, **exports: Json) -> Body:
        outputs: Body = {f"Output{name}": output(value, name) for name, value in exports.items()}
        body: Body = {"Parameters": declared, "Resources": resources}
        return body | ({"Outputs": outputs} if outputs else {})

    one: Body = {"One": topic("v1", kind="v1")}
    of_parameter: Body = {"One": topic("v1", kind=ref("P"))}
    first = wanted(
        {
            "01-a": layer(one),
            "04-d": layer(of_parameter, p="v1", q=ref("One")),
            "02-b": layer(one, r=imported("q")),
        },
        (here, there),
        {"04-d": {here: {"P": "p1"}, there: {"P": "p1"}}},
    )
    without = wanted(
        {
            "04-d": layer(one, p="v1", q="v1"),
            "01-a": layer(one, r=ref("One")),
            "02-b": layer(one | {"Three": topic("v1", kind="v1")}),
        },
        (here,),
    )
    last = wanted({"01-a": layer(one, p="v1")}, (here, there))
    for most in range(8):
        world = World()
        reach(world, first, random.Random(0))
        reach(world, without, random.Random(0), most)
        reach(world, last, random.Random(1))

        ends_as_compiled(world, last)


def test_an_export_that_stands_in_other_layers_in_other_regions_after_an_interruption() -> None:
    """What an interruption left: p is made by b, and used by c, in one region, and made by c in the other."""
    here, there = product(("111111111111",), ("eu-west-1", "us-west-2"))
    declared: Body = {name: {"Type": "String", "Default": f"{name.lower()}0"} for name in ("P", "Q")}

    def layer(value: Json, *exports: str) -> Body:
        outputs: Body = {f"Output{name}": output("v1", name) for name in exports}
        body: Body = {"Parameters": declared, "Resources": {"One": topic(value, kind="v1")}}
        return body | ({"Outputs": outputs} if outputs else {})

    first = wanted(
        {"01-a": layer("v1"), "02-b": layer("v1", "p"), "03-c": layer(imported("p"))}, (here, there)
    )
    moved = wanted({"03-c": layer("v1", "p"), "01-a": layer(imported("p"))}, (here,))
    last = wanted({"02-b": layer("v1"), "03-c": layer("v1")}, (here, there))
    for most in range(8):
        world = World()
        reach(world, first, random.Random(0))
        reach(world, moved, random.Random(0), most)
        reach(world, last, random.Random(1))

        ends_as_compiled(world, last)
