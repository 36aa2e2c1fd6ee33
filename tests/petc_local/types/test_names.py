from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, resource, update
from tests.petc_local.types.test_iam import TRUST


def role(description: str = "one") -> dict[str, Any]:
    return {"Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Description=description)}


def test_stacks_of_one_name_in_two_regions_have_roles_of_their_own(aws: LocalAws) -> None:
    here = create(aws, role())
    there = create(replace(aws, region="eu-west-1"), role())
    names = {item["RoleName"] for item in aws.client("iam").list_roles()["Roles"]}

    assert here.ids["Role"] != there.ids["Role"]
    assert {here.ids["Role"], there.ids["Role"]} <= names


def test_a_name_stays_through_an_update(aws: LocalAws) -> None:
    made = create(aws, role())
    changed = update(aws, role("two"))

    assert changed.ids["Role"] == made.ids["Role"]
    assert aws.client("iam").get_role(RoleName=made.ids["Role"])["Role"]["Description"] == "two"


def test_a_stack_that_is_created_again_gets_new_names(aws: LocalAws) -> None:
    first = create(aws, role())
    delete(aws)
    second = create(aws, role())

    assert first.ids["Role"] != second.ids["Role"]
    assert second.ids["Role"].startswith("probe-Role-")
