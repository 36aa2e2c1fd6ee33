"""The GitHub workflows are valid, ask for few rights and test what the package promises."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from petc.cli import workflows
from petc.source.overlay import stage_names
from petc.source.parse import parse
from tests import specs

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
SCHEMAS = ("vendor.github-workflows", "custom.github-workflows-require-timeout")
"""Both ship with check-jsonschema, so that nothing is fetched."""


def check(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def supported_pythons() -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return re.findall(r"Python :: (3\.\d+)$", config["metadata"]["classifiers"], re.MULTILINE)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_workflows_conform_to_the_schema(schema: str) -> None:
    done = check(schema, *WORKFLOWS)

    assert WORKFLOWS
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_check_refuses_a_broken_workflow(schema: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("on: push\njobs: {one: {runs-on: ubuntu-24.04, stepz: []}}\n", encoding="utf-8")

    assert check(schema, broken).returncode == 1


RIGHTS = {
    ("deploy.yml", "plan"): {"contents": "read", "id-token": "write"},
    ("deploy.yml", "comment"): {"pull-requests": "write"},
    ("deploy.yml", "deploy-dev"): {"contents": "read", "id-token": "write"},
    ("deploy.yml", "deploy-prod"): {"contents": "read", "id-token": "write"},
    ("images.yml", "copy"): {"contents": "read", "id-token": "write"},
}
"""What a job may do besides reading the repository; no job has two of these rights."""


def loaded(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def scripts(path: Path) -> list[str]:
    jobs = loaded(path)["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_but_for_the_named_jobs(path: Path) -> None:
    workflow = loaded(path)
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}

    assert workflow["permissions"] == {"contents": "read"}
    assert rights == {job: granted for (file, job), granted in RIGHTS.items() if file == path.name}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned(path: Path) -> None:
    used = re.findall(r"uses: *(\S+)", path.read_text(encoding="utf-8"))

    assert [name for name in used if not re.search(r"@(v\d+|[0-9a-f]{40})$", name)] == []


@pytest.mark.parametrize("name", ["deploy.yml", "images.yml"])
def test_where_credentials_are_every_action_is_pinned_by_commit_and_says_its_version(name: str) -> None:
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    used = re.findall(r"uses: *(.+)", text)

    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_key_is_stored(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"secrets\.\w+|aws-access-key-id|aws-secret-access-key|AKIA[0-9A-Z]{16}", text) == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_stands_in_a_script(path: Path) -> None:
    """What a pull request brings would become part of the program; values go by the environment."""
    assert [script for script in scripts(path) if "${{" in script] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_runs_a_pull_request_with_the_rights_of_main(path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    assert {"pull_request_target", "workflow_run"} & set(loaded(path)[True]) == set()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    steps = [step for job in loaded(path)["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]

    assert [step for step in checkouts if step["with"]["persist-credentials"] is not False] == []


def test_the_deployment_is_the_one_that_petc_offers() -> None:
    setup = f"""\
      - uses: {workflows.SETUP_PYTHON}
        with:
          python-version: "3.13"
      - run: make install PYTHON=python3.13 && echo "$PWD/.venv/bin" >> "$GITHUB_PATH"
"""
    stages = stage_names(parse((ROOT / "spec" / "petclinic.yaml").read_bytes(), "petclinic.yaml"))

    assert (ROOT / ".github" / "workflows" / "deploy.yml").read_text("utf-8") == workflows.deploy(
        stages, setup
    )


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_images_are_those_of_the_compiled_stage(stage: str) -> None:
    done = subprocess.run([str(ROOT / ".ci" / "images"), stage], capture_output=True, text=True, check=True)
    rows = {(row["service"], row["repository"], row["tag"], row["region"]) for row in json.loads(done.stdout)}
    typed = specs.reference(stage)

    assert rows == {
        (name, f"{typed.name}-{stage}/{service.key}", service.image.tag, region)
        for name, service in typed.services.items()
        for region in typed.targets.regions
    }


@pytest.mark.parametrize("arguments", [[], ["../dev"], ["dev; true"]])
def test_the_list_of_images_takes_a_stage_only(arguments: list[str]) -> None:
    done = subprocess.run(
        [str(ROOT / ".ci" / "images"), *arguments], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")


COPY = """#!/bin/bash
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  *describe-images*) exit "$ABSENT" ;;
  *get-caller-identity*) echo 123456789012 ;;
esac
"""


def copied(folder: Path, **given: str) -> tuple[int, list[str]]:
    """Run the script that copies an image with stand-ins for `aws` and `docker`; return status and their calls."""
    for name in ("aws", "docker"):
        (folder / name).write_text(COPY, "utf-8")
        (folder / name).chmod(0o755)
    jobs = loaded(ROOT / ".github" / "workflows" / "images.yml")["jobs"]
    environment = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "CALLS": str(folder / "calls"),
        "ABSENT": "1",
        "AWS_REGION": "us-west-2",
        "SERVICE": "vets-service",
        "REPOSITORY": "petclinic-dev/vets-service",
        "TAG": "4.0.1",
        "SOURCE_TAG": "latest",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", jobs["copy"]["steps"][-1]["run"]],
        env=environment | given,
        capture_output=True,
        check=False,
    )
    return done.returncode, (folder / "calls").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("tag", "source"), [("latest", ":latest"), (f"sha256:{'a' * 64}", f"@sha256:{'a' * 64}")]
)
def test_an_image_is_copied_from_registry_to_registry(tag: str, source: str, tmp_path: Path) -> None:
    status, calls = copied(tmp_path, SOURCE_TAG=tag)
    target = "123456789012.dkr.ecr.us-west-2.amazonaws.com/petclinic-dev/vets-service:4.0.1"

    assert status == 0
    assert (
        f"docker buildx imagetools create --tag {target}"
        f" docker.io/springcommunity/spring-petclinic-vets-service{source}"
    ) in calls


def test_an_image_that_is_there_is_not_copied(tmp_path: Path) -> None:
    status, calls = copied(tmp_path, ABSENT="0")

    assert (status, [call for call in calls if call.startswith("docker")]) == (0, [])


def test_what_is_no_tag_is_not_copied(tmp_path: Path) -> None:
    status, calls = copied(tmp_path, SOURCE_TAG="x --file /etc/passwd")

    assert (status, [call for call in calls if call.startswith("docker")]) == (1, [])


def test_the_matrix_is_what_the_package_says_it_supports() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))

    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == supported_pythons()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_scripts_that_a_workflow_runs_exist(path: Path) -> None:
    named = re.findall(r"(\.ci/[\w-]+)", "\n".join(scripts(path)))

    assert [name for name in named if not os.access(ROOT / name, os.X_OK)] == []
