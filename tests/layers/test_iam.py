"""Roles and grants as policy documents."""

from __future__ import annotations

from typing import Any

import pytest
from awacs import s3, sns
from troposphere import GetAtt, Ref

from petc.layers import contracts, iam
from petc.layers.base import Draft
from petc.model import grants
from petc.model.graph import Access, Party, PartyKind, Role
from petc.model.types import Stage
from tests.specs import stage_of

SPEC = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
security: {permissions_boundary: "%s"}
buckets: {files: {}, more: {}}
services: {a: {uses: {files: {}, more: {access: read}}}, b: {uses: {files: {access: read}}}}
functions: {f: {source: f, uses: {files: {access: write}}}}
moved: {b: old-b}
stages: {dev: {}}
"""


def stage(boundary: str = "") -> Stage:
    """Return the stage."""
    return stage_of(SPEC % boundary)


def draft(layer: str = "database", boundary: str = "") -> Draft:
    """Return an empty draft."""
    return Draft(stage(boundary), layer, 3, "t")


def resources(made: Draft) -> Any:
    """Return the resources as plain values."""
    return made.finish().template["Resources"]


def test_a_role_is_assumed_by_one_service_on_behalf_of_this_account() -> None:
    made = draft("security")
    iam.role(made, "RoleA", "ecs-tasks.amazonaws.com", "/services/a", "what the tasks may do")
    found = resources(made)["RoleA"]["Properties"]

    assert found["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Assume",
                "Effect": "Allow",
                "Principal": {"Service": ["ecs-tasks.amazonaws.com"]},
                "Action": ["sts:AssumeRole"],
                "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            }
        ],
    }
    assert found["PermissionsBoundary"] == {
        "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/petc-shop-dev-workloads"
    }


def test_a_role_for_a_service_that_names_no_account() -> None:
    made = draft("security")
    iam.role(made, "RoleA", "x.amazonaws.com", "/services/a", "d", from_this_account=False)

    assert (
        "Condition" not in resources(made)["RoleA"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    )


def test_a_role_stands_below_the_boundary() -> None:
    made = draft("security", "app-boundary")
    iam.role(made, "RoleA", "x.amazonaws.com", "/services/a", "d")

    assert resources(made)["RoleA"]["Properties"]["PermissionsBoundary"] == {
        "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/app-boundary"
    }


def test_a_role_is_referred_to_in_its_layer_and_imported_elsewhere() -> None:
    inside = iam.named_role(draft("security"), contracts.TASK_ROLE, "a")
    outside = iam.named_role(draft(), contracts.TASK_ROLE, "a")

    assert inside.to_dict() == {"Ref": "TaskRoleA"}
    assert outside.to_dict() == {"Fn::ImportValue": "shop-dev-security-TaskRoleA"}


def test_names_follow_the_key_of_a_renamed_part() -> None:
    assert iam.key(stage(), Party(PartyKind.SERVICE, "b")) == "old-b"
    assert iam.key(stage(), Party(PartyKind.FUNCTION, "f")) == "f"


def statements(grant: grants.Grant) -> list[Any]:
    """Allow reading or writing the target."""
    title = f"Bucket{grant.target.name.title()}"
    if grant.access is Access.READ_OBJECTS:
        return [iam.allow("Read", [s3.GetObject], [GetAtt(title, "Arn")])]
    return [iam.allow("Write", [s3.PutObject], [GetAtt(title, "Arn")])]


def test_one_policy_for_each_role_with_all_its_targets() -> None:
    made = draft()
    held = grants.granted(made.stage, Access.READ_OBJECTS, Access.WRITE_OBJECTS)
    added = iam.attach_grants(made, held, statements, {"Read": "a reason", "Other": "unused"})
    found = resources(made)
    policy = found["GrantTaskA"]["Properties"]

    assert sorted(found) == ["GrantFunctionF", "GrantTaskA", "GrantTaskOldB"]
    assert {str(party): [item.title for item in policies] for party, policies in added.items()} == {
        "service a": ["GrantTaskA"],
        "service b": ["GrantTaskOldB"],
        "function f": ["GrantFunctionF"],
    }
    assert policy["RoleName"] == {"Fn::ImportValue": "shop-dev-security-TaskRoleA"}
    assert policy["PolicyName"] == "database-GrantTaskA"
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": [{"Fn::GetAtt": ["BucketFiles", "Arn"]}, {"Fn::GetAtt": ["BucketMore", "Arn"]}],
        },
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": [{"Fn::GetAtt": ["BucketFiles", "Arn"]}],
        },
    ]
    assert found["GrantTaskA"]["Metadata"]["petc"]["reasons"] == {"Read": "a reason"}
    assert "reasons" not in found["GrantFunctionF"]["Metadata"]["petc"]


def test_joined_names_each_resource_once() -> None:
    first = iam.allow("Publish", [sns.Publish], [Ref("A"), "x"])
    (found,) = iam.joined([first, iam.allow("Publish", [sns.Publish], [Ref("A"), Ref("B"), "x"])])

    assert [str(getattr(item, "data", item)) for item in found.properties["Resource"]] == [
        "{'Ref': 'A'}",
        "x",
        "{'Ref': 'B'}",
    ]


def test_statements_of_one_name_must_mean_the_same() -> None:
    """Joining others would drop actions or a condition without a word."""
    with pytest.raises(AssertionError):
        iam.joined([iam.allow("S", [sns.Publish], ["x"]), iam.allow("S", [sns.Subscribe], ["x"])])
    with pytest.raises(AssertionError):
        iam.joined(
            [iam.allow("S", [sns.Publish], ["x"]), iam.allow("S", [sns.Publish], ["x"], iam.same_account())]
        )


@pytest.mark.parametrize(("acts", "name"), [(Role.EXECUTION, "ExecutionRoleA"), (Role.TASK, "TaskRoleA")])
def test_each_way_of_acting_has_its_role(acts: Role, name: str) -> None:
    made = draft()
    found = iam.role_name(made, made.stage, Party(PartyKind.SERVICE, "a"), acts)

    assert found.to_dict() == {"Fn::ImportValue": f"shop-dev-security-{name}"}
