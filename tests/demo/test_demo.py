"""What `make demo` shows, run whole: nothing in it is said that does not happen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return all that the demonstration prints."""
    home = tmp_path_factory.mktemp("demo") / "copy"
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--home", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def after(shown: str, command: str, nth: int = 0) -> str:
    """Return what the nth run of a command printed."""
    return shown.split(f"\n$ petc {command}\n")[nth + 1].split("\n\n# ")[0]


def test_twelve_layers_are_made(shown: str) -> None:
    first = after(shown, "deploy --stage dev --local --yes")

    assert first.count("  create in ") == 12


def test_a_second_run_finds_nothing_to_do(shown: str) -> None:
    assert after(shown, "deploy --stage dev --local --yes", 1).startswith("nothing to do")


def test_the_plan_of_one_line_is_one_property(shown: str) -> None:
    plan = after(shown, "plan --stage dev --local")

    assert "BackupRetentionPeriod: 7 -> 14" in plan
    assert "1 layer changes, 11 unchanged" in plan


def test_what_answers_is_asked_and_answers(shown: str) -> None:
    """The page is served; a function answers, and says that the services behind it are not there."""
    answers = shown[shown.index("These answer on this machine") :].splitlines()

    assert [line.split()[0] for line in answers[1:3]] == ["200", "503"]


def test_what_does_not_run_is_counted(shown: str) -> None:
    assert "are recorded and not deployed" in shown
