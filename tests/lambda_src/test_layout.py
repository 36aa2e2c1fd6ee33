"""Each function starts in the layout of its zip, alone and under the entry that the layers name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "lambda_src"
NAMES = ("credential_refresh", "genai", "owner_details", "slack_notifier")


def unpacked(name: str, into: Path) -> Path:
    """Lay out a function as its zip does: the entry at the top, its folder and `shared` beside it."""
    for folder in (name, "shared"):
        shutil.copytree(FUNCTIONS / folder, into / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.move(into / name / "handler.py", into / "handler.py")
    return into


def run(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_the_entry_is_importable_as_handler_handler(name: str, tmp_path: Path) -> None:
    code = "import handler; print(callable(handler.handler), handler.__file__)"
    printed = run(unpacked(name, tmp_path), code)

    assert printed.split() == ["True", str(tmp_path / "handler.py")]


def test_the_notifier_starts_without_the_sdk(tmp_path: Path) -> None:
    code = "import sys, handler; print(sorted({name.split('.')[0] for name in sys.modules}))"
    printed = run(unpacked("slack_notifier", tmp_path), code)

    assert "'urllib'" in printed
    assert "boto" not in printed


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_brought_by_the_runtime_is_locked_with_hashes(name: str) -> None:
    lines = (FUNCTIONS / name / "requirements.txt").read_text().replace("\\\n", "").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]

    assert all("==" in line and "--hash=sha256:" in line for line in wanted)
    assert [line.split("==")[0] for line in wanted] == (["pymysql"] if name == "genai" else [])
