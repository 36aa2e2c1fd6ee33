"""Overrides change without any instance running with values of another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from petc.deploy.desired import DesiredState
from petc.deploy.plan.operation_ids import named
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Operation, OperationKind, Phase
from petc.deploy.targets import Target
from tests.deploy.plan.sample import SIX, TWO, Body, body, ref, topic, wanted
from tests.deploy.plan.world import World

FIRST, SECOND = TWO


def held(display: str = "a", *names: str) -> Body:
    parameters: Body = {name: {"Type": "String", "Default": "none"} for name in names}
    resources: Body = {name: topic(ref(name)) for name in names} | {"Topic": topic(display)}
    return body(resources, Parameters=parameters)


def stage(
    made: Body, targets: tuple[Target, ...], values: Mapping[Target, Mapping[str, str]]
) -> DesiredState:
    return wanted({"a": made}, targets, {"a": values})


def led(old: DesiredState, new: DesiredState) -> tuple[Operation, ...]:
    world = World()
    world.run(plan(old, world.observed()))
    found = plan(new, world.observed())
    world.run(found)

    assert plan(new, world.observed()).is_empty
    return tuple(operation for step in found.steps for operation in step.operations)


def test_a_template_alone_updates_all_instances_at_once() -> None:
    values = {SECOND: {"P": "x"}}
    found = led(stage(held("a", "P"), TWO, values), stage(held("b", "P"), TWO, values))

    assert [(item.kind, item.targets) for item in found] == [(OperationKind.UPDATE_SET, ())]


def test_an_override_that_changes_with_the_template_reaches_its_instance_in_one_go() -> None:
    found = led(
        stage(held("a", "P"), TWO, {SECOND: {"P": "x"}}), stage(held("b", "P"), TWO, {SECOND: {"P": "y"}})
    )

    assert [(item.kind, item.targets, item.overrides) for item in found] == [
        (OperationKind.UPDATE_SET, (FIRST,), ()),
        (OperationKind.UPDATE_INSTANCES, (SECOND,), (("P", "y"),)),
    ]


def test_an_override_of_a_new_parameter_follows_an_update_of_all() -> None:
    found = led(stage(held("a"), TWO, {}), stage(held("a", "P"), TWO, {SECOND: {"P": "x"}}))

    assert [(item.kind, item.targets) for item in found] == [
        (OperationKind.UPDATE_SET, ()),
        (OperationKind.UPDATE_INSTANCES, (SECOND,)),
    ]


def test_an_override_that_ends_is_cleared() -> None:
    found = led(stage(held("a", "P"), TWO, {SECOND: {"P": "x"}}), stage(held("a", "P"), TWO, {}))

    assert [(item.kind, item.overrides, item.cleared) for item in found] == [
        (OperationKind.UPDATE_INSTANCES, (), ("P",))
    ]


def test_a_new_first_target_of_another_value_leaves_the_others_alone() -> None:
    """The set keeps the value that its instances follow, and the new one overrides it."""
    found = led(
        stage(held("a", "P"), TWO[1:], {SECOND: {"P": "x"}}),
        stage(held("a", "P"), TWO, {FIRST: {"P": "y"}, SECOND: {"P": "x"}}),
    )

    assert [(item.kind, item.targets, item.overrides) for item in found] == [
        (OperationKind.CREATE_INSTANCES, (FIRST,), (("P", "y"),))
    ]


def test_each_call_takes_every_account_in_every_region() -> None:
    """Three targets in a corner are no product, so it takes two calls to make them."""
    corner = (SIX[0], SIX[1], SIX[2])
    found = led(stage(held(), SIX[:1], {}), stage(held(), corner, {}))

    assert [item.targets for item in found] == [(SIX[1],), (SIX[2],)]


def test_a_call_that_keeps_the_stack_is_another_call() -> None:
    one = Operation("", OperationKind.DELETE_INSTANCES, "shop-dev-01-a", targets=TWO)
    other = replace(one, retain=True)

    assert named(one, "01-a", Phase.DELETE).id != named(other, "01-a", Phase.DELETE).id


def test_ids_are_unique_and_fit_their_rule() -> None:
    world = World()
    made = plan(stage(held("a", "P"), SIX, {SIX[3]: {"P": "x"}}), world.observed())
    ids = [operation.id for step in made.steps for operation in step.operations]

    assert len(set(ids)) == len(ids)
    assert all(len(item) <= 100 and item.replace("-", "").isalnum() and item[0].isalnum() for item in ids)
