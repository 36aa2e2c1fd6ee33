"""Parameters of stacks that exclude each other are refused, as the API reference says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.running import LocalAws

BODY = '{"Parameters": {"P": {"Type": "String", "Default": "p"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
URL = "http://templates.s3.localhost/one.json"


@pytest.mark.parametrize(
    ("action", "given", "named"),
    [
        ("create_stack", {"TemplateBody": BODY, "TemplateURL": URL}, "TemplateBody and TemplateURL"),
        (
            "create_stack",
            {"TemplateBody": BODY, "OnFailure": "DELETE", "DisableRollback": False},
            "OnFailure and DisableRollback",
        ),
        (
            "create_stack",
            {"TemplateBody": BODY, "StackPolicyBody": "{}", "StackPolicyURL": URL},
            "StackPolicyBody and StackPolicyURL",
        ),
        (
            "update_stack",
            {"TemplateBody": BODY, "UsePreviousTemplate": True},
            "TemplateBody and UsePreviousTemplate",
        ),
        (
            "update_stack",
            {
                "TemplateBody": BODY,
                "Parameters": [{"ParameterKey": "P", "ParameterValue": "v", "UsePreviousValue": True}],
            },
            "parameter key P",
        ),
        (
            "create_change_set",
            {"ChangeSetName": "c", "TemplateURL": URL, "UsePreviousTemplate": True},
            "TemplateURL and UsePreviousTemplate",
        ),
    ],
)
def test_they_are_refused(aws: LocalAws, action: str, given: dict[str, Any], named: str) -> None:
    client = aws.client("cloudformation")
    if action != "create_stack":
        client.create_stack(StackName="mine", TemplateBody=BODY)
        client.get_waiter("stack_create_complete").wait(StackName="mine", WaiterConfig={"Delay": 1})
    with pytest.raises(ClientError, match=named) as raised:
        getattr(client, action)(StackName="mine", **given)

    assert raised.value.response["Error"]["Code"] == "ValidationError"


def test_a_flag_that_is_false_beside_a_template_is_none(aws: LocalAws) -> None:
    client = aws.client("cloudformation")
    client.create_stack(StackName="mine", TemplateBody=BODY, OnFailure="DELETE")
    client.get_waiter("stack_create_complete").wait(StackName="mine", WaiterConfig={"Delay": 1})
    other = BODY.replace('"T"', '"U"')

    assert client.update_stack(StackName="mine", TemplateBody=other, UsePreviousTemplate=False)["StackId"]
