"""The action that takes stacks into a stack set."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.stack_sets.test_organization import MANAGED, with_units
from tests.petc_local.stack_sets.world import EAST, WEST, World, new_account, parameter

NOWHERE = "arn:aws:cloudformation:us-west-2:123456789012:stack/none/00000000-0000-4000-8000-000000000000"


def stack(world: World, account: str, body: str = "", region: str = WEST, **more: object) -> str:
    """Make a stack by hand and return its id."""
    client = world.client("cloudformation", account, region)
    made = client.create_stack(StackName="by-hand", TemplateBody=body or parameter(), **more)["StackId"]
    world.until(
        lambda: client.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"],
        lambda status: not str(status).endswith("_IN_PROGRESS"),
    )
    return str(made)


def take(world: World, name: str, *stack_ids: str, **more: object) -> Any:
    answer = world.sets.import_stacks_to_stack_set(StackSetName=name, StackIds=list(stack_ids), **more)
    return world.over(name, answer)


def refused(world: World, name: str, *stack_ids: str, **more: object) -> str:
    with pytest.raises(ClientError) as error:
        take(world, name, *stack_ids, **more)
    return str(error.value.response["Error"]["Code"])


def test_stacks_become_instances_and_stay_as_they_are(world: World) -> None:
    one, two = world.targets(2)
    world.create("taken")
    first, second = stack(world, one), stack(world, two, region=EAST)

    operation = take(world, "taken", first, second, OperationId="mine")

    assert (operation["OperationId"], operation["Action"], operation["Status"]) == (
        "mine",
        "CREATE",
        "SUCCEEDED",
    )
    assert world.states("taken") == {
        (one, WEST): ("CURRENT", "SUCCEEDED"),
        (two, EAST): ("CURRENT", "SUCCEEDED"),
    }
    assert world.instance("taken", one)["StackId"] == first
    assert [item["StackStatus"] for item in world.stacks(one)] == ["CREATE_COMPLETE"]


def test_an_imported_stack_follows_its_set(world: World) -> None:
    (one,) = world.targets(1)
    world.create("follows")
    held = stack(world, one)
    take(world, "follows", held)

    operation = world.update("follows", parameter("two"))

    assert operation["Status"] == "SUCCEEDED"
    assert world.instance("follows", one)["StackId"] == held
    assert [item["StackStatus"] for item in world.stacks(one)] == ["UPDATE_COMPLETE"]


def test_a_retained_stack_comes_back(world: World) -> None:
    (one,) = world.targets(1)
    world.create("back")
    world.deploy("back", [one])
    held = world.instance("back", one)["StackId"]
    world.remove("back", [one], RetainStacks=True)

    take(world, "back", held)

    assert world.states("back") == {(one, WEST): ("CURRENT", "SUCCEEDED")}
    assert world.instance("back", one)["StackId"] == held


def test_an_account_without_the_role_fails(world: World) -> None:
    (one,) = world.targets(1, roles=False)
    world.create("roleless")

    operation = take(world, "roleless", stack(world, one))

    assert operation["Status"] == "FAILED"
    assert world.states("roleless") == {(one, WEST): ("INOPERABLE", "FAILED_IMPORT")}


def test_a_failed_import_is_repeated(world: World) -> None:
    (one,) = world.targets(1, roles=False)
    world.create("repeated")
    held = stack(world, one)
    take(world, "repeated", held)
    world.add_execution_role(one)

    operation = take(world, "repeated", held)

    assert operation["Status"] == "SUCCEEDED"
    assert world.states("repeated") == {(one, WEST): ("CURRENT", "SUCCEEDED")}


def test_a_stack_that_does_not_exist_is_not_found(world: World) -> None:
    world.create("nothing-there")

    assert refused(world, "nothing-there", NOWHERE) == "StackNotFoundException"
    assert world.states("nothing-there") == {}


def test_a_stack_belongs_to_one_set_only(world: World) -> None:
    (one,) = world.targets(1)
    world.create("owner")
    world.create("thief")
    world.deploy("owner", [one])
    held = world.instance("owner", one)["StackId"]

    assert refused(world, "thief", held) == "InvalidOperationException"
    assert refused(world, "owner", held) == "InvalidOperationException"


def test_a_target_takes_one_instance(world: World) -> None:
    (one,) = world.targets(1)
    world.create("full")
    world.deploy("full", [one])

    assert refused(world, "full", stack(world, one)) == "InvalidOperationException"


def test_too_many_stacks_are_refused(world: World) -> None:
    world.create("many")

    assert refused(world, "many", *[NOWHERE] * 11) == "LimitExceededException"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"StackIds": [NOWHERE], "StackIdsUrl": "https://s3.us-west-2.amazonaws.com/lists/ids"},
        {"StackIds": ["by-hand"]},
        {"StackIds": [NOWHERE, NOWHERE.replace("none", "other")]},
        {"StackIds": [NOWHERE], "OrganizationalUnitIds": ["ou-abcd-12345678"]},
    ],
)
def test_requests_that_make_no_sense_are_refused(world: World, more: dict[str, object]) -> None:
    world.create("senseless")

    with pytest.raises(ClientError) as error:
        world.sets.import_stacks_to_stack_set(StackSetName="senseless", **more)

    assert error.value.response["Error"]["Code"] == "ValidationError"


def test_stacks_are_listed_in_an_object(world: World) -> None:
    one, two = world.targets(2)
    world.create("listed")
    listed = "\n".join((stack(world, one), stack(world, two)))
    bucket = f"lists-{world.account}"
    world.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": WEST})
    world.client("s3").put_object(Bucket=bucket, Key="ids", Body=listed.encode())

    answer = world.sets.import_stacks_to_stack_set(
        StackSetName="listed", StackIdsUrl=f"https://s3.{WEST}.amazonaws.com/{bucket}/ids"
    )
    world.over("listed", answer)

    assert set(world.states("listed")) == {(one, WEST), (two, WEST)}


def test_an_account_of_an_organization_comes_in_with_its_unit(world: World) -> None:
    upper, lower, accounts = with_units(world)
    world.sets.activate_organizations_access()
    world.create("unit", **MANAGED)
    held = stack(world, accounts[lower])

    take(world, "unit", held, OrganizationalUnitIds=[lower])

    assert world.instance("unit", accounts[lower])["OrganizationalUnitId"] == lower
    assert refused(world, "unit", stack(world, accounts[upper]), OrganizationalUnitIds=[lower]) == (
        "ValidationError"
    )
    assert refused(world, "unit", stack(world, new_account())) == "ValidationError"
