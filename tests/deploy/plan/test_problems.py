"""What keeps a plan from being made, with the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from petc.deploy.desired import DesiredState
from petc.deploy.observed import INOPERABLE, Observed
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Action, Plan
from petc.diagnostics import Diagnostic, Rejected
from tests.deploy.plan.sample import SIX, Body, body, imported, output, ref, standing, topic, wanted
from tests.deploy.plan.world import World

NETWORK = body({"Vpc": topic()}, {"VpcId": output(ref("Vpc"), "vpc")})
SERVICE = body({"Group": topic(imported("vpc"))})
LAYERS: Mapping[str, Body] = {"network": NETWORK, "service": SERVICE, "site": body({"Page": topic()})}
OTHER_VPC = body({"Vpc": topic("a", "other")}, {"VpcId": output(ref("Vpc"), "vpc")})


def refused(stage: DesiredState, observed: Observed, *only: str) -> Diagnostic:
    with pytest.raises(Rejected) as caught:
        plan(stage, observed, only=only)
    (problem,) = caught.value.diagnostics
    return problem


def in_status(observed: Observed, name: str, status: str, standing_as: str = "CURRENT") -> Observed:
    layer = observed.layers[name]
    stuck = {
        target: replace(item, stack_status=status, standing=standing_as)
        for target, item in layer.deployed.items()
    }
    return replace(observed, layers={**observed.layers, name: replace(layer, deployed=stuck)})


@pytest.mark.parametrize(
    "status", ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"]
)
def test_a_stuck_stack_asks_for_recovery(status: str) -> None:
    stage = wanted(LAYERS, SIX)
    problem = refused(stage, in_status(standing(stage), "shop-dev-01-network", status))

    assert problem.code == "stack-needs-recovery"
    assert f"layer network in 3 accounts × 2 regions is in {status}" in problem.message
    assert problem.help == "run petc recover --stage dev"


def test_an_inoperable_instance_with_a_stack_asks_for_recovery() -> None:
    stage = wanted(LAYERS)
    observed = in_status(standing(stage), "shop-dev-01-network", "UPDATE_COMPLETE", INOPERABLE)

    assert refused(stage, observed).code == "stack-needs-recovery"


def test_another_type_under_the_same_name_is_refused() -> None:
    queue = body({"Vpc": {"Type": "AWS::SQS::Queue"}}, {"VpcId": output(ref("Vpc"), "vpc")})

    assert (
        refused(wanted({**LAYERS, "network": queue}), standing(wanted(LAYERS))).code
        == "resource-type-changed"
    )


def test_one_layer_alone_is_deployed() -> None:
    stage = wanted({**LAYERS, "site": body({"Page": topic("b")}), "service": body({"Group": topic()})})
    found = plan(stage, standing(wanted(LAYERS)), only=("site",))

    assert [step.layer for step in found.steps] == ["site"]
    assert [change.action for change in found.layers] == [Action.UNCHANGED, Action.UNCHANGED, Action.UPDATE]


def test_a_layer_is_named_by_its_file_too() -> None:
    assert [step.layer for step in plan(wanted(LAYERS), World().observed(), only=("03-site",)).steps] == [
        "site"
    ]


def test_a_slip_in_a_layers_name_is_told_with_the_right_one() -> None:
    problem = refused(wanted(LAYERS), World().observed(), "sit")

    assert (problem.code, problem.help) == ("unknown-layer", "did you mean site")


def test_a_layer_waits_for_what_it_depends_on() -> None:
    problem = refused(wanted(LAYERS, SIX), World().observed(), "service")

    assert problem.code == "layer-not-deployed"
    assert problem.message == (
        "layer service depends on network, which is not deployed in 3 accounts × 2 regions"
    )
    assert problem.help == "add --layer 01-network"


def test_a_value_that_changes_needs_its_users() -> None:
    stage = wanted({**LAYERS, "network": OTHER_VPC})
    problem = refused(stage, standing(wanted(LAYERS)), "network")

    assert (problem.code, problem.help) == ("layer-left-out", "add --layer 02-service")


def test_a_value_that_goes_needs_its_users() -> None:
    stage = wanted({**LAYERS, "network": body({"Vpc": topic()}), "service": body({"Group": topic()})})
    problem = refused(stage, standing(wanted(LAYERS)), "network")

    assert (problem.code, problem.help) == ("import-left-behind", "add --layer 02-service")


def test_a_layer_that_the_spec_lost_stays_when_others_are_named() -> None:
    stage = wanted({"network": NETWORK, "service": body({"Group": topic(imported("vpc")), "New": topic()})})
    found: Plan = plan(stage, standing(wanted(LAYERS)), only=("service",))

    assert [step.layer for step in found.steps] == ["service"]


def test_an_account_without_a_value_of_its_own_is_refused_before_the_first_step() -> None:
    """CloudFormation would refuse its stack after the others were updated."""
    made = body({"Page": topic(ref("Certificate"))}, Parameters={"Certificate": {"Type": "String"}})
    passed = {"site": {target: {"Certificate": "x"} for target in SIX[:-1]}}
    problem = refused(wanted({"site": made}, SIX, passed), Observed("111111111111"))

    assert problem.code == "target-without-value"
    assert str(SIX[-1]) in problem.message
    assert str(SIX[0]) not in problem.message
