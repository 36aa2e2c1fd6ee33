"""What `petc plan` and `petc deploy` say before the first step, against a real local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from petc.deploy.preflight.table import actions
from petc.local.environment import QUOTAS
from tests.cli.operating import DAY, Project, deployed, project
from tests.petc_local.running import LocalAws, fresh, local_aws

STAGE = ("--stage", "dev")
NEXT = "load_balancer: {scheme: internal}"
CART = "  cart: {route: /api/cart, image: {tag: 1.0.0}, health: /health, uses: {configuration: {}}}\n\n"


@pytest.fixture
def mine(local: LocalAws, tmp_path: Path) -> Iterator[Project]:
    yield deployed(tmp_path, fresh(local))
    local.faults.clear()


def test_a_name_that_was_kept_is_told_before_the_first_step_with_the_commands(
    local: LocalAws, tmp_path: Path
) -> None:
    """A service is removed, which keeps its log group and repository, and comes back."""
    aws = fresh(local)
    shop = project(tmp_path, aws)

    shop.change("on_delete: discard", "on_delete: keep")
    shop.change(NEXT, CART + NEXT)
    assert shop.run("bootstrap", *STAGE, "--yes").exit_code == 0
    assert shop.run("deploy", *STAGE, "--yes", *DAY).exit_code == 0
    shop.change(CART, "")
    kept = [word for name in ("LogGroupCart", "RepositoryCart") for word in ("--allow-delete", name)]
    assert shop.run("deploy", *STAGE, "--yes", *kept, *DAY).exit_code == 0
    shop.change(NEXT, CART + NEXT)
    aws.faults.forget_calls()
    plan = shop.run("plan", *STAGE, *DAY)
    refused = shop.run("deploy", *STAGE, "--yes", *DAY)
    calls = aws.faults.calls()

    assert (plan.exit_code, refused.exit_code) == (1, 1)
    for result in (plan, refused):
        assert result.stderr.count("error[target-not-ready]") == 2
        assert (
            "aws logs delete-log-group --log-group-name /shop/dev/service/cart --region us-west-2"
            in result.stderr
        )
        assert "aws ecr delete-repository --repository-name shop-dev/cart --force" in result.stderr
        assert "--> spec/spec.yaml:" in result.stderr
    assert not [call for call in calls if ":Create" in call or ":Update" in call]
    aws.client("logs").delete_log_group(logGroupName="/shop/dev/service/cart")
    aws.client("ecr").delete_repository(repositoryName="shop-dev/cart", force=True)
    assert shop.run("deploy", *STAGE, "--yes", *DAY).exit_code == 0


def test_quotas_that_are_given_stop_the_plan_and_the_local_aws_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(QUOTAS, "ec2/L-0263D0A3=0,vpc/L-F678F1CE=0")
    for name in ("server", "shop"):
        (tmp_path / name).mkdir()
    with local_aws(tmp_path / "server") as aws:
        shop = project(tmp_path / "shop", aws)
        assert shop.run("bootstrap", *STAGE, "--yes").exit_code == 0
        asked = shop.run("deploy", *STAGE, "--yes", *DAY)
        unasked = shop.run("deploy", *STAGE, "--yes", "--no-preflight", *DAY)

    assert asked.exit_code == 1
    assert "elastic-ips in" in asked.stderr
    assert "--quota-code L-F678F1CE --desired-value" in asked.stderr
    assert "01-network: begins" not in asked.stderr
    assert unasked.exit_code == 1
    assert "The maximum number of" in unasked.stderr


def test_a_denied_or_throttled_look_up_is_not_checked_and_stops_nothing(mine: Project) -> None:
    mine.change("LOG_FORMAT: json", "LOG_FORMAT: text")
    mine.change("min: 1", "min: 2")
    for action in ("DescribeAddresses", "DescribeVpcs", "GetServiceQuota", "ListImports"):
        mine.aws.faults.error(action=action, code="AccessDenied", message="not yours", times=0)
    result = mine.run("deploy", *STAGE, "--yes", *DAY)

    assert result.exit_code == 0, result.stderr
    assert "note[target-not-checked]: not checked in" in result.stderr
    assert "GetServiceQuota: AccessDenied: not yours" in result.stderr


def test_the_findings_stand_beside_the_plan_and_not_in_its_seal(mine: Project) -> None:
    mine.change("LOG_FORMAT: json", "LOG_FORMAT: text")
    asked = mine.run("plan", *STAGE, "--format", "json", *DAY)
    unasked = mine.run("plan", *STAGE, "--format", "json", "--no-preflight", *DAY)
    first, second = json.loads(asked.stdout), json.loads(unasked.stdout)

    assert [item["check"] for item in first["preflight"]] == ["images"]
    assert first["seal"] == second["seal"]
    (mine.home / "plan.json").write_text(asked.stdout, "utf-8")
    assert mine.run("deploy", *STAGE, "--yes", "--plan", "plan.json", *DAY).exit_code == 0


def test_machines_hear_what_may_stop_the_deployment_too(mine: Project) -> None:
    mine.change("LOG_FORMAT: json", "LOG_FORMAT: text")
    mine.change("min: 1", "min: 2")
    mine.aws.faults.error(action="GetServiceQuota", code="AccessDenied", message="not yours", times=0)
    result = mine.run("deploy", *STAGE, "--yes", "--format", "json", *DAY)
    said = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.stderr
    found = [item for item in said if item["event"] == "finding"]
    assert {(item["check"], item["verdict"]) for item in found} >= {
        ("images", "warning"),
        ("fargate-vcpus", "not checked"),
    }
    assert said[len(found)]["event"] == "started"


def test_an_empty_plan_asks_nothing(mine: Project) -> None:
    mine.aws.faults.forget_calls()
    assert mine.run("plan", *STAGE, *DAY).exit_code == 0

    assert not [call for call in mine.aws.faults.calls() if call.split(":")[0] in ("servicequotas", "ec2")]


def test_the_look_ups_only_read() -> None:
    assert actions()
    assert all(action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in actions())
