"""The template of the administrator account."""

from __future__ import annotations

import json

import pytest

from petc.deploy.bootstrap import administrator_template
from petc.deploy.bootstrap.consumers import SELF_MANAGED, Served, ServedStage
from petc.deploy.bootstrap.execution_policies import MANAGED_POLICY, size
from petc.verify.rendered import Json, mapping, sequence
from tests.deploy.bootstrap.reading import ONE, properties, trust


@pytest.mark.parametrize("accounts", [1, 30, 60, 400])
def test_managed_policies_have_the_size_that_iam_takes_for_any_number_of_accounts(accounts: int) -> None:
    listed = tuple(f"{number:012}" for number in range(accounts))
    stage = ServedStage("shop", "dev", SELF_MANAGED, listed, listed, (), ("b",), has_site=True)
    served = Served(listed, "", ("acme/shop",), (SELF_MANAGED,), (stage,))
    made = administrator_template.administrator(served)
    inline = mapping(sequence(properties(made, "Administration")["Policies"])[0])

    assert "stackset/shop-dev-*" in str(properties(made, "DeployerShopDev"))
    assert "stackset/shop-dev-*" in str(properties(made, "Deployer"))
    for logical_id in ("Planner", "Deployer", "DeployerShopDev"):
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


def test_workflows_deploy_in_the_stage_s_environment_and_plan_on_pull_requests() -> None:
    stages = tuple(
        ServedStage("shop", stage, SELF_MANAGED, repositories=("acme/shop",)) for stage in ("dev", "prod")
    )
    made = administrator_template.administrator(
        Served(("1",), "", ("acme/shop",), (SELF_MANAGED,), stages=stages)
    )

    def subjects(logical_id: str) -> Json:
        condition = mapping(mapping(trust(made, logical_id)[0])["Condition"])
        assert set(condition) == {"StringEquals"}
        return mapping(condition["StringEquals"])["token.actions.githubusercontent.com:sub"]

    assert subjects("DeploysShopDev") == ["repo:acme/shop:environment:dev"]
    assert subjects("DeploysShopProd") == ["repo:acme/shop:environment:prod"]
    assert subjects("Plans") == ["repo:acme/shop:pull_request"]
    assert properties(made, "Plans")["ManagedPolicyArns"] == [{"Ref": "Planner"}]
    assert {"Ref": "DeployerShopDev"} in sequence(properties(made, "DeploysShopDev")["ManagedPolicyArns"])
    assert {"Ref": "DeployerShopProd"} not in sequence(
        properties(made, "DeploysShopDev")["ManagedPolicyArns"]
    )


def test_a_repository_of_one_stage_deploys_no_other() -> None:
    stages = (
        ServedStage("shop", "dev", SELF_MANAGED, repositories=("acme/shop",)),
        ServedStage("shop", "prod", SELF_MANAGED),
    )
    made = administrator_template.administrator(Served(("1",), "", ("acme/shop",), (), stages=stages))

    assert "DeploysShopDev" in mapping(made["Resources"])
    assert "DeploysShopProd" not in mapping(made["Resources"])


@pytest.mark.parametrize("count", [1, 5, 30])
def test_the_policy_of_people_deploys_as_many_stages_as_it_takes(count: int) -> None:
    stages = tuple(
        ServedStage("shop", f"stage-{number}", SELF_MANAGED, ("111111111111",), ("111111111111",), (), ("b",))
        for number in range(count)
    )
    made = administrator_template.administrator(Served(("111111111111",), stages=stages))

    assert size(mapping(properties(made, "Deployer")["PolicyDocument"])) <= MANAGED_POLICY
    assert "stackset/shop-stage-0-*" in str(properties(made, "Deployer"))


def test_an_openid_provider_that_stands_is_not_made_again() -> None:
    served = Served(("1",), "", ("acme/shop",), (SELF_MANAGED,))

    assert "GitHub" in mapping(administrator_template.administrator(served)["Resources"])
    assert "GitHub" not in mapping(
        administrator_template.administrator(served, with_provider=False)["Resources"]
    )
