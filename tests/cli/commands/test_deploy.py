"""`petc plan` and `petc deploy` on the command line, against a real local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.operating import DAY, Project, deployed, project
from tests.petc_local.running import LocalAws, fresh

BEFORE, AFTER = "LOG_FORMAT: json", "LOG_FORMAT: text"
"""An edit that changes one parameter of one layer."""


@pytest.fixture
def bare(empty: Project) -> Project:
    """A project whose account has roles and buckets, and no layer."""
    assert empty.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    return empty


@pytest.fixture
def mine(local: LocalAws, tmp_path: Path) -> Iterator[Project]:
    """A project whose stage is deployed, for one test alone."""
    yield deployed(tmp_path, fresh(local))
    local.faults.clear()


def test_a_first_deployment_says_what_it_makes_and_a_second_finds_nothing_to_do(bare: Project) -> None:
    first = bare.run("deploy", "--stage", "dev", "--yes", *DAY)
    second = bare.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "+ 01-network  create in" in first.stdout
    assert "01-network: done" in first.stderr
    assert second.stdout.startswith("nothing to do")


def test_nothing_is_deployed_without_a_word(bare: Project) -> None:
    result = bare.run("deploy", "--stage", "dev", *DAY)

    assert result.exit_code == 1
    assert "nothing was deployed; --yes agrees beforehand" in result.stderr
    assert bare.aws.client("cloudformation").list_stack_sets()["Summaries"] == []


def test_a_plan_shows_the_property_and_its_line_and_changes_nothing(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    mine.aws.faults.forget_calls()
    result = mine.run("plan", "--stage", "dev", *DAY)

    assert result.exit_code == 0
    assert "json -> text" in result.stdout
    assert "spec/spec.yaml:" in result.stdout
    assert not [call for call in mine.aws.faults.calls() if ":Create" in call or ":Update" in call]


def test_a_plan_that_was_written_is_what_is_deployed(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    assert mine.run("plan", "--stage", "dev", "--out", "plan.json", *DAY).exit_code == 0
    done = mine.run("deploy", "--stage", "dev", "--yes", "--plan", "plan.json", *DAY)
    again = mine.run("deploy", "--stage", "dev", "--yes", "--plan", "plan.json", *DAY)

    assert done.exit_code == 0
    assert again.exit_code == 1
    assert "error[plan-outdated]: what is deployed has changed since the plan was made" in again.stderr


def test_a_plan_for_another_spec_is_refused(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    assert mine.run("plan", "--stage", "dev", "--out", "plan.json", *DAY).exit_code == 0
    mine.change("LOG_FORMAT: text", "LOG_FORMAT: plain")
    result = mine.run("deploy", "--stage", "dev", "--yes", "--plan", "plan.json", *DAY)

    assert result.exit_code == 1
    assert "error[plan-outdated]: the spec has changed since the plan was made" in result.stderr


def test_a_plan_file_that_was_edited_is_refused(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    assert mine.run("plan", "--stage", "dev", "--out", "plan.json", *DAY).exit_code == 0
    file = mine.home / "plan.json"
    file.write_text(file.read_text("utf-8").replace("dev", "prd", 1), "utf-8")
    result = mine.run("deploy", "--stage", "dev", "--yes", "--plan", "plan.json", *DAY)

    assert result.exit_code == 1
    assert "error[plan-file-unreadable]" in result.stderr


def test_change_sets_say_the_same(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    result = mine.run("plan", "--stage", "dev", "--change-sets", *DAY)

    assert "change sets: CloudFormation says the same" in result.stdout
    assert not [
        item
        for stack in mine.aws.client("cloudformation").describe_stacks()["Stacks"]
        for item in mine.aws.client("cloudformation").list_change_sets(StackName=stack["StackId"])[
            "Summaries"
        ]
        if stack["StackName"].startswith("StackSet-")
    ]


def test_a_folder_that_is_stale_is_not_deployed(mine: Project) -> None:
    text = mine.spec.read_text("utf-8")
    mine.spec.write_text(text.replace(BEFORE, AFTER), "utf-8")
    result = mine.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert result.exit_code == 1
    assert "error[stale-output]" in result.stderr
    assert "run petc compile" in result.stderr


def test_data_is_not_deleted_unless_the_resource_is_named(mine: Project) -> None:
    mine.change("orders-db", "stock-db")
    refused = mine.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert refused.exit_code == 1
    assert "--allow-delete DatabaseOrdersDb" in refused.stdout + refused.stderr
    assert mine.aws.client("rds").describe_db_clusters()["DBClusters"]


def test_what_may_be_deleted_is_deleted_and_the_same_command_ends_well_again(mine: Project) -> None:
    mine.change("orders-user", "stock-user")
    # The execution role may create secrets of the stage's own logical ids only.
    assert mine.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    first = mine.run("deploy", "--stage", "dev", "--yes", "--allow-delete", "SecretOrdersUser", *DAY)
    again = mine.run("deploy", "--stage", "dev", "--yes", "--allow-delete", "SecretOrdersUser", *DAY)

    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr + again.stderr
    assert again.stdout.startswith("nothing to do")


def test_a_protected_stage_wants_its_name(mine: Project) -> None:
    mine.change("on_delete: discard", "on_delete: discard\n    protected: true")
    mine.change(BEFORE, AFTER)
    unnamed = mine.run("deploy", "--stage", "dev", "--yes", *DAY)
    named = mine.run("deploy", "--stage", "dev", "--confirm", "dev", *DAY)

    assert unnamed.exit_code == 1
    assert "--confirm dev agrees beforehand" in unnamed.stderr
    assert named.exit_code == 0


def test_a_failure_names_the_first_cause_and_its_line_and_a_rerun_ends_well(bare: Project) -> None:
    bare.aws.faults.fail(logical_id="DatabaseOrdersDb", reason="the engine version is not to be had")
    failed = bare.run("deploy", "--stage", "dev", "--yes", *DAY)
    again = bare.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert failed.exit_code == 1
    assert "error[deployment-failed]" in failed.stderr
    assert "DatabaseOrdersDb (AWS::RDS::DBCluster): the engine version is not to be had" in failed.stderr
    assert "--> spec/spec.yaml:" in failed.stderr
    assert again.exit_code == 0, again.stderr


def test_credentials_of_another_account_change_nothing(bare: Project) -> None:
    result = bare.run("deploy", "--stage", "dev", "--yes", *DAY, AWS_ACCESS_KEY_ID="999988887777")

    assert result.exit_code == 1
    assert "error[wrong-account]: the credentials are of account 999988887777" in result.stderr


def test_missing_credentials_are_said(bare: Project) -> None:
    result = bare.run("plan", "--stage", "dev", *DAY, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert result.exit_code == 1
    assert "error[aws-credentials-missing]" in result.stderr


def test_expired_credentials_are_said(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    mine.aws.faults.error(action="UpdateStackSet", code="ExpiredToken", times=0)
    result = mine.run("deploy", "--stage", "dev", "--yes", *DAY)
    mine.aws.faults.clear()
    again = mine.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert result.exit_code == 1
    assert "error[aws-credentials-expired]" in result.stderr
    assert again.exit_code == 0


def test_progress_for_machines_is_one_object_a_line(mine: Project) -> None:
    mine.change(BEFORE, AFTER)
    result = mine.run("deploy", "--stage", "dev", "--yes", "--format", "json", *DAY)
    events = [json.loads(line) for line in result.stdout.splitlines()]

    assert [event["event"] for event in events[:2]] == ["finding", "started"]
    assert events[-1]["event"] == "ended"
    assert events[-1]["failed"] == []


def test_one_layer_alone(mine: Project) -> None:
    mine.change("notifications:", "monitoring: {alarms: {cpu_percent: 70}}\nnotifications:")
    mine.change(BEFORE, AFTER)
    result = mine.run("deploy", "--stage", "dev", "--yes", "--layer", "monitoring", *DAY)
    left = mine.run("plan", "--stage", "dev", *DAY)

    assert result.exit_code == 0
    assert "10-monitoring: done" in result.stderr
    assert "10-monitoring" not in left.stdout
    assert "json -> text" in left.stdout


def test_tasks_start_once_their_image_is_there(mine: Project) -> None:
    waiting = mine.run("deploy", "--stage", "dev", "--yes", *DAY)
    ecr = mine.aws.client("ecr")
    for repository in ecr.describe_repositories()["repositories"]:
        name = repository["repositoryName"]
        ecr.put_image(repositoryName=name, imageManifest='{"schemaVersion": 2}', imageTag="1.0.0")
    started = mine.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert "these images are not in their repositories: orders:1.0.0" in waiting.stdout
    assert started.exit_code == 0
    assert "TasksOrders" in started.stdout or "DesiredCount" in started.stdout
    assert mine.run("plan", "--stage", "dev", *DAY).stdout.startswith("nothing to do")


def test_a_run_with_nothing_to_do_makes_few_calls(mine: Project) -> None:
    mine.run("deploy", "--stage", "dev", "--yes", *DAY)
    mine.aws.faults.forget_calls()
    result = mine.run("deploy", "--stage", "dev", "--yes", *DAY)
    calls = sum(mine.aws.faults.calls().values())
    layers = len(json.loads((mine.home / "generated" / "dev" / "manifest.json").read_text())["layers"])

    assert result.stdout.startswith("nothing to do")
    assert 0 < calls <= 3 * layers


def test_the_engine_stacks_deploys_the_same_layers(local: LocalAws, tmp_path: Path) -> None:
    made = project(tmp_path, fresh(local))
    made.change("regions: {us-west-2: {}}", "regions: {us-west-2: {}}, engine: stacks")
    assert made.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    first = made.run("deploy", "--stage", "dev", "--yes", *DAY)
    second = made.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert first.exit_code == 0, first.stderr
    assert second.stdout.startswith("nothing to do")
    names = {item["StackName"] for item in made.aws.client("cloudformation").describe_stacks()["Stacks"]}
    assert "shop-dev-01-network" in names
