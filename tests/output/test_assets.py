from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from petc.diagnostics import Rejected
from petc.output.assets import asset_digest, asset_files

HASH = "--hash=sha256:" + "a" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mail"
    (made / "package").mkdir(parents=True)
    (made / "handler.py").write_bytes(b"x = 1\n")
    (made / "package" / "__init__.py").write_bytes(b"")
    (made / "requirements.txt").write_text(f"requests==2.32.0 \\\n    {HASH}\n", encoding="utf-8")
    return made


def codes(folder: Path) -> list[str]:
    with pytest.raises(Rejected) as caught:
        asset_digest(folder)
    return [item.code for item in caught.value.diagnostics]


def message(folder: Path) -> str:
    with pytest.raises(Rejected) as caught:
        asset_digest(folder)
    return str(caught.value)


def test_files_are_listed_by_path(folder: Path) -> None:
    assert asset_files(folder) == ("handler.py", "package/__init__.py", "requirements.txt")


@pytest.mark.parametrize(
    "name",
    [
        "__init__.py",
        "__pycache__/handler.cpython-311.pyc",
        "package/__pycache__/x.pyc",
        "old.pyc",
        "tests/test_handler.py",
        ".DS_Store",
        ".venv/lib.py",
        "package/.hidden",
    ],
)
def test_what_is_not_deployed_does_not_count(folder: Path, name: str) -> None:
    before = asset_digest(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"other")

    assert asset_digest(folder) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("handler.py", b"x = 2\n"),
        ("handler.py", b"x = 1\r\n"),
        ("package/__init__.py", b"\n"),
        ("package/data.json", b""),
        ("requirements.txt", b""),
    ],
)
def test_what_is_deployed_counts_to_the_byte(folder: Path, name: str, content: bytes) -> None:
    before = asset_digest(folder)
    (folder / name).write_bytes(content)

    assert asset_digest(folder) != before


def test_a_moved_file_counts(folder: Path) -> None:
    before = asset_digest(folder)
    (folder / "handler.py").rename(folder / "main.py")

    assert asset_digest(folder) != before


def test_place_modes_and_times_do_not_count(folder: Path, tmp_path: Path) -> None:
    before = asset_digest(folder)
    (folder / "handler.py").chmod(0o755)
    os.utime(folder / "handler.py", (1, 1))
    moved = folder.rename(tmp_path / "moved")

    assert asset_digest(moved) == before


def test_anyone_can_recompute_the_digest(folder: Path) -> None:
    command = "sha256sum " + " ".join(asset_files(folder)) + " | sha256sum"
    run = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode or "sha256sum:" in run.stderr:
        pytest.skip("this machine has no sha256sum")

    assert run.stdout.split()[0] == asset_digest(folder)


def test_a_folder_that_is_missing_empty_or_a_file_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "requirements.txt").touch()

    assert codes(tmp_path / "none") == ["asset-missing"]
    assert codes(tmp_path / "empty") == ["asset-missing"]
    assert codes(folder / "handler.py") == ["asset-missing"]


def test_links_and_special_files_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "a.py").symlink_to("/etc/passwd")
    (folder / "b").symlink_to(tmp_path)
    os.mkfifo(folder / "c")
    (tmp_path / "link").symlink_to(folder)

    assert codes(folder) == ["asset-symlink"] * 3
    assert codes(tmp_path / "link") == ["asset-symlink"]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("requests==2.32.0\n", "'requests==2.32.0' has no --hash=sha256"),
        ("requests==2.32.0 --hash=md5:00\n", "has no --hash=sha256"),
        (f"requests==2.32.0 # {HASH}\n", "has no --hash=sha256"),
        (f"requests @ file:///tmp/x.tar.gz {HASH}\n", "pip may run code of it"),
        (f"requests>=2.32.0 {HASH}\n", "'requests>=2.32.0' names no single version with '=='"),
        (f"requests==2.* {HASH}\n", "names no single version"),
        (f"requests {HASH}\n", "names no single version"),
        ("-r other.txt\n", "'-r other.txt' leads to another file"),
        ("--constraint=c.txt\n", "leads to another file"),
        ("-e .\n", "leads to another file"),
    ],
)
def test_a_requirement_that_is_not_locked_is_named(folder: Path, lines: str, fault: str) -> None:
    (folder / "requirements.txt").write_text(lines, encoding="utf-8")

    assert codes(folder) == ["asset-unlocked"]
    assert fault in message(folder)


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "# only a comment\n\n",
        f"requests==2.32.0 {HASH}\n",
        f"requests==2.32.0 \\\r\n    {HASH} \\\r\n    {HASH}\r\n    # via -r requirements.in\r\n",
        f"--require-hashes\nrequests[socks]==2.32.0 {HASH}\n",
    ],
)
def test_locked_requirements_are_accepted(folder: Path, lines: str) -> None:
    (folder / "requirements.txt").write_bytes(lines.encode())

    assert len(asset_digest(folder)) == 64


def test_a_name_that_is_no_utf_8_is_refused(folder: Path) -> None:
    try:
        (folder / os.fsdecode(b"\xff.py")).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")

    assert codes(folder) == ["asset-name"]
    message(folder).encode()
