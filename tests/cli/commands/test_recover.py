"""`petc recover` on the command line."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import pytest

from petc.diagnostics import Rejected
from tests.cli.operating import DAY, Project, project
from tests.petc_local.running import LocalAws, fresh


def test_a_stage_that_is_sound_needs_nothing(standing: Project) -> None:
    result = standing.run("recover", "--stage", "dev")

    assert result.exit_code == 0
    assert result.stdout == "nothing needs recovery; continue with petc deploy --stage dev\n"


def stack_of(project: Project, layer: str) -> dict[str, str]:
    stacks = project.aws.client("cloudformation").describe_stacks()["Stacks"]
    return next(item for item in stacks if layer in item["StackName"])


def broken_rollback(project: Project) -> str:
    """Let an update of the parameters fail, and its rollback at another one; return the stack's status."""
    for logical_id, passing in (("ParameterOrdersORDERSDBPOOL", 1), ("ParameterSharedLOGFORMAT", 0)):
        project.aws.faults.fail(
            logical_id=logical_id, on=("update",), skip=passing, times=0, account=project.aws.account
        )
    project.change("LOG_FORMAT: json", "LOG_FORMAT: text")
    project.change("{pool: 5}", "{pool: 6}")
    with pytest.raises(Rejected):
        project.deploy()
    return stack_of(project, "parameter-store")["StackStatus"]


def test_a_failed_rollback_is_continued_and_deploy_goes_on(own: Project) -> None:
    status = broken_rollback(own)
    own.aws.faults.clear()
    result = own.run("recover", "--stage", "dev", "--yes")
    after = stack_of(own, "parameter-store")["StackStatus"]
    own.deploy()

    assert status == "UPDATE_ROLLBACK_FAILED"
    assert result.exit_code == 0
    assert "continue the rollback" in result.stdout
    assert after == "UPDATE_ROLLBACK_COMPLETE"
    assert own.run("status", "--stage", "dev").stdout.startswith("shop dev  is deployed in")


def test_a_rollback_whose_answer_is_lost_is_continued_once(own: Project) -> None:
    broken_rollback(own)
    own.aws.faults.clear()
    own.aws.faults.drop(after=True, action="ContinueUpdateRollback")
    result = own.run("recover", "--stage", "dev", "--yes")

    assert own.aws.faults.fired() == 1
    assert result.exit_code == 0, result.stderr
    assert stack_of(own, "parameter-store")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_without_a_word_nothing_is_done(own: Project) -> None:
    broken_rollback(own)
    own.aws.faults.clear()
    result = own.run("recover", "--stage", "dev")

    assert result.exit_code == 1
    assert "pass --yes to confirm" in result.stderr
    assert stack_of(own, "parameter-store")["StackStatus"] == "UPDATE_ROLLBACK_FAILED"


def test_a_resource_that_cannot_be_rolled_back_is_skipped_by_name(own: Project) -> None:
    broken_rollback(own)
    stuck = own.run("recover", "--stage", "dev", "--yes")
    skipped = own.run("recover", "--stage", "dev", "--yes", "--skip", "ParameterOrdersORDERSDBPOOL")

    assert stuck.exit_code == 1
    assert "[recovery-failed]" in stuck.stderr
    assert "--skip" in stuck.stderr
    assert skipped.exit_code == 0


def test_a_deletion_that_failed_is_finished_without_the_resource(own: Project) -> None:
    own.aws.faults.fail(logical_id="Dashboard", on=("delete",), times=0, account=own.aws.account)
    failed = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets")
    status = stack_of(own, "monitoring")["StackStatus"]
    result = own.run("recover", "--stage", "dev", "--yes", "--retain", "Dashboard")
    again = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets")

    assert failed.exit_code == 1
    assert status == "DELETE_FAILED"
    assert result.exit_code == 0
    assert "delete the stack, retain Dashboard" in result.stdout
    assert again.exit_code == 0


def running(project: Project) -> threading.Thread:
    """Begin a deployment that takes longer than anybody waits, and return once its operation runs."""
    project.aws.faults.stall(
        logical_id="ParameterSharedLOGFORMAT", seconds=6, on=("update",), account=project.aws.account
    )
    project.change("LOG_FORMAT: json", "LOG_FORMAT: text")

    def deploy() -> None:
        with contextlib.suppress(Rejected):
            project.deploy()

    thread = threading.Thread(target=deploy)
    thread.start()
    client = project.aws.client("cloudformation")
    for _ in range(100):
        found = client.list_stack_set_operations(StackSetName="shop-dev-04-parameter-store")["Summaries"]
        if found[0]["Status"] == "RUNNING":
            return thread
        time.sleep(0.1)
    raise AssertionError("no operation runs")


def test_an_operation_that_runs_is_waited_for(own: Project) -> None:
    thread = running(own)
    result = own.run("recover", "--stage", "dev")
    thread.join()

    assert result.exit_code == 0
    assert "04-parameter-store in its stack set: wait for the operation: ended" in result.stdout


def test_an_operation_is_stopped_on_request(own: Project) -> None:
    thread = running(own)
    result = own.run("recover", "--stage", "dev", "--stop", "--yes")
    thread.join()

    assert result.exit_code == 0
    assert "04-parameter-store in its stack set: stop the operation: ended" in result.stdout


NETWORK = "shop-dev-01-network"
NEEDS = "[stack-needs-recovery]"


def physical_ids(project: Project) -> set[str]:
    """Return the physical id of every resource of every stack, and the ids of the stacks."""
    client = project.aws.client("cloudformation")
    stacks = [item["StackId"] for item in client.describe_stacks()["Stacks"]]
    return {
        *stacks,
        *(
            item["PhysicalResourceId"]
            for stack in stacks
            for item in client.describe_stack_resources(StackName=stack)["StackResources"]
        ),
    }


def plan(project: Project) -> str:
    result = project.run("plan", "--stage", "dev", *DAY)
    return result.stdout + result.stderr


def given_up(project: Project) -> str:
    """Let StackSets fail to delete the network, whose exports are in use; return the instance's status."""
    client = project.aws.client("cloudformation")
    client.delete_stack_instances(
        StackSetName=NETWORK,
        Accounts=[project.aws.account],
        Regions=[project.aws.region],
        RetainStacks=False,
    )
    for _ in range(100):
        found = client.list_stack_instances(StackSetName=NETWORK)["Summaries"][0]
        if found["StackInstanceStatus"]["DetailedStatus"] not in ("PENDING", "RUNNING"):
            return str(found["Status"])
        time.sleep(0.1)
    raise AssertionError("the operation does not end")


def test_an_instance_that_was_given_up_comes_back_with_its_stack(own: Project) -> None:
    before = physical_ids(own)
    status = given_up(own)
    refused = plan(own)
    result = own.run("recover", "--stage", "dev", "--yes")

    assert status == "INOPERABLE"
    assert NEEDS in refused
    assert "is in INOPERABLE" in refused
    assert "petc recover --stage dev" in refused
    assert result.exit_code == 0, result.stderr
    assert "forget the instance and import its stack again: done" in result.stdout
    assert physical_ids(own) == before
    assert plan(own).startswith("nothing to do")


def let_go(project: Project) -> None:
    """Take the network's instance out of its set and keep the stack, as a recovery that is cut off leaves it."""
    client = project.aws.client("cloudformation")
    client.delete_stack_instances(
        StackSetName=NETWORK,
        Accounts=[project.aws.account],
        Regions=[project.aws.region],
        RetainStacks=True,
    )
    while client.list_stack_instances(StackSetName=NETWORK)["Summaries"]:
        time.sleep(0.1)


def test_a_stack_that_its_set_let_go_is_not_made_again_but_taken_back(own: Project) -> None:
    before = physical_ids(own)
    let_go(own)
    refused = plan(own)
    result = own.run("recover", "--stage", "dev", "--yes")

    assert "its stack set has no instance for it" in refused
    assert NEEDS in refused
    assert result.exit_code == 0, result.stderr
    assert physical_ids(own) == before
    assert plan(own).startswith("nothing to do")


def test_an_import_whose_answer_is_lost_is_made_once(own: Project) -> None:
    let_go(own)
    client = own.aws.client("cloudformation")
    before = client.list_stack_set_operations(StackSetName=NETWORK)["Summaries"]
    own.aws.faults.drop(after=True, action="ImportStacksToStackSet")
    result = own.run("recover", "--stage", "dev", "--yes")
    after = client.list_stack_set_operations(StackSetName=NETWORK)["Summaries"]

    assert own.aws.faults.fired() == 1
    assert result.exit_code == 0, result.stderr
    assert len([item for item in after if item not in before and item["Action"] == "CREATE"]) == 1
    assert plan(own).startswith("nothing to do")


def test_a_recovery_that_is_cut_off_is_taken_up_again(own: Project) -> None:
    before = physical_ids(own)
    given_up(own)
    own.aws.faults.error("AccessDenied", action="ImportStacksToStackSet", account=own.aws.account)
    cut = own.run("recover", "--stage", "dev", "--yes")
    instances = own.aws.client("cloudformation").list_stack_instances(StackSetName=NETWORK)["Summaries"]
    again = own.run("recover", "--stage", "dev", "--yes")

    assert cut.exit_code == 1
    assert "ImportStacksToStackSet" in cut.stderr
    assert instances == []
    assert again.exit_code == 0, again.stderr
    assert physical_ids(own) == before
    assert plan(own).startswith("nothing to do")


def test_a_stack_that_its_set_does_not_take_in_stays_and_is_said(own: Project) -> None:
    given_up(own)
    client = own.aws.client("cloudformation")
    described = client.describe_stack_set(StackSetName=NETWORK)["StackSet"]
    kept = {name: described[name] for name in ("Capabilities", "AdministrationRoleARN", "ExecutionRoleName")}
    changed = described["TemplateBody"].replace("EnableDnsHostnames: true", "EnableDnsHostnames: false")
    assert changed != described["TemplateBody"]
    client.update_stack_set(StackSetName=NETWORK, TemplateBody=changed, **kept)
    before = physical_ids(own)
    stuck = own.run("recover", "--stage", "dev", "--yes")
    after = physical_ids(own)
    client.update_stack_set(StackSetName=NETWORK, TemplateBody=described["TemplateBody"], **kept)
    again = own.run("recover", "--stage", "dev", "--yes")

    assert stuck.exit_code == 1
    assert "[recovery-failed]" in stuck.stderr
    assert "is not that of StackSet" in stuck.stderr
    assert after == before
    assert again.exit_code == 0, again.stderr
    assert plan(own).startswith("nothing to do")


def plain(home: Path, local: LocalAws) -> Project:
    """Return a project that deploys plain stacks, with nothing deployed."""
    made = project(home, fresh(local))
    made.change("regions: {us-west-2: {}}", "regions: {us-west-2: {}}, engine: stacks")
    assert made.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    return made


def mended(project: Project) -> None:
    """Recover and deploy, and see that the stage stands as its spec says."""
    refused = plan(project)
    result = project.run("recover", "--stage", "dev", "--yes")
    project.deploy()

    assert NEEDS in refused
    assert result.exit_code == 0, result.stderr
    assert "delete the stack: DELETE_COMPLETE" in result.stdout
    assert stack_of(project, "network")["StackStatus"] == "CREATE_COMPLETE"
    assert plan(project).startswith("nothing to do")


def layer(project: Project, name: str) -> dict[str, object]:
    """Return the arguments with which somebody makes a layer's stack by hand."""
    text = (project.home / "generated" / "dev" / f"{name}.yaml").read_text("utf-8")
    return {"StackName": f"shop-dev-{name}", "TemplateBody": text, "Capabilities": ["CAPABILITY_IAM"]}


def test_a_stack_that_was_rolled_back_in_its_creation_makes_room(local: LocalAws, tmp_path: Path) -> None:
    made = plain(tmp_path, local)
    client = made.aws.client("cloudformation")
    made.aws.faults.fail(logical_id="Vpc", on=("create",), account=made.aws.account)
    client.create_stack(**layer(made, "01-network"), OnFailure="ROLLBACK")
    while (status := stack_of(made, "network")["StackStatus"]).endswith("_IN_PROGRESS"):
        time.sleep(0.1)
    made.aws.faults.clear()

    assert status == "ROLLBACK_COMPLETE"
    mended(made)


def test_a_change_set_that_nobody_executed_makes_room(local: LocalAws, tmp_path: Path) -> None:
    made = plain(tmp_path, local)
    made.aws.client("cloudformation").create_change_set(
        **layer(made, "01-network"), ChangeSetName="by-hand", ChangeSetType="CREATE"
    )

    assert stack_of(made, "network")["StackStatus"] == "REVIEW_IN_PROGRESS"
    mended(made)
