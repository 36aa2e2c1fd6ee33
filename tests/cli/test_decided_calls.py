"""Whole deployments in which policies decide: each call of petc, and what stacks do for each of their resources."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from petc.diagnostics import Rejected
from petc.local import environment
from petc.output.reader import read
from petc.source.tree import Json
from petc.verify.rendered import mapping
from tests import specs
from tests.cli.commands.test_deploy import AFTER, BEFORE
from tests.cli.operating import DAY, Project, project
from tests.petc_local.running import LocalAws, local_aws

OLD = Path(__file__).parent / "bootstrap-0.3" / "petc-bootstrap-shop-dev.yaml"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
ENGINES = ("stack-sets", "stacks")
_ACCOUNTS = itertools.count(440000000000)


@pytest.fixture(scope="session")
def deciding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS that asks the policies."""
    folder = tmp_path_factory.mktemp("aws")
    with local_aws(folder, account="111111111111", variables={environment.IAM: "1"}) as running:
        yield running


@dataclass(frozen=True)
class Asked:
    """A project whose stage is prepared in another account, and the keys of who may do what there."""

    project: Project
    member: str
    admin: dict[str, str]
    planner: dict[str, str]
    deployer: dict[str, str]

    def client(self, service: str, region: str = "") -> Any:
        """Return a client for the root of the member account."""
        return self.project.aws.client(service, account=self.member, region=region)


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


def open_account(aws: LocalAws, member: str) -> None:
    """Make the role in the member account that an organization makes in its accounts."""
    trust = {"Effect": "Allow", "Principal": {"AWS": aws.account}, "Action": "sts:AssumeRole"}
    iam = aws.client("iam", account=member)
    iam.create_role(
        RoleName="OrganizationAccountAccessRole",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    iam.put_role_policy(
        RoleName="OrganizationAccountAccessRole", PolicyName="everything", PolicyDocument=EVERYTHING
    )


def two_accounts(server: LocalAws) -> tuple[LocalAws, str]:
    """Return the server seen from an account that is new, and another new one."""
    return replace(server, account=str(next(_ACCOUNTS))), str(next(_ACCOUNTS))


def prepared(made: Project, member: str, stage: str) -> Asked:
    """Bootstrap a stage as administrator, and make a planner and a deployer."""
    open_account(made.aws, member)
    admin = user(made.aws, "admin")
    done = made.run(
        "bootstrap", "--stage", stage, "--yes", "--role", "OrganizationAccountAccessRole", **admin
    )
    assert done.exit_code == 0, done.stderr
    return Asked(
        made,
        member,
        admin,
        user(made.aws, "planner", "petc-planner"),
        user(made.aws, "deployer", "petc-planner", "petc-deployer"),
    )


def starter(server: LocalAws, home: Path, engine: str, *edits: tuple[str, str]) -> Asked:
    """Return the starter spec's stage, prepared for an engine, with edits of the spec."""
    aws, member = two_accounts(server)
    made: Project = project(home, aws)
    for old, new in edits:
        made.change(old, new)
    made.change(
        f'accounts: ["{aws.account}"]',
        f'engine: {engine}, administrator: "{aws.account}", accounts: ["{member}"]',
    )
    return prepared(made, member, "dev")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_policies_suffice_to_plan_deploy_and_destroy_and_the_planner_changes_nothing(
    deciding: LocalAws, tmp_path: Path, engine: str
) -> None:
    asked = starter(deciding, tmp_path, engine)
    made, planner, deployer = asked.project, asked.planner, asked.deployer
    refused = made.run("deploy", "--stage", "dev", "--yes", *DAY, **planner)
    deployed = made.run("deploy", "--stage", "dev", "--yes", *DAY, **deployer)
    looked = [
        made.run(name, "--stage", "dev", **planner) for name in ("status", "events", "drift", "recover")
    ]
    made.change(BEFORE, AFTER)
    planned = made.run("plan", "--stage", "dev", *DAY, **planner)
    compared = made.run("plan", "--stage", "dev", "--change-sets", *DAY, **deployer)
    updated = made.run("deploy", "--stage", "dev", "--yes", *DAY, **deployer)
    gone = made.run(
        "destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets", **deployer
    )

    assert "error[aws-access-denied]: s3:PutObject is not allowed" in refused.stderr
    assert deployed.exit_code == 0, deployed.stderr
    assert [result.stderr for result in looked if result.exit_code] == []
    assert "json -> text" in planned.stdout, planned.stderr
    # No look-up of the preflight is denied to the planner.
    assert "not checked" not in planned.stdout + planned.stderr
    assert "change sets: CloudFormation says the same" in compared.stdout, compared.stderr
    assert updated.exit_code == 0, updated.stderr
    assert gone.exit_code == 0, gone.stderr


def reference(server: LocalAws, home: Path, stage: str, engine: str) -> Asked:
    """Return a stage of the reference spec, prepared for one account and an engine, with certificates of its own."""
    aws, member = two_accounts(server)
    text = specs.REFERENCE.read_text("utf-8")
    text = re.sub(r'            "333333333333": .*\n', "", text)
    where = f'engine: {engine}, administrator: "{aws.account}", accounts: ["{member}"]'
    text = text.replace('accounts: ["123456789012"]', where)
    text = text.replace("organizational_units: [ou-abcd-11112222]", where.replace(", ", "\n      "))
    certificates = {
        region: aws.client("acm", account=member, region=region).request_certificate(
            DomainName="lb.petclinic.example.com"
        )["CertificateArn"]
        for region in ("us-west-2", "us-east-2")
    }
    text = re.sub(
        r"arn:aws:acm:([a-z0-9-]+):222222222222:certificate/[0-9a-f-]+",
        lambda found: certificates[found[1]],
        text,
    )
    text = text.replace('"222222222222"', f'"{member}"')
    (home / "spec").mkdir()
    made = Project(home, aws)
    made.spec.write_text(text, "utf-8")
    for folder in ("lambda_src", "frontend"):
        shutil.copytree(
            specs.ROOT / folder, home / folder, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
        )
    assert made.run("compile", "--no-lint", *DAY).exit_code == 0
    return prepared(made, member, stage)


def opened(asked: Asked, *regions: str) -> None:
    """Do what is left to people, with a role of their own: empty buckets, and take the protection off stacks."""
    for region in regions:
        s3 = asked.client("s3", region)
        for bucket in s3.list_buckets()["Buckets"]:
            for each in s3.list_object_versions(Bucket=bucket["Name"]).get("Versions", ()):
                s3.delete_object(Bucket=bucket["Name"], Key=each["Key"], VersionId=each["VersionId"])
        client = asked.client("cloudformation", region)
        for stack in client.describe_stacks()["Stacks"]:
            if stack["EnableTerminationProtection"]:
                client.update_termination_protection(
                    StackName=stack["StackName"], EnableTerminationProtection=False
                )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_both_reference_stages_are_deployed_changed_and_destroyed_with_what_bootstrap_grants(
    deciding: LocalAws, tmp_path: Path, stage: str, engine: str
) -> None:
    asked = reference(deciding, tmp_path, stage, engine)
    made = asked.project
    made.deploy(stage, **asked.deployer)
    for old, new in (
        ("deletion_protection: true", "deletion_protection: false"),
        ("    protected: true\n", ""),
        ("errors_per_5_minutes: 5", "errors_per_5_minutes: 6"),
        ("timeout_seconds: 10\n", "timeout_seconds: 11\n"),
    ):
        made.change(old, new)
    made.deploy(stage, **asked.deployer)
    drifted = made.run("drift", "--stage", stage, **asked.planner)
    opened(asked, "us-west-2", "us-east-2")
    gone = made.run("destroy", "--stage", stage, "--yes", "--allow-delete", "all", **asked.deployer)

    assert drifted.exit_code == 0, drifted.stderr
    assert gone.exit_code == 0, gone.stderr


def old_policies(asked: Asked) -> None:
    """Give the execution role the policies of version 0.3 in place of those that it has."""
    iam = asked.client("iam")
    for policy in iam.list_attached_role_policies(RoleName="petc-execution")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="petc-execution", PolicyArn=policy["PolicyArn"])
    resources = mapping(mapping(read(OLD.read_text("utf-8"), OLD.name))["Resources"])
    for name, resource in resources.items():
        properties = mapping(mapping(resource)["Properties"])
        if "petc-execution" not in str(properties.get("Roles")):
            continue
        text = json.dumps(substituted(properties["PolicyDocument"]))
        text = text.replace("${AWS::AccountId}", asked.member).replace("${AWS::Partition}", "aws")
        made = iam.create_policy(PolicyName=f"old-{name}", PolicyDocument=text)
        iam.attach_role_policy(RoleName="petc-execution", PolicyArn=made["Policy"]["Arn"])


def substituted(value: Json) -> Json:
    """Return a value with the text of each `Fn::Sub` in its place."""
    if isinstance(value, dict):
        return (
            value["Fn::Sub"] if set(value) == {"Fn::Sub"} else {k: substituted(v) for k, v in value.items()}
        )
    return [substituted(item) for item in value] if isinstance(value, list) else value


def granted(asked: Asked, *actions: str) -> None:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    asked.client("iam").put_role_policy(
        RoleName="petc-execution",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def test_the_policies_of_the_version_before_are_refused(deciding: LocalAws, tmp_path: Path) -> None:
    """Endpoints with private DNS take an action of Route 53, target tracking writes alarms by names of its own."""
    asked = starter(
        deciding,
        tmp_path,
        "stack-sets",
        ("  nat: single  ", "  endpoints: [logs]\n  nat: single  "),
    )
    old_policies(asked)
    refused = asked.project.run("deploy", "--stage", "dev", "--yes", *DAY, **asked.deployer)
    # Further actions that it lacks, which layers before the application ask for.
    granted(asked, "route53:AssociateVPCWithHostedZone", "kms:Decrypt", "kms:GenerateDataKey", "sns:*")
    with pytest.raises(Rejected) as again:
        asked.project.deploy(**asked.deployer)

    assert refused.exit_code == 1
    assert "not authorized to perform: route53:AssociateVPCWithHostedZone on resource: " in refused.stderr
    assert "arn:aws:route53:::hostedzone/* because no identity-based policy allows" in refused.stderr
    assert "run petc bootstrap again" in refused.stderr
    reason = again.value.diagnostics[0].message
    assert "not authorized to perform: cloudwatch:PutMetricAlarm on resource: " in reason
    assert ":alarm:TargetTracking-service/" in reason
