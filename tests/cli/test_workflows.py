"""The workflow that `petc init` offers: sound for any stages, and careful with what a plan says."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from petc.cli import workflows
from petc.cli.main import petc

SCHEMAS = ("vendor.github-workflows", "custom.github-workflows-require-timeout")
GH = """#!{python}
import json, pathlib, sys
home = pathlib.Path({home!r})
arguments = sys.argv[1:]
body = json.load(sys.stdin)["body"] if "--input" in arguments else None
with (home / "calls").open("a") as stream:
    stream.write(json.dumps([arguments, body]) + "\\n")
if body is None:
    print((home / "found").read_text())
"""


def loaded(*stages: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(workflows.deploy(stages, workflows.install("petc==1.0")))
    return found


def init(*arguments: str) -> Result:
    return CliRunner().invoke(petc, ["init", *arguments])


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("stages", [("dev",), ("dev", "staging", "prod"), ("on", "true")])
def test_the_text_conforms_to_the_schema(stages: tuple[str, ...], schema: str, tmp_path: Path) -> None:
    file = tmp_path / "deploy.yml"
    file.write_text(workflows.deploy(stages, workflows.install()), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_stages_are_deployed_one_after_the_other() -> None:
    jobs = loaded("dev", "staging", "prod")["jobs"]

    assert [jobs[f"deploy-{stage}"]["needs"] for stage in ("dev", "staging", "prod")] == [
        "check",
        ["check", "deploy-dev"],
        ["check", "deploy-staging"],
    ]
    assert {jobs[f"deploy-{stage}"]["environment"] for stage in ("dev", "staging", "prod")} == {
        "dev",
        "staging",
        "prod",
    }


def test_a_deployment_that_runs_is_never_cancelled() -> None:
    jobs = loaded("dev", "prod")["jobs"]

    assert [jobs[name]["concurrency"] for name in ("deploy-dev", "deploy-prod")] == [
        {"group": "deploy-dev", "cancel-in-progress": False},
        {"group": "deploy-prod", "cancel-in-progress": False},
    ]


def test_no_job_has_both_credentials_and_the_right_to_write_to_the_repository() -> None:
    jobs = loaded("dev")["jobs"]

    assert {name: job.get("permissions") for name, job in jobs.items()} == {
        "check": None,
        "plan": {"contents": "read", "id-token": "write"},
        "comment": {"pull-requests": "write"},
        "deploy-dev": {"contents": "read", "id-token": "write"},
    }


def test_plans_are_of_branches_of_the_repository_only() -> None:
    condition = loaded("dev")["jobs"]["plan"]["if"]

    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition


# The comment, with a stand-in for GitHub's command line.


class Comment:
    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "plans").mkdir()
        (home / "bin").mkdir()
        gh = home / "bin" / "gh"
        gh.write_text(GH.format(python=sys.executable, home=str(home)), "utf-8")
        gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
        (home / "found").write_text("", "utf-8")
        steps = loaded("dev")["jobs"]["comment"]["steps"]
        self.script = steps[-1]["run"]

    def run(self, **plans: str) -> list[Any]:
        for stage, text in plans.items():
            (self.home / "plans" / f"plan-{stage}.txt").write_text(text, "utf-8")
        environment = os.environ | {
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "shop/shop",
            "NUMBER": "7",
            "RUN": "https://github.example/run",
        }
        subprocess.run(["bash", "-e", "-c", self.script], cwd=self.home, env=environment, check=True)
        return [json.loads(line) for line in (self.home / "calls").read_text("utf-8").splitlines()]

    def body(self, **plans: str) -> str:
        text: str = self.run(**plans)[-1][1]
        return text


@pytest.fixture
def comment(tmp_path: Path) -> Comment:
    return Comment(tmp_path)


def test_the_first_plan_is_a_new_comment(comment: Comment) -> None:
    calls = comment.run(dev="3 to create")

    assert calls[-1][0][:4] == ["api", "--method", "POST", "repos/shop/shop/issues/7/comments"]
    assert "### dev\n\n```text\n3 to create\n```" in calls[-1][1]


def test_the_next_plan_changes_the_comment_that_is_there(comment: Comment) -> None:
    (comment.home / "found").write_text("41\n42\n", "utf-8")
    calls = comment.run(dev="nothing to do")

    assert calls[-1][0][:4] == ["api", "--method", "PATCH", "repos/shop/shop/issues/comments/41"]


def test_every_stage_has_its_part(comment: Comment) -> None:
    body = comment.body(dev="one", prod="two")

    assert body.index("### dev") < body.index("### prod")


def test_a_plan_cannot_leave_its_fence(comment: Comment) -> None:
    body = comment.body(dev="```\n# heading\n@everyone <script>\n````` end")

    assert body.count("``````") == 2
    assert "``````text\n```\n# heading" in body


def test_what_cannot_be_seen_is_shown_as_question_marks(comment: Comment) -> None:
    body = comment.body(dev="a\x1b[31mred\x1b[0m \u202edrowssap\u200b\x07 × … 한글")

    assert "ared ?drowssap?? × … 한글" in body


def test_a_long_plan_is_cut_to_what_github_takes(comment: Comment) -> None:
    body = comment.body(dev="x" * 100_000, prod="y" * 100_000)

    assert len(body) < 65_536
    assert body.count("… the rest is in the artifact of the run") == 2


def test_without_a_plan_the_comment_says_so(comment: Comment) -> None:
    assert "No plan was made." in comment.body()


# petc init --workflows github


def test_init_writes_the_workflow_beside_the_starter(tmp_path: Path) -> None:
    result = init(str(tmp_path), "--workflows", "github")
    made = (tmp_path / ".github" / "workflows" / "deploy.yml").read_text("utf-8")

    assert result.exit_code == 0
    assert (tmp_path / "spec" / "spec.yaml").is_file()
    assert made == workflows.deploy(("dev",), workflows.install())


def test_init_takes_the_stages_of_a_spec_that_is_there_and_leaves_it(tmp_path: Path) -> None:
    spec = tmp_path / "spec" / "spec.yaml"
    spec.parent.mkdir()
    spec.write_text("petc: 1\nstages: {test: {}, live: {}}\n", "utf-8")
    result = init(str(tmp_path), "--workflows", "github")
    made = (tmp_path / ".github" / "workflows" / "deploy.yml").read_text("utf-8")

    assert result.exit_code == 0
    assert spec.read_text("utf-8") == "petc: 1\nstages: {test: {}, live: {}}\n"
    assert 'stage: ["test", "live"]' in made


def test_init_overwrites_no_workflow(tmp_path: Path) -> None:
    file = tmp_path / ".github" / "workflows" / "deploy.yml"
    file.parent.mkdir(parents=True)
    file.write_text("mine\n", "utf-8")
    result = init(str(tmp_path), "--workflows", "github")

    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert file.read_text("utf-8") == "mine\n"
    assert not (tmp_path / "spec").exists()


@pytest.mark.parametrize("text", ["petc: 1\nstages: {}\n", 'petc: 1\nstages: {"a; rm -rf": {}}\n', "a: [\n"])
def test_init_writes_no_workflow_for_a_spec_without_sound_stages(text: str, tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "spec.yaml").write_text(text, "utf-8")
    result = init(str(tmp_path), "--workflows", "github")

    assert result.exit_code == 1
    assert not (tmp_path / ".github").exists()
