"""Instances without real stacks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from ministack.core.responses import request_scope
from ministack.services.cloudformation import handlers

from petc_local.stack_sets import persistence, simulate, table
from petc_local.stack_sets.model import NAMESPACE
from petc_local.stack_sets.records import InstanceTarget, StackInstance
from petc_local.stack_sets.store import STORE
from tests.petc_local.stack_sets.world import EAST, WEST, WITH_PARAMETER, new_account, parameter


@pytest.fixture
def administrator() -> Iterator[InstanceTarget]:
    persistence.reset()
    place = InstanceTarget(new_account(), WEST)
    answer(place, "CreateStackSet", StackSetName="many", TemplateBody=WITH_PARAMETER)
    yield place
    persistence.reset()


def answer(place: InstanceTarget, action: str, **members: str) -> bytes:
    with request_scope(*place):
        status, _, body = table.answer(action, {key: [value] for key, value in members.items()})
    assert status == 200, body
    return body


def instances() -> dict[InstanceTarget, StackInstance]:
    (found,) = STORE.instances.values()
    return found


def described(target: InstanceTarget) -> list[str]:
    """Return the names of the stacks that DescribeStacks answers in a target."""
    with request_scope(*target):
        body = handlers._describe_stacks({})[2]
    return [item.text or "" for item in ElementTree.fromstring(body).iter(f"{{{NAMESPACE}}}StackName")]


def test_instances_are_current_in_every_account_and_region(administrator: InstanceTarget) -> None:
    made = simulate("many", ["1", "2"], [WEST, EAST], {EAST: {"Text": "east"}}, administrator)

    assert made == 4
    assert {(item.status, item.detailed) for item in instances().values()} == {("CURRENT", "SUCCEEDED")}
    assert instances()[InstanceTarget("1", EAST)].overrides == (("Text", "east"),)
    assert instances()[InstanceTarget("1", WEST)].overrides == ()


def test_instances_that_exist_stay(administrator: InstanceTarget) -> None:
    simulate("many", ["1"], [WEST], None, administrator)
    before = dict(instances())

    made = simulate("many", ["1", "2"], [WEST], None, administrator)

    assert made == 1
    assert before.items() <= instances().items()


def test_stacks_can_be_described_in_the_target(administrator: InstanceTarget) -> None:
    account = new_account()
    simulate("many", [account], [WEST], None, administrator)

    (name,) = described(InstanceTarget(account, WEST))

    assert name.startswith("StackSet-many-")


def test_operations_change_and_remove_simulated_instances(administrator: InstanceTarget) -> None:
    account = new_account()
    simulate("many", [account], [WEST], None, administrator)

    async def operations() -> None:
        answer(administrator, "UpdateStackSet", StackSetName="many", TemplateBody=parameter("new"))
        await settled()
        assert [item.status for item in instances().values()] == ["CURRENT"]
        answer(
            administrator,
            "DeleteStackInstances",
            **{
                "StackSetName": "many",
                "Accounts.member.1": account,
                "Regions.member.1": WEST,
                "RetainStacks": "false",
            },
        )
        await settled()

    asyncio.run(operations())

    assert instances() == {}
    assert described(InstanceTarget(account, WEST)) == []


async def settled() -> None:
    while any(item.status == "RUNNING" for known in STORE.operations.values() for item in known.values()):
        await asyncio.sleep(0.001)
