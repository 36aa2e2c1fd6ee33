"""Which stacks a bootstrap makes, and where."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from petc.deploy.bootstrap import stacks as bootstrap_stacks
from petc.deploy.bootstrap.stacks import ADMINISTRATOR, BUCKET, GATEWAY, TARGET, names, stacks
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from tests.deploy.bootstrap.stages import asked, stages

HOME = Target("123456789012", "us-west-2")


def test_one_account_gets_all_of_it() -> None:
    assert [name for name, _ in names(asked("petclinic-dev"))] == [
        ADMINISTRATOR,
        BUCKET,
        TARGET,
        "petc-bootstrap-petclinic-dev",
        "petc-bootstrap-petclinic-dev-P2",
        GATEWAY,
    ]


def test_roles_stand_in_the_home_region_and_buckets_and_gateways_in_each() -> None:
    places = {
        name: [place for other, place in names(asked("petclinic-prod", "222222222222")) if other == name]
        for name in (TARGET, BUCKET, GATEWAY)
    }

    assert places[TARGET] == [Target("222222222222", "us-west-2")]
    assert [place.region for place in places[BUCKET]] == ["us-east-2", "us-west-2"]
    assert [place.region for place in places[GATEWAY]] == ["us-east-2", "us-west-2"]


def test_a_service_managed_stage_brings_nothing_for_the_execution_role() -> None:
    (own,) = [
        stack for stack in stacks(asked("petclinic-prod")) if stack.name == "petc-bootstrap-petclinic-prod"
    ]

    assert "petc-writer-petclinic-prod" in own.text
    assert "petc-petclinic-prod-workloads" in own.text
    assert "petc-execution\n" not in own.text


def test_a_stage_with_a_site_lets_the_writer_write_its_files_and_no_others() -> None:
    def own(name: str) -> str:
        return next(stack.text for stack in stacks(asked(name)) if stack.name == f"petc-bootstrap-{name}")

    assert "s3:::stackset-petclinic-dev-*site-*/*" in own("petclinic-dev")
    assert "Sid: Site" in own("petclinic-dev")
    assert "Sid: Site" not in own("depot-live")


def test_the_administrator_is_served_first() -> None:
    """The trust of the execution role names a role that must stand."""
    assert names(asked("petclinic-dev", "111111111111", "222222222222"))[0][0] == ADMINISTRATOR


def test_a_spec_without_gateway_changes_no_settings_of_gateways() -> None:
    found = {name for name, _ in names(asked("depot-live"))} | {
        name for name, _ in names(asked("museum-open"))
    }

    assert found
    assert all(
        (GATEWAY in {name for name, _ in names(asked(stage))})
        == any("AWS::ApiGateway::RestApi" in text.decode() for text in asked(stage).made.files.values())
        for stage in ("depot-live", "museum-open", "quotes-live")
    )


def test_a_bucket_that_the_spec_names_is_left_alone() -> None:
    plain = asked("petclinic-dev")
    region = dataclasses.replace(plain.stage.targets.regions["us-west-2"], artifact_bucket="theirs")
    targets = dataclasses.replace(plain.stage.targets, regions={"us-west-2": region})
    own = dataclasses.replace(plain, stage=dataclasses.replace(plain.stage, targets=targets))

    assert BUCKET not in [name for name, _ in names(own)]


def test_who_was_served_before_stays_served() -> None:
    first = asked("petclinic-dev", "111111111111")
    deployed = {(stack.name, stack.place): stack.text for stack in stacks(first)}
    second = stacks(asked("petclinic-dev", "222222222222"), deployed)
    administrator = next(stack for stack in second if stack.name == ADMINISTRATOR)

    assert "111111111111:role/petc-execution" in administrator.text
    assert "222222222222:role/petc-execution" in administrator.text


def test_the_same_again_is_the_same_text() -> None:
    once = stacks(asked("petclinic-dev"))
    again = stacks(asked("petclinic-dev"), {(stack.name, stack.place): stack.text for stack in once})

    assert once == again


def test_the_way_follows_from_the_targets() -> None:
    stage = asked("petclinic-dev").stage
    plain = dataclasses.replace(stage, targets=dataclasses.replace(stage.targets, engine="stacks"))

    assert bootstrap_stacks.way(stage) == "self-managed"
    assert bootstrap_stacks.way(plain) == "stacks"
    assert bootstrap_stacks.way(asked("petclinic-prod").stage) == "service-managed"


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    for name in ("petclinic-dev", "petclinic-prod"):
        more = {
            "repositories": ("acme/shop",),
            "organization": "o-abcdefghij" if name.endswith("prod") else "",
        }
        for stack in stacks(asked(name, **more)):
            (tmp_path / f"{name}-{stack.name}-{stack.place.region}.yaml").write_text(stack.text, "utf-8")
    files = sorted(map(str, tmp_path.glob("*.yaml")))
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), *files], capture_output=True, text=True, check=False
    )

    assert len(files) > 8
    assert linted.stdout == ""
    assert linted.returncode == 0


@pytest.mark.parametrize("name", sorted(stages()))
def test_each_template_travels_within_the_call(name: str) -> None:
    """There is no bucket yet that it could travel by."""
    assert max(len(stack.text.encode()) for stack in stacks(asked(name))) <= 51_200


def test_the_policies_of_another_spec_with_the_same_full_name_are_left_alone() -> None:
    """`petclinic` with stage `dev`, and a spec whose name and stage join to the same, have one stack by name."""
    mine = asked("petclinic-dev")
    own = next(stack for stack in stacks(mine) if stack.name == "petc-bootstrap-petclinic-dev")
    noted = own.text.replace("petc:spec: petclinic", "petc:spec: petclinic-d")
    older = own.text.replace("petc:", "other:")
    bootstrap_stacks.require_own(mine, {(own.name, own.place): own.text})
    bootstrap_stacks.require_own(mine, {(own.name, own.place): older})
    theirs = dataclasses.replace(mine, stage=dataclasses.replace(mine.stage, name="petclinic-dev", stage="x"))
    of_theirs = next(stack for stack in stacks(theirs) if stack.name == "petc-bootstrap-petclinic-dev-x")
    ours = dataclasses.replace(mine, stage=dataclasses.replace(mine.stage, stage="dev-x"))

    assert noted != own.text != older
    with pytest.raises(Rejected, match="belongs to stage x of petclinic-dev"):
        bootstrap_stacks.require_own(ours, {(of_theirs.name, of_theirs.place): of_theirs.text})


def test_a_bootstrap_of_the_version_before_is_taken_over() -> None:
    """It noted repositories without stages: they deploy the stage that is bootstrapped now."""
    before = """\
Metadata:
  petc:
    accounts:
      - "111111111111"
    organization: ""
    repositories:
      - acme/shop
    ways:
      - self-managed
Resources: {}
"""
    asking = asked("petclinic-dev")
    made = stacks(asking, {(ADMINISTRATOR, HOME): before})
    administrator = next(stack.text for stack in made if stack.name == ADMINISTRATOR)

    assert "repo:acme/shop:environment:dev" in administrator
    assert "111111111111:role/petc-execution" in administrator
