from __future__ import annotations

from petc.layers.base import ParameterValue
from tests.layers import shop
from tests.layers.rendered import properties, resources

LAYER = shop.layer("""
services:
  web: {scale: {min: 2, max: 9}}
  proxy: {image: {uri: "public.ecr.aws/nginx/nginx:1.29"}, scale: {min: 3, max: 3}}
""")
PARAMETERS = {item.name: item for item in LAYER.parameters}


def test_an_image_unlocks_the_tasks_of_its_service() -> None:
    tasks = PARAMETERS["TasksWeb"]

    assert (tasks.unlocked_by, tasks.full_value) == ("web", "2")
    assert tasks.values == {"us-west-2": ""}


def test_a_brought_image_needs_no_unlocking() -> None:
    assert PARAMETERS["TasksProxy"] == ParameterValue("TasksProxy", {"us-west-2": "3"})


def test_desired_count_and_minimum_are_one_parameter() -> None:
    """A scalable target would raise a desired count of 0 to a minimum of its own."""
    desired = properties(LAYER, "ServiceWeb")["DesiredCount"]

    assert desired == properties(LAYER, "ScalableTargetWeb")["MinCapacity"] == {"Ref": "TasksWeb"}


def test_the_target_is_the_service_by_its_generated_name() -> None:
    target = properties(LAYER, "ScalableTargetWeb")

    assert target["ResourceId"] == {"Fn::Sub": "service/${Cluster}/${ServiceWeb.Name}"}
    assert "RoleARN" not in target


def test_a_range_of_one_number_does_not_scale() -> None:
    assert list(resources(LAYER, "AWS::ApplicationAutoScaling::ScalableTarget")) == ["ScalableTargetWeb"]
