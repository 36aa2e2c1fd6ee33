"""Accounts that leave their organizational unit or are closed do not hold up the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from petc.deploy.aws import accounts
from petc.deploy.desired import DesiredState
from petc.deploy.execute.events import silent
from petc.deploy.execute.executor import execute
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Action, Plan
from petc.deploy.targets import product
from tests.deploy.execute.small import connection, engine, observed, value_of, wanted
from tests.deploy.execute.test_executor import Unrecorded
from tests.petc_local.running import LocalAws

WEST, EAST = "us-west-2", "us-east-2"


@dataclass(frozen=True)
class Organization:
    """An organization with one unit of two accounts, and another unit."""

    aws: LocalAws
    client: Any
    root: str
    unit: str
    other: str
    stays: str
    leaves: str

    def stage(self, *units: str, regions: tuple[str, ...] = (WEST,), **values: str) -> DesiredState:
        """Return a stage of the units as their accounts are now."""
        found = wanted(self.aws.account, values or {"base": "1"}, regions=regions)
        named = units or (self.unit,)
        places = product(accounts.of_units(connection(found), named), regions)
        layers = tuple(replace(layer, parameters={place: {} for place in places}) for layer in found.layers)
        return replace(found, organizational_units=named, targets=places, layers=layers)

    def move(self, account: str, unit: str) -> None:
        self.client.move_account(AccountId=account, SourceParentId=self.unit, DestinationParentId=unit)

    def stacks(self, account: str, region: str = WEST) -> list[str]:
        found = self.aws.client("cloudformation", account=account, region=region).describe_stacks()
        return [item["StackName"] for item in found["Stacks"]]


@pytest.fixture
def organization(aws: LocalAws) -> Organization:
    client = aws.client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    unit, other = (
        client.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]
        for name in ("ours", "others")
    )
    made = []
    for name in ("stays", "leaves"):
        answer = client.create_account(Email=f"{name}@example.com", AccountName=name)
        made.append(answer["CreateAccountStatus"]["AccountId"])
        client.move_account(AccountId=made[-1], SourceParentId=root, DestinationParentId=unit)
    aws.client("cloudformation").activate_organizations_access()
    return Organization(aws, client, root, unit, other, *made)


def deploy(stage: DesiredState) -> Plan:
    by = engine(stage)
    made = plan(stage, observed(stage, by))
    assert not made.refused
    execute(made, by, "t", Unrecorded(), silent)
    return made


def leave(organization: Organization, how: str) -> None:
    if how == "closed":
        organization.client.close_account(AccountId=organization.leaves)
    else:
        organization.move(organization.leaves, organization.other)


@pytest.mark.parametrize("how", ["closed", "moved"])
def test_an_account_that_leaves_is_given_up_and_the_others_go_on(
    organization: Organization, how: str
) -> None:
    deploy(organization.stage())
    leave(organization, how)
    made = deploy(organization.stage(base="2"))
    again = organization.stage(base="2")

    assert [group.action for group in made.layers[0].groups] == [Action.UPDATE, Action.FORGET]
    assert value_of(organization.aws, "base", account=organization.stays) == "2"
    assert len(organization.stacks(organization.leaves)) == 1
    assert plan(again, observed(again, engine(again))).is_empty


@pytest.mark.parametrize("how", ["closed", "moved"])
def test_an_account_that_leaves_without_another_change_is_given_up_once(
    organization: Organization, how: str
) -> None:
    deploy(organization.stage(base="1", middle="1"))
    leave(organization, how)
    stage = organization.stage(base="1", middle="1")
    made = deploy(stage)

    assert all(operation.retain for step in made.steps for operation in step.operations)
    assert plan(stage, observed(stage, engine(stage))).is_empty


def test_a_layer_that_goes_takes_its_set_along_when_an_account_has_left(organization: Organization) -> None:
    deploy(organization.stage(base="1", middle="1"))
    leave(organization, "closed")
    stage = organization.stage(base="1")
    deploy(stage)
    sets = organization.aws.client("cloudformation").list_stack_sets(Status="ACTIVE")["Summaries"]

    assert [item["StackSetName"] for item in sets] == ["small-dev-01-base"]
    assert plan(stage, observed(stage, engine(stage))).is_empty


def test_a_region_that_goes_is_deleted_where_the_account_stays_only(organization: Organization) -> None:
    deploy(organization.stage(regions=(WEST, EAST)))
    leave(organization, "moved")
    stage = organization.stage()
    deploy(stage)

    assert plan(stage, observed(stage, engine(stage))).is_empty
    assert organization.stacks(organization.stays, EAST) == []
    assert len(organization.stacks(organization.leaves, EAST)) == 1


def test_a_unit_that_leaves_the_spec_is_deleted_with_its_stacks(organization: Organization) -> None:
    """Its accounts have not left: the spec says that the stage is not wanted there any more."""
    organization.move(organization.leaves, organization.other)
    deploy(organization.stage(organization.unit, organization.other))
    stage = organization.stage(organization.unit)
    made = deploy(stage)

    assert {group.action for group in made.layers[0].groups} == {Action.UNCHANGED, Action.DELETE}
    assert organization.stacks(organization.leaves) == []
    assert plan(stage, observed(stage, engine(stage))).is_empty


def test_an_account_that_is_closed_in_a_unit_that_leaves_the_spec_is_given_up(
    organization: Organization,
) -> None:
    organization.move(organization.leaves, organization.other)
    deploy(organization.stage(organization.unit, organization.other))
    leave(organization, "closed")
    stage = organization.stage(organization.unit)
    made = deploy(stage)

    assert [group.action for group in made.layers[0].groups] == [Action.UNCHANGED, Action.FORGET]
    assert plan(stage, observed(stage, engine(stage))).is_empty


def test_an_update_of_some_regions_of_a_unit_is_taken(organization: Organization) -> None:
    """An override that turns in one region makes the update of the set name its targets."""
    first = organization.stage(regions=(WEST, EAST))
    deploy(first)
    second = organization.stage(regions=(WEST, EAST), base="2")
    values = {place: {"Size": "l"} if place.region == EAST else {} for place in second.targets}
    turned = replace(second, layers=tuple(replace(layer, parameters=values) for layer in second.layers))
    deploy(turned)

    assert plan(turned, observed(turned, engine(turned))).is_empty
