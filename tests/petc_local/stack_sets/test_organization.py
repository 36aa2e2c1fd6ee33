"""Service-managed stack sets over the accounts of an organization."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import organizations

from petc_local.stack_sets import add_account
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.organization import accounts_of, join
from petc_local.stack_sets.store import STORE
from tests.petc_local.stack_sets.world import WEST, World, new_account, parameter

MANAGED: dict[str, Any] = {
    "PermissionModel": "SERVICE_MANAGED",
    "AutoDeployment": {"Enabled": False},
}


def with_units(world: World) -> tuple[str, str, dict[str, str]]:
    """Return a unit, a unit below it, and an account in each, in the world's organization."""
    client = world.client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    upper = client.create_organizational_unit(ParentId=root, Name="upper")["OrganizationalUnit"]["Id"]
    lower = client.create_organizational_unit(ParentId=upper, Name="lower")["OrganizationalUnit"]["Id"]
    accounts = {}
    for unit in (upper, lower):
        made = client.create_account(Email=f"{unit}@example.com", AccountName=unit)["CreateAccountStatus"][
            "AccountId"
        ]
        client.move_account(AccountId=made, SourceParentId=root, DestinationParentId=unit)
        accounts[unit] = made
    return upper, lower, accounts


def deploy(world: World, name: str, **targets: object) -> dict[str, object]:
    answer = world.sets.create_stack_instances(StackSetName=name, DeploymentTargets=targets, Regions=[WEST])
    operation: dict[str, object] = world.over(name, answer)
    return operation


def test_a_service_managed_set_needs_trusted_access(world: World) -> None:
    with pytest.raises(ClientError, match="You must enable organizations access"):
        world.create("early", **MANAGED)


def test_trusted_access_is_switched_on_and_off(world: World) -> None:
    before = world.sets.describe_organizations_access()["Status"]
    world.sets.activate_organizations_access()
    during = world.sets.describe_organizations_access()["Status"]
    world.sets.deactivate_organizations_access()

    assert (before, during) == ("DISABLED", "ENABLED")
    assert world.sets.describe_organizations_access()["Status"] == "DISABLED"


def test_automatic_deployment_has_to_be_said(world: World) -> None:
    world.sets.activate_organizations_access()

    with pytest.raises(ClientError, match="AutoDeployment is required"):
        world.create("unsaid", PermissionModel="SERVICE_MANAGED")


def test_roles_are_for_self_managed_sets_only(world: World) -> None:
    world.sets.activate_organizations_access()

    with pytest.raises(ClientError, match="valid only for self-managed"):
        world.create("roles", ExecutionRoleName="mine", **MANAGED)


def test_a_unit_means_the_accounts_in_it_and_below_without_any_roles(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.create("unit", **MANAGED)

    operation = deploy(world, "unit", OrganizationalUnitIds=[upper])

    assert operation["Status"] == "SUCCEEDED"
    assert operation["DeploymentTargets"] == {"OrganizationalUnitIds": [upper]}
    assert set(world.states("unit")) == {(account, WEST) for account in accounts.values()}
    assert world.instance("unit", accounts[lower])["OrganizationalUnitId"] == upper
    assert world.sets.describe_stack_set(StackSetName="unit")["StackSet"]["OrganizationalUnitIds"] == [upper]
    assert len(world.stacks(accounts[lower])) == 1


def test_the_root_means_everyone_but_the_management_account(world: World) -> None:
    world.sets.activate_organizations_access()
    _, _, accounts = with_units(world)
    root = world.client("organizations").list_roots()["Roots"][0]["Id"]
    world.create("root", **MANAGED)

    deploy(world, "root", OrganizationalUnitIds=[root])

    assert {account for account, _ in world.states("root")} == set(accounts.values())


def test_accounts_can_be_left_out_of_a_unit(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.create("but", **MANAGED)

    deploy(
        world,
        "but",
        OrganizationalUnitIds=[upper],
        Accounts=[accounts[lower]],
        AccountFilterType="DIFFERENCE",
    )

    assert {account for account, _ in world.states("but")} == {accounts[upper]}


def test_a_union_is_refused_at_creation(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.create("union", **MANAGED)

    with pytest.raises(ClientError, match="UNION is not supported"):
        deploy(
            world,
            "union",
            OrganizationalUnitIds=[upper],
            Accounts=[accounts[lower]],
            AccountFilterType="UNION",
        )


def test_an_account_without_a_unit_and_a_unit_without_instances_are_refused(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.create("unnamed", **MANAGED)
    deploy(world, "unnamed", OrganizationalUnitIds=[upper])
    targets = {"Accounts": [accounts[lower]]}
    with pytest.raises(ClientError, match="can only have OrganizationalUnit as target"):
        world.update("unnamed", DeploymentTargets=targets, Regions=[WEST])
    with pytest.raises(ClientError, match=f"Organizational unit {lower} not found in StackSet"):
        world.update("unnamed", DeploymentTargets={"OrganizationalUnitIds": [lower]}, Regions=[WEST])


def test_an_account_that_left_is_taken_out_by_the_unit_that_its_instance_was_made_for(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.create("left", **MANAGED)
    deploy(world, "left", OrganizationalUnitIds=[upper])
    client = world.client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    client.move_account(AccountId=accounts[lower], SourceParentId=lower, DestinationParentId=root)

    targets = {
        "OrganizationalUnitIds": [upper],
        "Accounts": [accounts[lower]],
        "AccountFilterType": "INTERSECTION",
    }
    answer = world.sets.delete_stack_instances(
        StackSetName="left", RetainStacks=True, DeploymentTargets=targets, Regions=[WEST]
    )
    world.over("left", answer)

    assert set(world.states("left")) == {(accounts[upper], WEST)}
    assert len(world.stacks(accounts[lower])) == 1


def test_an_update_and_a_deletion_of_one_account_name_its_unit(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.create("single", **MANAGED)
    deploy(world, "single", OrganizationalUnitIds=[upper])
    targets = {
        "OrganizationalUnitIds": [upper],
        "Accounts": [accounts[lower]],
        "AccountFilterType": "INTERSECTION",
    }
    only = {"DeploymentTargets": targets, "Regions": [WEST]}

    world.update("single", parameter("two"), **only)
    updated = world.states("single")
    answer = world.sets.delete_stack_instances(StackSetName="single", RetainStacks=False, **only)
    world.over("single", answer)

    assert updated[accounts[lower], WEST][0] == "CURRENT"
    assert updated[accounts[upper], WEST][0] == "OUTDATED"
    assert set(world.states("single")) == {(accounts[upper], WEST)}


def test_a_suspended_account_is_skipped(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, lower, accounts = with_units(world)
    world.client("organizations").close_account(AccountId=accounts[lower])
    world.create("closed", **MANAGED)

    operation = deploy(world, "closed", OrganizationalUnitIds=[upper])

    assert operation["Status"] == "SUCCEEDED"
    assert world.states("closed")[accounts[lower], WEST] == ("OUTDATED", "SKIPPED_SUSPENDED_ACCOUNT")
    assert world.stacks(accounts[lower]) == []


def test_an_unknown_unit_is_refused(world: World) -> None:
    world.sets.activate_organizations_access()
    world.create("unknown", **MANAGED)

    with pytest.raises(ClientError, match="does not exist"):
        deploy(world, "unknown", OrganizationalUnitIds=["ou-abcd-12345678"])


def test_the_permission_model_stays_while_there_are_instances(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, _, _ = with_units(world)
    world.create("model", **MANAGED)
    deploy(world, "model", OrganizationalUnitIds=[upper])

    with pytest.raises(ClientError) as error:
        world.update("model", PermissionModel="SELF_MANAGED")

    assert error.value.response["Error"]["Code"] == "InvalidOperationException"


def test_units_of_a_set_are_listed_with_their_regions(world: World) -> None:
    world.sets.activate_organizations_access()
    upper, _, _ = with_units(world)
    world.create("listed", **MANAGED)
    deploy(world, "listed", OrganizationalUnitIds=[upper])

    summaries = world.sets.list_stack_set_auto_deployment_targets(StackSetName="listed")["Summaries"]

    assert summaries == [{"OrganizationalUnitId": upper, "Regions": [WEST]}]


def test_children_of_a_unit_are_listed_by_their_type(world: World) -> None:
    upper, lower, accounts = with_units(world)
    client = world.client("organizations")

    units = client.list_children(ParentId=upper, ChildType="ORGANIZATIONAL_UNIT")["Children"]
    members = client.list_children(ParentId=upper, ChildType="ACCOUNT")["Children"]

    assert units == [{"Id": lower, "Type": "ORGANIZATIONAL_UNIT"}]
    assert members == [{"Id": accounts[upper], "Type": "ACCOUNT"}]


def test_an_account_with_a_chosen_id_joins_a_unit() -> None:
    management, account = new_account(), new_account()
    with request_scope(management, WEST):
        organizations._ensure_org()
        root = next(iter(organizations._roots))

    add_account(management, account, root)

    assert accounts_of(management, (root,)) == {management: root, account: root}
    with pytest.raises(RequestRefused, match="no account id"):
        add_account(management, "12")
    with pytest.raises(RequestRefused, match="does not exist"):
        add_account(management, new_account(), "ou-abcd-12345678")


def test_accounts_join_a_unit_of_a_chosen_id_which_is_open_to_stack_sets() -> None:
    management, account = new_account(), new_account()
    join(management, (account,), "ou-abcd-11112222")

    assert accounts_of(management, ("ou-abcd-11112222",)) == {account: "ou-abcd-11112222"}
    assert management in STORE.trusted


def test_a_unit_has_an_id_of_aws_form() -> None:
    with pytest.raises(RequestRefused, match="no id of an organizational unit"):
        join(new_account(), (), "members")


def test_accounts_of_a_unit_that_does_not_exist_are_not_listed(world: World) -> None:
    client = world.client("organizations")

    with pytest.raises(ClientError, match="ParentNotFoundException"):
        client.list_accounts_for_parent(ParentId="ou-abcd-99998888")
