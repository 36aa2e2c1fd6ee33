"""Whatever a stage becomes, no export in use goes or changes, and everything ends as it was compiled."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from petc.deploy.plan.planning import plan
from petc.deploy.wanted import Wanted
from petc.diagnostics import Rejected
from tests.deploy.plan.stages import stages
from tests.deploy.plan.world import World


def reach(world: World, stage: Wanted, chance: random.Random, most: int = 10**6) -> None:
    world.run(plan(stage, world.observed()), chance, most)


def reach_from_anywhere(world: World, stage: Wanted, chance: random.Random, most: int = 10**6) -> None:
    """The same, where interruptions amid several turns of the order of layers may leave no way on."""
    try:
        reach(world, stage, chance, most)
    except Rejected as refused:
        assume([item.code for item in refused.diagnostics] != ["steps-in-a-circle"])
        raise


def ends_as_compiled(world: World, stage: Wanted) -> None:
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
