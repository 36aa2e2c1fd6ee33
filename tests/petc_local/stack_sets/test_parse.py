"""Requests read by the service model."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from botocore.serialize import create_serializer

from petc_local.stack_sets import model
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.parse import parse

FULL = {
    "StackSetName": "name",
    "DeploymentTargets": {"OrganizationalUnitIds": ["r-abcd"], "AccountFilterType": "NONE"},
    "Regions": ["us-west-2", "us-east-1"],
    "ParameterOverrides": [
        {"ParameterKey": "A", "ParameterValue": ""},
        {"ParameterKey": "B", "UsePreviousValue": True},
    ],
    "OperationPreferences": {"FailureToleranceCount": 3, "RegionOrder": []},
    "OperationId": "id",
}


def sent(action: str, request: Mapping[str, object]) -> dict[str, list[str]]:
    """Return what MiniStack hands over for a request that botocore writes."""
    body = create_serializer("query").serialize_to_request(request, model.operation(action))["body"]
    return {key: [str(value)] for key, value in body.items()}


def frozen(value: object) -> object:
    if isinstance(value, dict):
        return {key: frozen(inner) for key, inner in value.items()}
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value


def test_what_botocore_writes_is_read_back() -> None:
    assert parse("CreateStackInstances", sent("CreateStackInstances", FULL)) == frozen(FULL)


def test_items_of_lists_keep_their_order_beyond_ten() -> None:
    accounts = [f"{number:012}" for number in range(25)]
    request = {"StackSetName": "name", "Accounts": accounts, "Regions": ["us-west-2"]}

    assert parse("CreateStackInstances", sent("CreateStackInstances", request))["Accounts"] == tuple(accounts)


def test_what_the_model_does_not_know_is_left_out() -> None:
    params = {"Action": ["DeleteStackSet"], "StackSetName": ["name"], "Odd.member.1": ["x"]}

    assert parse("DeleteStackSet", params) == {"StackSetName": "name"}


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "Value null at 'stackSetName' failed to satisfy constraint: Member must not be null"),
        ({"Accounts.member.1": ["12"]}, "Value '12' at 'accounts.1.member' .* regular expression pattern"),
        ({"CallAs": ["ME"]}, r"Value 'ME' at 'callAs' .* enum value set: \[SELF, DELEGATED_ADMIN\]"),
        ({"OperationId": ["x" * 129]}, "'operationId' .* length less than or equal to 128"),
        (
            {"OperationPreferences.MaxConcurrentCount": ["0"]},
            "'operationPreferences.maxConcurrentCount' .* value greater",
        ),
        ({"OperationPreferences.MaxConcurrentCount": ["x"]}, "is not an Integer"),
        ({"RetainStacks": ["perhaps"]}, "is not a Boolean"),
        ({"StackSetName.member.1": ["x"]}, "is not a string"),
    ],
)
def test_a_broken_constraint_is_refused(params: dict[str, object], says: str) -> None:
    with pytest.raises(RequestRefused, match=says) as refused:
        parse("DeleteStackInstances", params)

    assert refused.value.code == "ValidationError"


def test_all_broken_constraints_are_named_at_once() -> None:
    with pytest.raises(
        RequestRefused, match=r"3 validation errors detected: .*stackSetName.*; .*regions.*; .*retainStacks"
    ):
        parse("DeleteStackInstances", {})
