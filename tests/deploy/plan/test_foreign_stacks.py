"""What is deployed beside a stage: the other engine's stacks, another label, an export of somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Observed, OtherStack
from petc.deploy.plan.planner import plan
from petc.deploy.targets import Target
from petc.diagnostics import Diagnostic, Rejected
from tests.deploy.plan.sample import TWO, Body, body, output, standing, topic, wanted

LAYERS: dict[str, Body | str] = {"network": body({"It": topic()}, {"Id": output("v", "shop-dev-network-Id")})}
UUID = "01234567-89ab-cdef-0123-456789abcdef"


def refused(stage: DesiredState, observed: Observed) -> Diagnostic:
    with pytest.raises(Rejected) as caught:
        plan(stage, observed)
    (problem,) = caught.value.diagnostics
    return problem


def other(engine: Literal["stack-sets", "stacks"], *targets: Target) -> tuple[OtherStack, ...]:
    name, made = "shop-dev-01-network", ""
    if engine == "stack-sets":
        name, made = f"StackSet-{name}-{UUID}", name
    return tuple(
        OtherStack(target, name, "network", made, frozenset({"shop-dev-network-Id"})) for target in targets
    )


@pytest.mark.parametrize(("engine", "before"), [("stacks", "stack-sets"), ("stack-sets", "stacks")])
def test_another_engine_is_refused(
    engine: Literal["stack-sets", "stacks"], before: Literal["stack-sets", "stacks"]
) -> None:
    problem = refused(wanted(LAYERS, TWO, engine=engine), Observed("1", {}, other(before, *TWO)))

    assert (problem.code, problem.pointer) == ("engine-changed", "/targets/engine")
    assert "2 accounts × us-west-2 (network)" in problem.message
    assert problem.help.startswith(f"write `engine: {before}`")


def test_the_engine_of_a_layer_under_another_label_is_seen_too() -> None:
    stage = wanted({"network": LAYERS["network"]}, engine="stacks")
    (layer,) = stage.layers
    relabelled = replace(stage, layers=(replace(layer, stem="01-network-x", name="shop-dev-01-network-x"),))

    assert (
        refused(relabelled, Observed("1", {}, other("stack-sets", *stage.targets))).code == "engine-changed"
    )


def test_what_is_deployed_under_both_engines_is_no_obstacle() -> None:
    """So an interrupted change of the engine left it."""
    stage = wanted(LAYERS, TWO)

    assert plan(stage, replace(standing(stage), others=other("stacks", *TWO))).is_empty


def test_the_own_engine_s_stacks_are_not_the_other_s() -> None:
    assert plan(wanted(LAYERS, TWO), Observed("1", {}, other("stack-sets", *TWO))).steps


def test_a_stage_that_goes_asks_for_no_engine() -> None:
    stage = wanted(LAYERS, TWO)

    assert plan(replace(stage, layers=()), replace(standing(stage), others=other("stacks", *TWO))).steps


def relabelled(stage: DesiredState) -> DesiredState:
    (layer, *rest) = stage.layers
    return replace(stage, layers=(replace(layer, stem="01-network-x", name="shop-dev-01-network-x"), *rest))


def test_another_label_is_refused_and_the_deployed_one_is_named() -> None:
    stage = wanted(LAYERS, TWO)
    problem = refused(relabelled(stage), standing(stage))

    assert (problem.code, problem.pointer) == ("layer-label-changed", "/layers/network")
    assert "deployed as 01-network, and its label would make it 01-network-x" in problem.message
    assert problem.help.startswith("write `network: network` under `layers`")


def test_a_label_can_go_back_after_an_interrupted_change() -> None:
    """Both stand; the first one stays and the other one goes."""
    stage = wanted(LAYERS, TWO)
    both = {**standing(stage).layers, **standing(relabelled(stage)).layers}

    assert [change.name for change in plan(stage, Observed("1", both)).layers] == [
        "shop-dev-01-network",
        "shop-dev-01-network-x",
    ]


def test_a_label_is_free_until_the_layer_is_deployed() -> None:
    assert plan(relabelled(wanted(LAYERS, TWO)), Observed("1")).steps


def test_an_export_of_another_stack_is_in_the_way() -> None:
    foreign = OtherStack(TWO[1], "billing", exports=frozenset({"shop-dev-network-Id", "x"}))
    problem = refused(wanted(LAYERS, TWO), Observed("1", {}, (foreign,)))

    assert problem.code == "name-in-use"
    assert problem.message == (
        f"layer network exports shop-dev-network-Id, which stack billing exports in {TWO[1]}"
    )


def test_an_export_of_another_stack_elsewhere_is_not() -> None:
    foreign = OtherStack(TWO[1], "billing", exports=frozenset({"shop-dev-network-Id"}))

    assert plan(wanted(LAYERS, TWO[:1]), Observed("1", {}, (foreign,))).steps
