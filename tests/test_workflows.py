"""The GitHub workflows are valid, ask for few rights and test what the package promises."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert workflow["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned(path: Path) -> None:
    used = re.findall(r"uses: *(\S+)", path.read_text(encoding="utf-8"))

    assert [name for name in used if not re.search(r"@(v\d+|[0-9a-f]{40})$", name)] == []


def test_the_matrix_is_what_the_package_says_it_supports() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))

    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == supported_pythons()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_scripts_that_a_workflow_runs_exist(path: Path) -> None:
    scripts = re.findall(r"run: *(\.ci/\S+)", path.read_text(encoding="utf-8"))

    assert [name for name in scripts if not os.access(ROOT / name, os.X_OK)] == []
