from __future__ import annotations

from typing import Any

from petc.layers.base import ParameterValue
from tests.layers import shop
from tests.layers.rendered import properties, resources

LAYER = shop.layer("""
services:
  web: {scale: {min: 2, max: 9}}
  proxy: {image: {uri: "public.ecr.aws/nginx/nginx:1.29"}, scale: {min: 3, max: 3}}
""")
PARAMETERS = {item.name: item for item in LAYER.parameters}
TEMPLATE: Any = LAYER.template


def test_an_image_unlocks_the_tasks_of_its_service() -> None:
    tasks = PARAMETERS["TasksWeb"]

    assert (tasks.unlocked_by, tasks.full_value) == ("web", "2")
    assert tasks.values == {"us-west-2": ""}


def test_a_brought_image_needs_no_unlocking() -> None:
    assert PARAMETERS["TasksProxy"] == ParameterValue("TasksProxy", {"us-west-2": "3"})


def test_the_first_count_and_the_minimum_are_one_parameter() -> None:
    """A scalable target would raise a desired count of 0 to a minimum of its own."""
    condition, first, later = properties(LAYER, "ServiceWeb")["DesiredCount"]["Fn::If"]

    assert first == properties(LAYER, "ScalableTargetWeb")["MinCapacity"] == {"Ref": "TasksWeb"}
    assert later == {"Ref": "AWS::NoValue"}
    assert TEMPLATE["Conditions"] == {condition: {"Fn::Equals": [{"Ref": "DesiredCountFromWeb"}, "stack"]}}


def test_a_stack_sets_the_count_unless_a_deployment_says_otherwise() -> None:
    """A first deployment passes no value: its default has to start the first tasks."""
    declared = TEMPLATE["Parameters"]["DesiredCountFromWeb"]

    assert (declared["Default"], declared["AllowedValues"]) == ("stack", ["stack", "autoscaling"])
    assert PARAMETERS["DesiredCountFromWeb"].values == {"us-west-2": ""}


def test_a_fixed_number_is_always_the_templates() -> None:
    assert properties(LAYER, "ServiceProxy")["DesiredCount"] == {"Ref": "TasksProxy"}
    assert "DesiredCountFromProxy" not in PARAMETERS


def test_the_target_is_the_service_by_its_generated_name() -> None:
    target = properties(LAYER, "ScalableTargetWeb")

    assert target["ResourceId"] == {"Fn::Sub": "service/${Cluster}/${ServiceWeb.Name}"}
    assert "RoleARN" not in target


def test_a_range_of_one_number_does_not_scale() -> None:
    assert list(resources(LAYER, "AWS::ApplicationAutoScaling::ScalableTarget")) == ["ScalableTargetWeb"]
