"""A stage that the version before deployed, half of an update interrupted, is taken over by this one."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from petc.deploy.plan.stateful import TYPES
from tests.cli.operating import DAY, Project
from tests.petc_local.running import LocalAws, local_aws

ROOT = Path(__file__).parents[2]
ARCHIVE = Path(__file__).parent / "stage-321c23f.tar.xz"
STAGE = ("--stage", "dev")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Project]:
    """The stage of the version before, with today's spec, templates and functions in its place."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    shutil.rmtree(tmp_path / "generated")
    for name in ("spec", "generated", "lambda_src", "frontend"):
        shutil.copytree(
            ROOT / name, tmp_path / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    with local_aws(tmp_path / ".petc" / "local") as aws:
        yield Project(tmp_path, aws)


def held(aws: LocalAws) -> dict[str, Any]:
    """Return what holds data, with what must stay the same: names, ids and zones."""
    instances = aws.client("rds").describe_db_instances()["DBInstances"]
    clusters = aws.client("rds").describe_db_clusters()["DBClusters"]
    return {
        "clusters": sorted(item["DbClusterResourceId"] for item in clusters),
        "instances": sorted((item["DbiResourceId"], item.get("AvailabilityZone", "")) for item in instances),
        "repositories": sorted(
            item["repositoryName"] for item in aws.client("ecr").describe_repositories()["repositories"]
        ),
        "secrets": sorted(item["ARN"] for item in aws.client("secretsmanager").list_secrets()["SecretList"]),
        "keys": sorted(item["KeyId"] for item in aws.client("kms").list_keys()["Keys"]),
        "buckets": sorted(item["Name"] for item in aws.client("s3").list_buckets()["Buckets"]),
    }


def changes(plan: str) -> list[dict[str, Any]]:
    return [
        resource
        for layer in json.loads(plan)["plan"]["layers"]
        for group in layer["groups"]
        for resource in group["resources"]
    ]


def test_it_is_taken_over_and_nothing_that_holds_data_is_replaced(stage: Project) -> None:
    before = held(stage.aws)
    plan = stage.run("plan", *STAGE, "--format", "json", *DAY)
    early = stage.run("deploy", *STAGE, "--yes", *DAY)
    bootstrap = stage.run("bootstrap", *STAGE, "--yes")
    again = stage.run("bootstrap", *STAGE, "--yes")
    done = stage.run("deploy", *STAGE, "--yes", *DAY)
    second = stage.run("plan", *STAGE, *DAY)

    assert plan.exit_code == 1, plan.stderr
    assert [item["check"] for item in json.loads(plan.stdout)["preflight"] if item["verdict"] == "error"] == [
        "bootstrap"
    ]
    lost = [item for item in changes(plan.stdout) if item["action"] in ("replace", "delete")]
    assert lost
    assert [item for item in lost if item["type"] in TYPES] == []
    assert early.exit_code == 1
    assert "error[bootstrap-outdated]" in early.stderr
    assert re.search(r"it lacks apigateway:DELETE, .* and \d+ more", early.stderr)
    assert "warning[journal-rebuilt]" in early.stderr
    assert "it was written by an earlier version of petc" in early.stderr
    assert "update petc-bootstrap-target in" in bootstrap.stdout
    assert (bootstrap.exit_code, again.exit_code) == (0, 0), bootstrap.stderr + again.stderr
    assert done.exit_code == 0, done.stderr
    assert second.stdout.startswith("nothing to do"), second.stdout
    after = held(stage.aws)
    assert {name: set(items) - set(after[name]) for name, items in before.items()} == {
        name: set() for name in before
    }
    assert (after["clusters"], after["instances"]) == (before["clusters"], before["instances"])
    assert held(stage.aws)["instances"]


EDITS: tuple[tuple[str, str], ...] = (
    ("spring.jpa.open-in-view: false", "spring.jpa.open-in-view: true"),
    ("cost-centre: pets", "cost-centre: animals"),
    ("logs: {retention_days: 30}", "logs: {retention_days: 90}"),
    ("capacity: {min: 0.5, max: 1}", "capacity: {min: 1, max: 4}"),
    ("backup_days: 7", "backup_days: 14"),
    ("aliases: [/api/vet]", "aliases: [/api/doctors]"),
)
"""A setting, tags of everything that is encrypted, how long logs and backups are kept, capacity, a route."""
WITHOUT_TRAIL = ("encryption: {key: customer}", "encryption: {key: customer}\nsecurity: {trail: existing}")


def test_going_to_another_spec_and_back_asks_for_nothing_that_holds_data(stage: Project) -> None:
    assert stage.run("bootstrap", *STAGE, "--yes").exit_code == 0
    assert stage.run("deploy", *STAGE, "--yes", *DAY).exit_code == 0
    before = held(stage.aws)
    spec = stage.home / "spec" / "petclinic.yaml"
    first = second = spec.read_text("utf-8")
    for old, new in EDITS:
        assert second.count(old) == 1, old
        second = second.replace(old, new)
    for text in (second, first):
        spec.write_text(text, "utf-8")
        assert stage.run("compile", *STAGE, "--no-lint", *DAY).exit_code == 0
        assert stage.run("bootstrap", *STAGE, "--yes").exit_code == 0
        plan = stage.run("plan", *STAGE, "--format", "json", *DAY)
        moved = stage.run("deploy", *STAGE, "--yes", *DAY)
        left = stage.run("plan", *STAGE, *DAY)

        assert moved.exit_code == 0, moved.stderr
        assert left.stdout.startswith("nothing to do"), left.stdout
        going = [item for item in changes(plan.stdout) if item["action"] in ("replace", "delete")]
        assert [item for item in going if item["stateful"]] == []
        assert len({item["type"] for item in changes(plan.stdout)}) > 10
    assert held(stage.aws) == before

    # Only what really goes is asked for: the bucket of a trail that the stage gives up.
    spec.write_text(first.replace(*WITHOUT_TRAIL), "utf-8")
    assert stage.run("compile", *STAGE, "--no-lint", *DAY).exit_code == 0
    refused = stage.run("deploy", *STAGE, "--yes", *DAY)
    assert refused.exit_code == 1
    assert refused.stderr.count("error[") == 1
    assert "--allow-delete TrailBucket allows it" in refused.stderr
