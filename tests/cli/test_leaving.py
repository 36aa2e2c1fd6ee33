"""A target or a layer that leaves a stage is looked at before the first step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.operating import DAY, Project, deployed, project
from tests.petc_local.running import LocalAws, fresh

SITE = "frontend: {content: ../site}\n"


def stacks(project: Project, region: str = "") -> list[str]:
    found = project.aws.client("cloudformation", region=region).describe_stacks()["Stacks"]
    return sorted(item["StackName"] for item in found if item["StackName"].startswith("StackSet-"))


def with_words(project: Project, *more: str) -> tuple[str, ...]:
    """Return a deployment that gives up whatever data its refusals name."""
    asked = ("deploy", "--stage", "dev", "--yes", *DAY)
    refused = project.run(*asked).stderr
    words = re.findall(r"(--allow-(?:replace|delete)) ([A-Za-z][^\s`,]*)", refused)
    return (*asked, *(word for pair in dict.fromkeys(words) for word in pair), *more)


@pytest.fixture
def site(local: LocalAws, tmp_path: Path) -> Project:
    """A project with a site, whose bucket holds a page."""
    made = project(tmp_path, fresh(local))
    (made.home / "site").mkdir()
    (made.home / "site" / "index.html").write_text("<p>hello</p>", "utf-8")
    made.spec.write_text(made.spec.read_text("utf-8") + SITE, "utf-8")
    assert made.run("compile", "--no-lint", *DAY).exit_code == 0
    assert made.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    result = made.run("deploy", "--stage", "dev", "--yes", *DAY)
    assert result.exit_code == 0, result.stderr
    return made


def test_a_layer_that_goes_with_a_full_bucket_is_refused_before_it_begins_and_goes_when_emptied(
    site: Project,
) -> None:
    before = stacks(site)
    site.change(SITE, "")
    refused = site.run(*with_words(site))
    planned = site.run("plan", "--stage", "dev", *DAY)
    after = stacks(site)
    done = site.run(*with_words(site, "--empty-buckets"))

    assert refused.exit_code == 1
    assert "error[bucket-not-empty]: the bucket Site of 11-frontend" in refused.stderr
    assert "--empty-buckets" in refused.stderr
    assert planned.exit_code == 1
    assert after == before
    assert done.exit_code == 0, done.stderr
    assert "emptied " in done.stderr
    assert len(stacks(site)) == len(before) - 1


def test_a_stage_with_a_full_bucket_is_not_destroyed_half_way(site: Project) -> None:
    before = stacks(site)
    asked = ("destroy", "--stage", "dev", "--yes", "--allow-delete", "all")
    refused = site.run(*asked)
    after = stacks(site)
    done = site.run(*asked, "--empty-buckets")

    assert (refused.exit_code, after) == (1, before)
    assert "error[bucket-not-empty]" in refused.stderr
    assert (done.exit_code, stacks(site)) == (0, [])


def test_a_region_with_a_protected_database_is_not_left_half_way(local: LocalAws, tmp_path: Path) -> None:
    made = project(tmp_path, fresh(local))
    made.change("us-west-2: {}", "us-west-2: {}, us-east-2: {}")
    made.change("schema: orders", "schema: orders\n    deletion_protection: true")
    assert made.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    made.deploy()
    before = stacks(made, "us-east-2")
    made.change("us-west-2: {}, us-east-2: {}", "us-west-2: {}")
    refused = made.run(*with_words(made, "--empty-buckets"))

    assert refused.exit_code == 1
    assert "error[deletion-protected]: DatabaseOrdersDb of 03-database" in refused.stderr
    assert f"{made.aws.account}/us-east-2" in refused.stderr
    assert stacks(made, "us-east-2") == before


def test_a_deletion_that_failed_over_a_bucket_is_finished_by_recover(site: Project) -> None:
    """Objects may come after the look, such as logs that are delivered late."""
    site.change(SITE, "")
    site.aws.faults.fail(logical_id="Site", on=("delete",), account=site.aws.account)
    failed = site.run(*with_words(site, "--empty-buckets"))
    site.aws.faults.clear()
    client = site.aws.client("cloudformation")
    stack = next(item for item in client.describe_stacks()["Stacks"] if "11-frontend" in item["StackName"])
    resources = client.describe_stack_resources(StackName=stack["StackName"])["StackResources"]
    bucket = next(item["PhysicalResourceId"] for item in resources if item["LogicalResourceId"] == "Site")
    site.aws.client("s3").put_object(Bucket=bucket, Key="late.log", Body=b"late")
    stuck = site.run("recover", "--stage", "dev", "--yes")
    done = site.run("recover", "--stage", "dev", "--yes", "--empty-buckets")
    goes_on = site.run(*with_words(site))

    assert (failed.exit_code, stack["StackStatus"]) == (1, "DELETE_FAILED")
    assert stuck.exit_code == 1, stuck.stdout
    assert "--empty-buckets" in stuck.stderr
    assert done.exit_code == 0, done.stderr
    assert goes_on.exit_code == 0, goes_on.stderr


@pytest.mark.parametrize("command", ["plan", "deploy", "status", "destroy", "recover", "bootstrap"])
def test_every_command_refuses_a_stage_whose_home_moved(standing: Project, command: str) -> None:
    text = standing.spec.read_text("utf-8")
    standing.change("us-west-2: {}", "us-east-2: {}")
    try:
        result = standing.run(command, "--stage", "dev", *(DAY if command in ("plan", "deploy") else ()))
    finally:
        standing.spec.write_text(text, "utf-8")
        standing.run("compile", "--no-lint", *DAY)

    assert result.exit_code == 1
    assert "error[home-moved]" in result.stderr
    assert "write `home: us-west-2` under `targets` of the stage" in result.stderr


def test_a_stage_moves_its_region_with_its_home_named(local: LocalAws, tmp_path: Path) -> None:
    made = deployed(tmp_path, fresh(local))
    made.change("regions: {us-west-2: {}}", "home: us-west-2, regions: {us-east-2: {}}")
    boot = made.run("bootstrap", "--stage", "dev", "--yes")
    result = made.run(*with_words(made))
    after = made.run("plan", "--stage", "dev", *DAY)

    assert boot.exit_code == 0, boot.stderr
    assert result.exit_code == 0, result.stderr
    assert stacks(made) == []
    assert len(stacks(made, "us-east-2")) > 5
    assert after.stdout.startswith("nothing to do")


def test_recover_does_not_wait_for_ever(own: Project) -> None:
    own.aws.faults.stall(
        logical_id="ParameterSharedLOGFORMAT", seconds=20, on=("update",), account=own.aws.account
    )
    client = own.aws.client("cloudformation")
    name = "shop-dev-04-parameter-store"
    text = client.describe_stack_set(StackSetName=name)["StackSet"]["TemplateBody"]
    client.update_stack_set(
        StackSetName=name,
        TemplateBody=text.replace("Value: json", "Value: text"),
        AdministrationRoleARN=f"arn:aws:iam::{own.aws.account}:role/petc-administration",
        ExecutionRoleName="petc-execution",
    )
    result = own.run("recover", "--stage", "dev", "--timeout", "0.02")

    assert result.exit_code == 1
    assert "error[recovery-slow]" in result.stderr
    assert "--stop" in result.stderr


@pytest.mark.parametrize("engine", ["stack-sets", "stacks"])
def test_a_stage_does_not_leave_its_account_for_one_that_was_never_bootstrapped(
    local: LocalAws, tmp_path: Path, engine: str
) -> None:
    """Found by `make walks`, seed 199: the account that left was deleted before its successor had any roles."""
    made = project(tmp_path, fresh(local))
    own, other = made.aws.account, str(int(made.aws.account) + 500_000_000_000)
    more = f'administrator: "{own}", home: us-west-2, engine: {engine}'
    made.change("regions: {us-west-2: {}}", f"{more}, regions: {{us-west-2: {{}}}}")
    assert made.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    assert made.run("deploy", "--stage", "dev", "--yes", *DAY).exit_code == 0
    cloudformation = made.aws.client("cloudformation")
    before = [(item["StackId"], item["StackStatus"]) for item in cloudformation.describe_stacks()["Stacks"]]

    made.change(f'["{own}"]', f'["{other}"]')
    result = made.run(*with_words(made))
    planned = made.run("plan", "--stage", "dev", *DAY)

    assert result.exit_code == 1
    assert f"execution-role in {other}/us-west-2: account {other}" in result.stderr
    assert "run petc bootstrap for that account" in result.stderr
    assert planned.exit_code == 1
    after = [(item["StackId"], item["StackStatus"]) for item in cloudformation.describe_stacks()["Stacks"]]
    assert after == before


def test_a_full_bucket_in_an_account_that_is_not_reached_is_refused_before_anything_goes(
    local: LocalAws, tmp_path: Path
) -> None:
    made = project(tmp_path, fresh(local))
    own, other = made.aws.account, str(int(made.aws.account) + 500_000_000_000)
    role = ("--role", "OrganizationAccountAccessRole")
    (made.home / "site").mkdir()
    (made.home / "site" / "index.html").write_text("<p>hello</p>", "utf-8")
    made.spec.write_text(made.spec.read_text("utf-8") + SITE, "utf-8")
    made.change(f'["{own}"]', f'["{other}"]')
    made.change("regions: {us-west-2: {}}", f'administrator: "{own}", regions: {{us-west-2: {{}}}}')
    assert made.run("bootstrap", "--stage", "dev", "--yes", *role).exit_code == 0
    assert made.run("deploy", "--stage", "dev", "--yes", *DAY).exit_code == 0
    there = made.aws.client("cloudformation", account=other)
    before = {item["StackId"] for item in there.describe_stacks()["Stacks"]}

    asked = ("destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets")
    refused = made.run(*asked)
    after = {item["StackId"] for item in there.describe_stacks()["Stacks"]}
    done = made.run(*asked, *role)

    assert refused.exit_code == 1
    assert "cannot be emptied with these credentials" in " ".join(refused.stderr.split())
    assert "--role" in refused.stderr
    assert after == before
    assert done.exit_code == 0, done.stderr
    assert "emptied " in done.stderr
