"""A service has tasks where its image is, in the order that the spec gives, and never loses those it has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from petc.artifacts import Artifacts
from petc.deploy.images import (
    Images,
    MissingImage,
    TaskImage,
    commands,
    images,
    judged,
    require_running,
    running,
    unknown,
)
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from petc.synthesis import emitted
from tests import specs

WEST = Target("123456789012", "us-west-2")
EAST = Target("123456789012", "us-east-2")
NAME = "shop-dev-07-application"
SHOP = """
petc: 1
name: shop
tags: {owner: team, cost-centre: "1"}
targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}
network: {cidr: 10.0.0.0/16}
services:
  orders: {image: {tag: 2.1.0}}
  bills: {image: {tag: 1.0.0}, after: [orders]}
  proxy: {image: {uri: public.example.com/proxy:1}}
stages: {dev: {}}
"""


def artifacts() -> Artifacts:
    return emitted(specs.stage_of(SHOP), "spec.yaml")


def image(name: str, *after: str, tag: str = "1.0") -> TaskImage:
    tags = MappingProxyType({WEST: tag})
    return TaskImage(
        name, f"shop-dev/{name}", f"Tasks{name}", f"ImageTag{name}", tags, after, f"/services/{name}"
    )


def observed(**parameters: str) -> Observed:
    deployed = Deployed(WEST, CURRENT, stack_id="id", parameters=parameters)
    return Observed("1", {NAME: ObservedLayer(NAME, deployed={WEST: deployed})})


def found(
    *wanted: TaskImage, present: tuple[str, ...] = (), runs: Mapping[str, str] = MappingProxyType({})
) -> Images:
    return judged(wanted, {WEST: runs}, {(WEST, name) for name in present})


def test_the_images_of_a_stage_are_those_of_its_own_repositories() -> None:
    made = images(specs.stage_of(SHOP), artifacts(), (WEST,))

    assert [(one.service, one.repository, one.tasks, dict(one.tags), one.after) for one in made] == [
        ("bills", "shop-dev/bills", "TasksBills", {WEST: "1.0.0"}, ("orders",)),
        ("orders", "shop-dev/orders", "TasksOrders", {WEST: "2.1.0"}, ()),
    ]


def test_a_stage_without_services_has_none() -> None:
    text = SHOP[: SHOP.index("services:")] + "stages: {dev: {}}\n"

    assert images(specs.stage_of(text), emitted(specs.stage_of(text), "spec.yaml"), (WEST,)) == ()


def test_a_service_runs_where_its_parameter_is_above_zero() -> None:
    seen = observed(Tasksa="2", ImageTaga="1.0", Tasksb="0", ImageTagb="1.0")

    assert running((image("a"), image("b"), image("c")), NAME, seen) == {WEST: {"a": "1.0"}}


def test_only_what_is_not_known_is_looked_up() -> None:
    """Not what runs already, and nothing where no stack, so no repository, stands."""
    wanted = (image("runs"), image("new"), image("next", tag="2.0"))
    runs = {WEST: {"runs": "1.0", "next": "1.0"}}

    assert [one.service for _, one in unknown(wanted, runs)] == ["new", "next"]
    assert unknown(wanted, {}) == ()


def test_a_service_is_unlocked_by_its_image() -> None:
    result = found(image("a"), image("b"), present=("a",))

    assert result.unlocked == {WEST: frozenset({"a"})}
    assert [(one.service, one.running) for one in result.missing] == [("b", False)]


def test_before_the_first_deployment_everything_is_missing() -> None:
    result = judged((image("a"),), {}, ())

    assert result.unlocked == {WEST: frozenset()}
    assert [one.uri for one in result.missing] == [
        "123456789012.dkr.ecr.us-west-2.amazonaws.com/shop-dev/a:1.0"
    ]


def test_a_service_waits_for_those_it_comes_after_through_all_of_them() -> None:
    wanted = (image("c", "b"), image("b", "a"), image("a"))
    result = found(*wanted, present=("b", "c"))

    assert result.unlocked == {WEST: frozenset()}
    assert result.waiting == ((WEST, "b", "a"), (WEST, "c", "b"))


def test_services_that_are_unlocked_together_wait_for_nothing() -> None:
    result = found(image("b", "a"), image("a"), present=("a", "b"))

    assert (result.unlocked, result.waiting) == ({WEST: frozenset({"a", "b"})}, ())


def test_a_service_with_an_image_of_its_own_holds_nobody() -> None:
    assert found(image("a", "proxy"), present=("a",)).unlocked == {WEST: frozenset({"a"})}


def test_a_service_that_runs_is_never_taken_back() -> None:
    """Neither for the service before it, nor for a new tag that is not there: that is an error instead."""
    result = found(image("b", "a", tag="2.0"), image("a"), runs={"b": "1.0"})

    assert result.unlocked == {WEST: frozenset({"b"})}
    with pytest.raises(Rejected) as caught:
        require_running(result)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.pointer) == ("image-missing", "/services/b/image/tag")


def test_missing_images_of_services_without_tasks_are_no_error() -> None:
    require_running(found(image("a")))


def test_the_commands_log_in_once_for_each_registry() -> None:
    missing = [
        MissingImage(name, place, f"shop-dev/{name}", "1.0", False, "")
        for place in (WEST, EAST)
        for name in "ab"
    ]
    lines = commands(missing)

    assert len([line for line in lines if "docker login" in line]) == 2
    assert lines[:3] == (
        "aws ecr get-login-password --region us-east-2 | docker login --username AWS --password-stdin"
        " 123456789012.dkr.ecr.us-east-2.amazonaws.com",
        "docker tag a:1.0 123456789012.dkr.ecr.us-east-2.amazonaws.com/shop-dev/a:1.0",
        "docker push 123456789012.dkr.ecr.us-east-2.amazonaws.com/shop-dev/a:1.0",
    )


def test_registries_in_china_have_their_own_domain() -> None:
    item = MissingImage("a", Target("123456789012", "cn-north-1"), "shop-dev/a", "1.0", False, "")

    assert item.registry == "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"
