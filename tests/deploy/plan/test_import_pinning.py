"""Present values stand in for imports whose values are about to change."""

from __future__ import annotations

import pytest

from petc.deploy.plan.planner import plan
from petc.deploy.plan.templates import template
from petc.deploy.plan.transition_templates import pinned, together
from petc.deploy.plan.types import Phase
from petc.deploy.targets import Target
from petc.output.render import render
from petc.source.tree import Json
from petc.verify.rendered import mapping
from tests.deploy.plan.sample import HERE, SIX, TWO, body, imported, output, ref, topic, wanted
from tests.deploy.plan.world import World

OLD = template(
    render(
        body(
            {"One": topic(imported("shop-Vpc")), "Two": topic(imported("shop-Other"))},
            {"It": output(ref("One"), "mine"), "Other": output("b", "else")},
        )
    )
)


def test_one_value_is_written_out() -> None:
    found = pinned(OLD, {"shop-Vpc": {HERE: "vpc-1"}})

    assert found.section("Resources") == {"One": topic("vpc-1"), "Two": topic(imported("shop-Other"))}
    assert found.section("Mappings") == {}


def test_values_of_several_targets_are_looked_up_by_region_and_account() -> None:
    found = pinned(OLD, {"shop-Vpc": {TWO[0]: "vpc-1", TWO[1]: "vpc-2"}})

    assert found.section("Mappings") == {
        "PinnedShopVpc": {"us-west-2": {"111111111111": "vpc-1", "222222222222": "vpc-2"}}
    }
    assert found.section("Resources")["One"] == topic(
        {"Fn::FindInMap": ["PinnedShopVpc", ref("AWS::Region"), ref("AWS::AccountId")]}
    )


def test_an_export_that_moves_elsewhere_is_taken_out() -> None:
    assert set(pinned(OLD, {}, ("mine",)).exports) == {"else"}


def test_together_is_an_update_whose_cleanup_is_put_off() -> None:
    new = template(render(body({"Two": topic("new")}, {"Other": output("c", "fresh")})))
    found = together(new, OLD, ["mine", "else"])

    assert found.section("Resources") == {"One": topic(imported("shop-Vpc")), "Two": topic("new")}
    assert dict(found.exports) == {"fresh": "Other", "mine": "It", "else": "OtherKept"}


def test_what_does_not_fit_is_left_to_what_the_exports_need() -> None:
    many = {f"N{number}": topic() for number in range(499)}
    new = template(render(body(dict(many))))
    found = together(new, OLD, ["mine"])

    assert set(found.section("Resources")) - set(many) == {"One"}


def test_a_replaced_value_that_is_in_use_is_changed_under_a_pin() -> None:
    world = World()
    for name in ("one", "two"):
        layers = {
            "network": body({"Vpc": topic("a", name)}, {"VpcId": output(ref("Vpc"), "vpc")}),
            "service": body({"Group": topic(imported("vpc"))}),
        }
        found = plan(wanted(layers, SIX), world.observed())
        world.run(found)

    assert [(step.layer, step.phase) for step in found.steps] == [
        ("service", Phase.PIN),
        ("network", Phase.ONLY),
        ("service", Phase.ONLY),
    ]
    assert all("Pinned" not in stack.text for stack in world.stacks.values())


@pytest.mark.parametrize("accounts", [200, 202])
def test_a_table_never_has_more_accounts_than_a_mapping_has_room_for(accounts: int) -> None:
    targets = tuple(Target(f"{number:012d}", "us-west-2") for number in range(1, accounts + 1))
    world = World()
    for name in ("one", "two"):
        layers = {
            "network": body({"Vpc": topic("a", name)}, {"VpcId": output(ref("Vpc"), "vpc")}),
            "service": body({"Group": topic(imported("vpc"))}),
        }
        found = plan(wanted(layers, targets), world.observed())
        world.run(found)

    tables = [text for text in found.templates.values() if "Pinned" in text]
    assert len(tables) == (1 if accounts == 200 else 2)


def gateway() -> dict[str, Json]:
    method: dict[str, Json] = {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {"ConnectionId": imported("link")},
    }
    deployment: dict[str, Json] = {
        "Type": "AWS::ApiGateway::Deployment",
        "DependsOn": ["Method"],
        "Properties": {"RestApiId": "api"},
    }
    stage: dict[str, Json] = {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {"DeploymentId": ref("Deployment1")},
    }
    return body({"Method": method, "Deployment1": deployment, "Stage": stage})


def test_a_snapshot_of_written_out_values_is_another_one_and_the_end_a_third() -> None:
    """Ends in the same id, and yet in a deployment that was created after the values changed."""
    found = pinned(template(render(gateway())), {"link": {HERE: "link-1"}})
    again = pinned(found, {})

    assert set(found.section("Resources")) == {"Method", "Deployment1Pinned", "Stage"}
    served = mapping(mapping(found.section("Resources")["Stage"])["Properties"])
    assert served == {"DeploymentId": ref("Deployment1Pinned")}
    assert set(again.section("Resources")) == set(found.section("Resources"))


def test_a_stage_gets_another_snapshot_although_the_template_stays_the_same() -> None:
    """The link is replaced and taken back by an interrupted deployment; layer api reads the same before and after."""
    world = World()
    layers = {
        "link": body({"Link": topic("a", "one")}, {"Id": output(ref("Link"), "link")}),
        "api": gateway(),
    }
    world.run(plan(wanted(layers), world.observed()))
    other = {**layers, "link": body({"Link": topic("a", "two")}, {"Id": output(ref("Link"), "link")})}
    found = plan(wanted(other), world.observed())
    between = [found.templates[step.operations[0].template] for step in found.steps if step.layer == "api"]
    world.run(found)

    assert ["Deployment1Pinned:" in text for text in between] == [True, False]
    assert any("Deployment1:" in stack.text for stack in world.stacks.values())
