"""The decision, and AWS's words for a denial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pytest

from petc_local.authorization import policies
from petc_local.authorization.policies import Principal

ARN = "arn:aws:sts::222222222222:assumed-role/petc-execution/AWSCloudFormation"
VPC = "arn:aws:ec2:us-west-2:222222222222:vpc/vpc-1"
ALLOW = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "ec2:DeleteVpc", "Resource": "*"}
HEAD = f"User: {ARN} is not authorized to perform: ec2:DeleteVpc on resource: {VPC} "


def denial(
    statements: Iterable[Mapping[str, object]],
    boundary: Mapping[str, object] | None = None,
    keys: Mapping[str, object] = MappingProxyType({}),
) -> str | None:
    who = Principal(
        ARN,
        "222222222222",
        policies.parsed({"Statement": [one]} for one in statements),
        None if boundary is None else policies.parsed([{"Statement": [boundary]}]),
    )
    return policies.denial(who, "ec2:DeleteVpc", VPC, "us-west-2", keys)


@pytest.mark.parametrize(
    ("statements", "boundary", "end"),
    [
        ((), None, "because no identity-based policy allows the ec2:DeleteVpc action"),
        ((ALLOW, DENY), None, "with an explicit deny in an identity-based policy"),
        (
            (ALLOW,),
            {**ALLOW, "Action": "s3:*"},
            "because no permissions boundary allows the ec2:DeleteVpc action",
        ),
        ((ALLOW,), DENY, "with an explicit deny in a permissions boundary"),
    ],
)
def test_a_denial_is_worded_as_by_aws(
    statements: tuple[Mapping[str, object], ...], boundary: Mapping[str, object] | None, end: str
) -> None:
    assert denial(statements, boundary) == HEAD + end


def test_what_policies_and_boundary_allow_is_allowed() -> None:
    assert denial([ALLOW], ALLOW) is None


@pytest.mark.parametrize(
    ("condition", "keys", "allowed"),
    [
        ({"StringEquals": {"aws:RequestedRegion": ["us-west-2"]}}, {}, True),
        ({"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}, {}, False),
        ({"StringEquals": {"aws:ResourceTag/stage": "dev"}}, {"aws:ResourceTag/stage": "dev"}, True),
        ({"StringEquals": {"aws:ResourceTag/stage": "dev"}}, {}, False),
        ({"StringEqualsIfExists": {"aws:ResourceTag/stage": "dev"}}, {}, True),
        (
            {"StringEqualsIfExists": {"aws:ResourceTag/stage": "dev"}},
            {"aws:ResourceTag/stage": "x"},
            False,
        ),
        ({"StringEquals": {"aws:RequestTag/stage": "dev"}}, {"aws:RequestTag/stage": "dev"}, True),
        ({"StringEquals": {"iam:PassedToService": "a"}}, {"iam:PassedToService": "a"}, True),
        ({"StringEquals": {"iam:PermissionsBoundary": "a"}}, {"iam:PermissionsBoundary": "b"}, False),
        ({"StringEquals": {"kms:ViaService": "s"}}, {"kms:ViaService": "s"}, True),
        ({"ForAllValues:StringLike": {"kms:ResourceAliases": ["alias/a-*"]}}, {}, True),
        (
            {"ForAllValues:StringLike": {"kms:ResourceAliases": ["alias/a-*"]}},
            {"kms:ResourceAliases": ["alias/a-1", "alias/b"]},
            False,
        ),
        (
            {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/x"}},
            {"iam:PolicyARN": "arn:aws:iam::aws:policy/x"},
            True,
        ),
    ],
)
def test_conditions_are_decided(
    condition: Mapping[str, object], keys: Mapping[str, object], allowed: bool
) -> None:
    assert (denial([{**ALLOW, "Condition": condition}], keys=keys) is None) is allowed
