"""The workflow that `petc init` offers: sound for any stages, and careful with what a plan says."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from petc.cli import install_source, workflows
from petc.cli.install_source import PetcSource
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


COMMIT = "git+https://git.example/shop/petc@" + "0123456789abcdef" * 2 + "01234567"
WHEEL = "https://files.example/petc-0.1.0-py3-none-any.whl#sha256=" + "ab" * 32


def loaded(*stages: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        workflows.deploy(stages, workflows.install(PetcSource(commit=COMMIT)))
    )
    return found


def init(*arguments: str, source: str = COMMIT) -> Result:
    given = ["--petc-from", source] if source and "--workflows" in arguments else []
    return CliRunner().invoke(petc, ["init", *arguments, *given])


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("stages", [("dev",), ("dev", "staging", "prod"), ("on", "true")])
def test_the_text_conforms_to_the_schema(stages: tuple[str, ...], schema: str, tmp_path: Path) -> None:
    file = tmp_path / "deploy.yml"
    file.write_text(workflows.deploy(stages, workflows.install(PetcSource(commit=COMMIT))), "utf-8")
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


def runs_for_a_fork(job: dict[str, Any], skipped: set[str]) -> bool:
    """Whether a job runs for a pull request of another repository, given the jobs that do not."""
    needs = job.get("needs", [])
    condition = job.get("if", "")
    return not (
        "head.repo.full_name == github.repository" in condition
        or "github.event_name == 'push'" in condition
        or any(
            f"needs.{name}.result != 'skipped'" in condition
            for name in ([needs] if isinstance(needs, str) else needs)
            if name in skipped
        )
    )


def test_a_fork_is_checked_and_gets_neither_credentials_nor_a_right_to_write_nor_a_secret() -> None:
    """What SECURITY.md says of a pull request from a fork."""
    workflow = loaded("dev", "prod")
    skipped: set[str] = set()
    for name, job in workflow["jobs"].items():
        if not runs_for_a_fork(job, skipped):
            skipped.add(name)
    run = {name: job for name, job in workflow["jobs"].items() if name not in skipped}
    text = yaml.safe_dump(run)

    assert set(run) == {"check"}
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in run["check"]
    assert [word for word in ("id-token", "secrets.", "environment", "aws", "cache") if word in text] == []
    assert [step["run"].split()[0] for step in run["check"]["steps"] if "run" in step] == [
        "python",
        "python",
        "petc",
        "petc",
    ]


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
    assert made == workflows.deploy(("dev",), workflows.install(PetcSource(commit=COMMIT)))


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


# What the workflow installs.


def test_petc_is_never_installed_by_a_name_from_an_index() -> None:
    """The name petc on the public index belongs to nobody; whoever registers it would run with AWS's role."""
    for source in (PetcSource(commit=COMMIT), install_source.parse(WHEEL, Path())):
        text = workflows.deploy(("dev",), workflows.install(source)) + workflows.requirements(source)
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]

        assert [line for line in lines if re.search(r"(^|[ \"'])petc(\[|==|>|~|\"|'|$)", line)] == []


def test_everything_that_a_job_installs_has_a_hash_or_is_a_commit() -> None:
    for source in (PetcSource(commit=COMMIT), install_source.parse(WHEEL, Path())):
        jobs = yaml.safe_load(workflows.deploy(("dev",), workflows.install(source)))["jobs"]
        commands = {
            step["run"]
            for job in jobs.values()
            for step in job["steps"]
            if "pip install" in step.get("run", "")
        }
        unhashed = [command for command in commands if "--require-hashes" not in command]

        assert all("--only-binary=:all:" in command for command in commands - set(unhashed))
        assert [COMMIT in command and "--no-deps" in command for command in unhashed] == (
            [True] if source.commit else []
        )


def test_init_writes_the_wheel_with_its_hash_into_the_requirements(tmp_path: Path) -> None:
    result = init(str(tmp_path), "--workflows", "github", source=WHEEL)
    text = (tmp_path / workflows.REQUIREMENTS).read_text("utf-8")
    url, _, digest = WHEEL.partition("#sha256=")

    assert result.exit_code == 0
    assert f"petc @ {url} --hash=sha256:{digest}\n" in text
    assert "cfn-lint==" in text
    assert "git+" not in (tmp_path / ".github" / "workflows" / "deploy.yml").read_text("utf-8")


def test_init_refuses_when_this_installation_does_not_say_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_source, "installed", lambda: None)
    result = init(str(tmp_path), "--workflows", "github", source="")

    assert result.exit_code == 1
    assert "petc-source" in result.stderr
    assert "--petc-from" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_petc_from_without_a_workflow_is_wrong_usage(tmp_path: Path) -> None:
    result = init(str(tmp_path), "--petc-from", COMMIT)

    assert result.exit_code == 2


def test_init_overwrites_no_requirements(tmp_path: Path) -> None:
    file = tmp_path / workflows.REQUIREMENTS
    file.parent.mkdir(parents=True)
    file.write_text("mine\n", "utf-8")
    result = init(str(tmp_path), "--workflows", "github")

    assert result.exit_code == 1
    assert file.read_text("utf-8") == "mine\n"
    assert not (tmp_path / ".github" / "workflows").exists()
