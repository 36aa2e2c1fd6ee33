"""A whole deployment in which each call of petc is decided by the policies that `petc bootstrap` makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from petc.local import environment
from tests.cli.operating import DAY, Project, project
from tests.cli.test_deploy_command import AFTER, BEFORE, sharing, verified
from tests.local.running import LocalAws, local_aws

__all__ = ["verified"]

MEMBER = "222222222222"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """A local AWS that asks the policies."""
    monkeypatch.setenv(environment.IAM, "1")
    with local_aws(tmp_path / "aws", account="111111111111") as running:
        yield running


def user(aws: LocalAws, name: str, *policies: str) -> dict[str, str]:
    """Make a user, with every permission or those of policies, and return its keys as variables."""
    iam = aws.client("iam")
    iam.create_user(UserName=name)
    if not policies:
        iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=EVERYTHING)
    for policy in policies:
        iam.attach_user_policy(UserName=name, PolicyArn=f"arn:aws:iam::{aws.account}:policy/{policy}")
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def open_account(aws: LocalAws) -> None:
    """Make the role in the member account that an organization makes in its accounts."""
    trust = {"Effect": "Allow", "Principal": {"AWS": aws.account}, "Action": "sts:AssumeRole"}
    iam = aws.client("iam", account=MEMBER)
    iam.create_role(
        RoleName="OrganizationAccountAccessRole",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    iam.put_role_policy(
        RoleName="OrganizationAccountAccessRole", PolicyName="everything", PolicyDocument=EVERYTHING
    )


def test_the_policies_suffice_to_plan_deploy_and_destroy_and_the_planner_changes_nothing(
    strict: LocalAws, tmp_path: Path, verified: Path
) -> None:
    home = tmp_path / "project"
    home.mkdir()
    made: Project = sharing(project(home, strict), verified)
    made.change(
        f'accounts: ["{strict.account}"]', f'administrator: "{strict.account}", accounts: ["{MEMBER}"]'
    )
    open_account(strict)
    admin = user(strict, "admin")
    prepared = made.run(
        "bootstrap", "--stage", "dev", "--yes", "--role", "OrganizationAccountAccessRole", **admin
    )
    planner = user(strict, "planner", "petc-planner")
    deployer = user(strict, "deployer", "petc-planner", "petc-deployer")
    refused = made.run("deploy", "--stage", "dev", "--yes", *DAY, **planner)
    deployed = made.run("deploy", "--stage", "dev", "--yes", *DAY, **deployer)
    looked = [
        made.run(name, "--stage", "dev", **planner) for name in ("status", "events", "drift", "recover")
    ]
    made.change(BEFORE, AFTER)
    planned = made.run("plan", "--stage", "dev", *DAY, **planner)
    compared = made.run("plan", "--stage", "dev", "--change-sets", *DAY, **deployer)
    gone = made.run(
        "destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets", **deployer
    )

    assert prepared.exit_code == 0, prepared.stderr
    assert "error[aws-access-denied]: s3:PutObject is not allowed" in refused.stderr
    assert deployed.exit_code == 0, deployed.stderr
    assert [result.stderr for result in looked if result.exit_code] == []
    assert "json -> text" in planned.stdout, planned.stderr
    assert "change sets: CloudFormation says the same" in compared.stdout, compared.stderr
    assert gone.exit_code == 0, gone.stderr
