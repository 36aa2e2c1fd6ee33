"""The template of the administrator account."""

from __future__ import annotations

import json

import pytest

from petc.deploy.operate import administrator_template
from petc.deploy.operate.execution_policies import MANAGED_POLICY, size
from petc.deploy.operate.shared import SELF_MANAGED, Served
from petc.verify.rendered import Json, mapping, sequence
from tests.deploy.operate.reading import ONE, properties, trust


@pytest.mark.parametrize("accounts", [1, 60, 400])
def test_managed_policies_have_the_size_that_iam_takes_for_any_number_of_accounts(accounts: int) -> None:
    served = Served(tuple(f"{number:012}" for number in range(accounts)), "", ("acme/shop",), (SELF_MANAGED,))
    made = administrator_template.administrator(served)
    inline = mapping(sequence(properties(made, "Administration")["Policies"])[0])

    for logical_id in ("Planner", "Deployer"):
        assert size(mapping(properties(made, logical_id)["PolicyDocument"])) <= MANAGED_POLICY
    assert len(json.dumps(inline["PolicyDocument"], separators=(",", ":"))) <= 10_240


def test_only_stack_sets_of_the_account_take_the_administration_role() -> None:
    (statement,) = trust(administrator_template.administrator(ONE), "Administration")

    assert mapping(statement)["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    assert set(mapping(mapping(statement)["Condition"])) == {"StringEquals", "StringLike"}


def test_the_administration_role_takes_the_execution_role_of_the_targets_and_no_other() -> None:
    policy = mapping(
        sequence(properties(administrator_template.administrator(ONE), "Administration")["Policies"])[0]
    )
    (statement,) = sequence(mapping(policy["PolicyDocument"])["Statement"])

    assert mapping(statement)["Action"] == "sts:AssumeRole"
    assert mapping(statement)["Resource"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:role/petc-execution"}
    ]


def test_workflows_deploy_in_environments_and_plan_on_pull_requests() -> None:
    made = administrator_template.administrator(Served(("1",), "", ("acme/shop",), (SELF_MANAGED,)))

    def subjects(logical_id: str) -> Json:
        condition = mapping(mapping(trust(made, logical_id)[0])["Condition"])
        return mapping(condition["StringLike"])["token.actions.githubusercontent.com:sub"]

    assert subjects("Deploys") == ["repo:acme/shop:environment:*"]
    assert subjects("Plans") == ["repo:acme/shop:pull_request"]
    assert properties(made, "Plans")["ManagedPolicyArns"] == [{"Ref": "Planner"}]


def test_an_openid_provider_that_stands_is_not_made_again() -> None:
    served = Served(("1",), "", ("acme/shop",), (SELF_MANAGED,))

    assert "GitHub" in mapping(administrator_template.administrator(served)["Resources"])
    assert "GitHub" not in mapping(
        administrator_template.administrator(served, with_provider=False)["Resources"]
    )
