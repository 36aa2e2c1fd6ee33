"""`petc recover` on the command line."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from petc.diagnostics import Rejected
from tests.cli.operating import Project


def test_a_stage_that_is_sound_needs_nothing(standing: Project) -> None:
    result = standing.run("recover", "--stage", "dev")

    assert result.exit_code == 0
    assert result.stdout == "nothing needs to be recovered; go on with petc deploy --stage dev\n"


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
    assert own.run("status", "--stage", "dev").stdout.startswith("shop dev  stands in")


def test_without_a_word_nothing_is_done(own: Project) -> None:
    broken_rollback(own)
    own.aws.faults.clear()
    result = own.run("recover", "--stage", "dev")

    assert result.exit_code == 1
    assert "--yes agrees beforehand" in result.stderr
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
    failed = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete-data", "all", "--empty-buckets")
    status = stack_of(own, "monitoring")["StackStatus"]
    result = own.run("recover", "--stage", "dev", "--yes", "--retain", "Dashboard")
    again = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete-data", "all", "--empty-buckets")

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
