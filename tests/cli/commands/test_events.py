"""`petc events` on the command line."""

from __future__ import annotations

import json

import pytest

from petc.diagnostics import Rejected
from tests.cli.operating import Project, project
from tests.petc_local.running import LocalAws, fresh


@pytest.fixture(scope="module")
def failed(local: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose first deployment failed at its VPC, so that the stack is gone again."""
    made = project(tmp_path_factory.mktemp("failed"), fresh(local))
    made.run("bootstrap", "--stage", "dev", "--yes")
    made.aws.faults.fail(logical_id="Vpc", reason="no room for another VPC", account=made.aws.account)
    with pytest.raises(Rejected):
        made.deploy()
    return made


def test_the_first_line_is_the_failure_of_a_stack_that_is_gone(failed: Project) -> None:
    result = failed.run("events", "--stage", "dev")
    reasons = [line for line in result.stdout.splitlines() if "no room for another VPC" in line]

    assert result.exit_code == 0
    assert any("CREATE_FAILED" in line and "  Vpc  " in line for line in reasons)
    assert "FAILED" in result.stdout.splitlines()[0]


def test_failures_alone_hold_nothing_else(failed: Project) -> None:
    found = json.loads(failed.run("events", "--stage", "dev", "--failures", "--format", "json").stdout)

    assert found
    assert all(item["failure"] for item in found)


def test_the_operation_s_result_is_joined(failed: Project) -> None:
    found = json.loads(failed.run("events", "--stage", "dev", "--failures", "--format", "json").stdout)

    assert any(item["what"].startswith("operation petc-") and item["target"] for item in found)


def test_a_stage_without_failures(standing: Project) -> None:
    result = standing.run("events", "--stage", "dev", "--failures")

    assert result.stdout == "no failures since 1d\n"


def test_one_layer(standing: Project) -> None:
    found = json.loads(
        standing.run("events", "--stage", "dev", "--layer", "network", "--format", "json").stdout
    )

    assert {item["layer"] for item in found} == {"01-network"}


def test_long_lists_are_cut(standing: Project) -> None:
    cut = standing.run("events", "--stage", "dev").stdout
    whole = standing.run("events", "--stage", "dev", "--all").stdout

    assert "more; --all shows them" in cut
    assert len(whole.splitlines()) > len(cut.splitlines())


@pytest.mark.parametrize("wrong", [("--since", "yesterday"), ("--layer", "nework")])
def test_slips_are_refused(standing: Project, wrong: tuple[str, str]) -> None:
    assert standing.run("events", "--stage", "dev", *wrong).exit_code == 2
