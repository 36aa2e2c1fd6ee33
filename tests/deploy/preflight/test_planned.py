"""What is planned for a target: filled templates against what is deployed there."""

from __future__ import annotations

from dataclasses import replace

from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.plan.types import Action, LayerChange, ResourceChange, TargetChange
from petc.deploy.preflight.planned import planned
from petc.output.render import render
from tests.deploy.plan.sample import HERE, TWO, Body, output, topic, wanted

BODY: Body = {
    "Parameters": {"P": {"Type": "String", "Default": "p0"}},
    "Resources": {"One": topic({"Ref": "P"}), "Two": topic("v")},
    "Outputs": {"O": output("x", "kept")},
}


def deployed(body: object) -> Observed:
    name = wanted({"01-a": BODY}).layers[0].name
    stack = Deployed(
        HERE,
        CURRENT,
        stack_id="id",
        stack_name="mine",
        template=render(body),  # type: ignore[arg-type]
    )
    return Observed("1", {name: ObservedLayer(name, deployed={HERE: stack})})


def test_values_of_the_target_are_filled_in() -> None:
    stage = wanted({"01-a": BODY}, (HERE,), {"01-a": {HERE: {"P": "p1"}}})
    (target,) = planned(stage, Observed("1"))

    assert {item.logical_id: item.properties["DisplayName"] for item in target.resources} == {
        "One": "p1",
        "Two": "v",
    }
    assert not any(item.deployed for item in target.resources)
    assert target.deployed == ()


def test_what_the_stack_has_is_deployed_with_its_earlier_values() -> None:
    old: Body = {**BODY, "Resources": {"One": topic("before")}, "Outputs": {"G": output("x", "gone")}}
    (target,) = planned(wanted({"01-a": BODY}, (HERE,)), deployed(old))
    one, two = sorted(target.resources, key=lambda item: item.logical_id)

    assert (one.deployed, one.earlier) == (True, {"DisplayName": "before"})
    assert (two.deployed, dict(two.earlier)) == (False, {})
    assert target.dropped_exports == ("gone",)
    assert target.own_stacks == frozenset({"mine"})
    assert target.deployed == (("AWS::SNS::Topic", {"DisplayName": "before"}),)


def test_layers_that_are_left_alone_plan_nothing() -> None:
    (target,) = planned(wanted({"01-a": BODY, "02-b": BODY}, (HERE,)), Observed("1"), ("02-b",))

    assert {item.layer for item in target.resources} == {wanted({"02-b": BODY}).layers[0].layer}


def test_a_target_that_the_stage_leaves_drops_all_that_it_exports() -> None:
    there = TWO[1]
    (name,) = deployed(BODY).layers
    stack = replace(deployed(BODY).layers[name].deployed[HERE], target=there)
    stage = wanted({"01-a": BODY}, (HERE,))
    stands = Observed("1", {name: ObservedLayer(name, deployed={there: stack})})
    here, left = planned(stage, stands, role="petc-execution")

    assert (here.target, here.role, here.dropped_exports) == (HERE, "petc-execution", ())
    assert (left.target, left.role, left.dropped_exports) == (there, "", ("kept",))
    assert left.resources == ()
    assert left.own_stacks == frozenset({"mine"})
    retained = ObservedLayer(name, deployed={there: replace(stack, departed=True)})
    assert len(planned(stage, Observed("1", {name: retained}))) == 1
    # A plan that is limited to layers leaves no target.
    assert len(planned(stage, stands, ("01-a",))) == 1


def test_what_the_plan_replaces_is_marked_in_the_targets_where_it_does() -> None:
    stage = wanted({"01-a": BODY}, TWO)
    change = LayerChange(
        stage.layers[0].layer,
        "01-a",
        stage.layers[0].name,
        (
            TargetChange(
                (TWO[1],), Action.UPDATE, (ResourceChange("One", "AWS::SNS::Topic", Action.REPLACE),)
            ),
        ),
    )
    first, second = planned(stage, deployed(BODY), changes=(change,))

    assert [item.logical_id for item in first.resources if item.replaced] == []
    assert [item.logical_id for item in second.resources if item.replaced] == ["One"]
