"""The templates of `petc bootstrap`: valid, small enough, and no wider than they must be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from petc.deploy.operate import bootstrap_templates as templates
from petc.deploy.operate.bootstrap_stacks import stacks
from petc.deploy.operate.execution_policies import MANAGED_POLICY, size
from petc.deploy.operate.permissions import SUPPORTING, service_of
from petc.deploy.operate.shared import SELF_MANAGED, SERVICE_MANAGED, STACKS, Served
from petc.verify.rendered import Json, mapping, resources, sequence
from tests.deploy.operate.stages import asked, stages

ONE = Served(("111111111111",), "", (), (SELF_MANAGED,))


def properties(template: dict[str, Json], logical_id: str) -> dict[str, Json]:
    return mapping(mapping(mapping(template["Resources"])[logical_id])["Properties"])


def trust(template: dict[str, Json], logical_id: str) -> list[Json]:
    return sequence(mapping(properties(template, logical_id)["AssumeRolePolicyDocument"])["Statement"])


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    for name in ("petclinic-dev", "petclinic-prod"):
        more = {
            "repositories": ("acme/shop",),
            "organization": "o-abcdefghij" if name.endswith("prod") else "",
        }
        for stack in stacks(asked(name, **more)):
            (tmp_path / f"{name}-{stack.name}-{stack.place.region}.yaml").write_text(stack.text, "utf-8")
    files = sorted(map(str, tmp_path.glob("*.yaml")))
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), *files], capture_output=True, text=True, check=False
    )

    assert len(files) > 8
    assert linted.stdout == ""
    assert linted.returncode == 0


@pytest.mark.parametrize("name", sorted(stages()))
def test_each_template_travels_within_the_call(name: str) -> None:
    """There is no bucket yet that it could travel by."""
    assert max(len(stack.text.encode()) for stack in stacks(asked(name))) <= 51_200


@pytest.mark.parametrize("accounts", [1, 60, 400])
def test_managed_policies_have_the_size_that_iam_takes_for_any_number_of_accounts(accounts: int) -> None:
    served = Served(tuple(f"{number:012}" for number in range(accounts)), "", ("acme/shop",), (SELF_MANAGED,))
    made = templates.administrator(served)
    inline = mapping(sequence(properties(made, "Administration")["Policies"])[0])

    for logical_id in ("Planner", "Deployer"):
        assert size(mapping(properties(made, logical_id)["PolicyDocument"])) <= MANAGED_POLICY
    assert len(json.dumps(inline["PolicyDocument"], separators=(",", ":"))) <= 10_240


def test_only_stack_sets_of_the_account_take_the_administration_role() -> None:
    (statement,) = trust(templates.administrator(ONE), "Administration")

    assert mapping(statement)["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    assert set(mapping(mapping(statement)["Condition"])) == {"StringEquals", "StringLike"}


def test_the_administration_role_takes_the_execution_role_of_the_targets_and_no_other() -> None:
    policy = mapping(sequence(properties(templates.administrator(ONE), "Administration")["Policies"])[0])
    (statement,) = sequence(mapping(policy["PolicyDocument"])["Statement"])

    assert mapping(statement)["Action"] == "sts:AssumeRole"
    assert mapping(statement)["Resource"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:role/petc-execution"}
    ]


def test_only_the_administration_role_takes_the_execution_role() -> None:
    (statement,) = trust(templates.target("123456789012", ONE), "Execution")

    assert mapping(statement)["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::123456789012:role/petc-administration"}
    }


def test_for_plain_stacks_cloudformation_takes_it_itself() -> None:
    (statement,) = trust(templates.target("123456789012", Served(ways=(STACKS,))), "Execution")

    assert mapping(statement)["Principal"] == {"Service": "cloudformation.amazonaws.com"}


def test_a_service_managed_stage_needs_neither_role() -> None:
    served = Served(("111111111111",), "o-abcdefghij", (), (SERVICE_MANAGED,))

    assert "Administration" not in mapping(templates.administrator(served)["Resources"])
    assert set(mapping(templates.target("123456789012", served)["Resources"])) == {"Reader"}


def test_the_boundary_caps_the_execution_role_and_lets_it_not_change_itself() -> None:
    made = templates.target("123456789012", ONE)
    statements = sequence(mapping(properties(made, "Boundary")["PolicyDocument"])["Statement"])
    denied = [mapping(item) for item in statements if mapping(item)["Effect"] == "Deny"]

    assert properties(made, "Execution")["PermissionsBoundary"] == {"Ref": "Boundary"}
    assert denied[0]["Action"] == "iam:*"
    assert {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/petc-*"} in sequence(
        denied[0]["Resource"]
    )
    assert size(mapping(properties(made, "Boundary")["PolicyDocument"])) <= MANAGED_POLICY


@pytest.mark.parametrize("name", sorted(stages()))
def test_the_boundary_reaches_as_far_as_the_layers(name: str) -> None:
    """A service that it lacks would be refused whatever the policies say."""
    _, made = stages()[name]
    boundary = sequence(
        mapping(properties(templates.target("1", ONE), "Boundary")["PolicyDocument"])["Statement"]
    )
    allowed = {
        str(action).partition(":")[0] for item in boundary for action in sequence(mapping(item)["Action"])
    }

    assert {service_of(item.type) for item in resources(made.view)} | set(SUPPORTING) <= allowed


def test_the_bucket_is_private_encrypted_and_reached_by_tls_only() -> None:
    made = templates.bucket("petc-artifacts-1-us-west-2", ONE)
    bucket = properties(made, "Artifacts")
    statements = sequence(mapping(properties(made, "ArtifactsPolicy")["PolicyDocument"])["Statement"])

    assert all(mapping(bucket["PublicAccessBlockConfiguration"]).values())
    assert "BucketEncryption" in bucket
    assert mapping(statements[0])["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert mapping(mapping(made["Resources"])["Artifacts"])["DeletionPolicy"] == "Retain"


def test_the_bucket_is_read_by_the_execution_roles_of_the_targets() -> None:
    made = templates.bucket("petc-artifacts-1-us-west-2", ONE)
    reading = mapping(
        sequence(mapping(properties(made, "ArtifactsPolicy")["PolicyDocument"])["Statement"])[-1]
    )

    assert reading["Principal"] == {"AWS": [{"Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:root"}]}
    assert reading["Action"] == "s3:GetObject"
    assert "aws:PrincipalArn" in mapping(mapping(reading["Condition"])["ArnLike"])


def test_the_gateway_s_settings_stay_when_the_stack_goes() -> None:
    made = mapping(templates.gateway()["Resources"])

    assert {mapping(item)["DeletionPolicy"] for item in made.values()} == {"Retain"}


def test_workflows_deploy_in_environments_and_plan_on_pull_requests() -> None:
    made = templates.administrator(Served(("1",), "", ("acme/shop",), (SELF_MANAGED,)))

    def subjects(logical_id: str) -> Json:
        condition = mapping(mapping(trust(made, logical_id)[0])["Condition"])
        return mapping(condition["StringLike"])["token.actions.githubusercontent.com:sub"]

    assert subjects("Deploys") == ["repo:acme/shop:environment:*"]
    assert subjects("Plans") == ["repo:acme/shop:pull_request"]
    assert properties(made, "Plans")["ManagedPolicyArns"] == [{"Ref": "Planner"}]


def test_an_openid_provider_that_stands_is_not_made_again() -> None:
    served = Served(("1",), "", ("acme/shop",), (SELF_MANAGED,))

    assert "GitHub" in mapping(templates.administrator(served)["Resources"])
    assert "GitHub" not in mapping(templates.administrator(served, with_provider=False)["Resources"])
