"""Deployments that end before their time, and the run after it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.deploy.execute.program import run
from tests.deploy.execute.small import engine, observed, planned, value_of, wanted
from tests.petc_local.running import LocalAws

VALUES = {"base": "1", "middle": "2", "top": "3"}
ROOT = Path(__file__).parents[3]


def begun(aws: LocalAws, folder: Path, engine_name: str = "stack-sets") -> subprocess.Popen[str]:
    """Start the program and return it once it is about to deploy."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.deploy.execute.program",
            str(folder),
            json.dumps(given_of(aws, engine_name)),
        ],
        cwd=ROOT,
        env=aws.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A run in the background ignores interrupts, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def until(operation: str, path: Path) -> None:
    """Wait until a journal says that an operation is begun."""
    for _ in range(200):
        if path.exists() and f'"began":"{operation}' in path.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} never began {operation}")


def stands_whole(aws: LocalAws, engine_name: str = "stack-sets") -> bool:
    stage = wanted(aws.account, VALUES, engine=engine_name)
    return planned(stage, observed(stage, engine(stage))).is_empty and value_of(aws, "top") == "3+middle"


def given_of(aws: LocalAws, engine_name: str = "stack-sets") -> dict[str, object]:
    return {"account": aws.account, "values": VALUES, "engine": engine_name}


@pytest.mark.parametrize(
    ("engine_name", "after"),
    [
        (name, random.Random(number).uniform(0.1, 3.0))
        for name, times in (("stack-sets", 6), ("stacks", 3))
        for number in range(times)
    ],
)
def test_a_run_after_a_kill_ends_where_an_undisturbed_one_would(
    aws: LocalAws, tmp_path: Path, engine_name: str, after: float
) -> None:
    aws.faults.stall(logical_id="Value", seconds=0.5, times=0)
    process = begun(aws, tmp_path, engine_name)
    time.sleep(after)
    process.kill()
    process.wait()

    run(tmp_path, given_of(aws, engine_name))

    assert stands_whole(aws, engine_name)


def test_an_operation_that_runs_on_is_waited_for_and_not_begun_again(aws: LocalAws, tmp_path: Path) -> None:
    aws.faults.stall(logical_id="Value", stack="*-middle-*", seconds=3)
    process = begun(aws, tmp_path)
    until("02-middle-only-create-instances", tmp_path / "dev.journal")
    time.sleep(0.5)
    process.kill()
    process.wait()

    run(tmp_path, given_of(aws))

    client = aws.client("cloudformation")
    operations = client.list_stack_set_operations(StackSetName="small-dev-02-middle")["Summaries"]
    assert [(item["Action"], item["Status"]) for item in operations] == [("CREATE", "SUCCEEDED")]
    assert stands_whole(aws)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_petc_with_a_word_and_the_next_run_goes_on(
    aws: LocalAws, tmp_path: Path, number: signal.Signals
) -> None:
    aws.faults.stall(logical_id="Value", stack="*-base-*", seconds=3)
    process = begun(aws, tmp_path)
    until("01-base-only-create-instances", tmp_path / "dev.journal")
    process.send_signal(number)
    said, _ = process.communicate(timeout=5)

    run(tmp_path, given_of(aws))

    assert process.returncode == 1
    assert "deployment-interrupted" in said
    assert "1 operation goes on in AWS" in said
    assert "run petc deploy again" in said
    assert stands_whole(aws)


@pytest.mark.parametrize("how", ["removed", "garbled"])
def test_without_its_journal_a_run_waits_for_what_runs_and_goes_on(
    aws: LocalAws, tmp_path: Path, how: str
) -> None:
    aws.faults.stall(logical_id="Value", stack="*-middle-*", seconds=3)
    process = begun(aws, tmp_path)
    path = tmp_path / "dev.journal"
    until("02-middle-only-create-instances", path)
    time.sleep(0.5)
    process.kill()
    process.wait()
    if how == "removed":
        path.unlink()
    else:
        path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])

    warning = run(tmp_path, given_of(aws))

    assert warning == ("" if how == "removed" else "journal-rebuilt")
    assert stands_whole(aws)


def test_credentials_that_expired_leave_the_journal_to_the_next_run(aws: LocalAws, tmp_path: Path) -> None:
    aws.faults.error("ExpiredToken", action="DescribeStackSetOperation", times=0, status=403)
    process = begun(aws, tmp_path)
    said, _ = process.communicate(timeout=30)
    aws.faults.clear()

    open_before = "finished" not in (tmp_path / "dev.journal").read_text()
    run(tmp_path, given_of(aws))

    assert "aws-credentials-expired" in said
    assert open_before
    assert stands_whole(aws)
