"""Which descriptions of petc pin its bytes, and which are refused."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from petc.cli import install_source, workflows
from petc.diagnostics import Rejected

ID = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    "text",
    [
        "petc",
        "petc==0.1.0",
        "git+https://git.example/shop/petc",
        "git+https://git.example/shop/petc@main",
        "git+https://git.example/shop/petc@0123456",
        f"git+http://git.example/shop/petc@{ID}",
        f"git+ssh://git@git.example/shop/petc@{ID}",
        f"git+https://user:word@git.example/shop/petc@{ID}",
        f"git+https://token@git.example/shop/petc@{ID}",
        f"git+https://git.example/shop/petc@{ID}#egg=other",
        f"git+https://git.example/shop/petc@{ID}\n",
        f"git+https://git.example/a b@{ID}",
        f'git+https://git.example/"; rm -rf /; "@{ID}',
        f"git+https://git.example/$(id)@{ID}",
        "https://files.example/petc-0.1.0-py3-none-any.whl",
        f"https://files.example/petc-0.1.0.tar.gz#sha256={DIGEST}",
        f"https://files.example/other-0.1.0-py3-none-any.whl#sha256={DIGEST}",
        f"https://user:word@files.example/petc-0.1.0-py3-none-any.whl#sha256={DIGEST}",
        f"http://files.example/petc-0.1.0-py3-none-any.whl#sha256={DIGEST}",
        "https://files.example/petc-0.1.0-py3-none-any.whl#sha256=ab",
        "file:///petc-0.1.0-py3-none-any.whl",
        "missing/petc-0.1.0-py3-none-any.whl",
        "",
    ],
)
def test_what_does_not_pin_the_bytes_is_refused_with_the_forms(text: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected) as rejected:
        install_source.parse(text, tmp_path)
    (diagnostic,) = rejected.value.diagnostics

    assert diagnostic.code == "petc-source"
    assert diagnostic.help == f"pass --petc-from with {install_source.FORMS}"


def test_a_wheel_in_the_repository_is_pinned_by_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "vendor" / "petc-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"wheel")
    monkeypatch.chdir(tmp_path)
    found = install_source.parse("vendor/petc-0.1.0-py3-none-any.whl", Path())

    assert found.requirement == (
        f"./vendor/petc-0.1.0-py3-none-any.whl --hash=sha256:{hashlib.sha256(b'wheel').hexdigest()}"
    )


def test_a_wheel_outside_of_the_repository_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "petc-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    (tmp_path / "repository").mkdir()

    with pytest.raises(Rejected, match="outside of"):
        install_source.parse(str(wheel), tmp_path / "repository")


@pytest.mark.parametrize(
    ("record", "requirement", "commit"),
    [
        (
            {"url": "https://git.example/petc", "vcs_info": {"vcs": "git", "commit_id": ID}},
            None,
            f"git+https://git.example/petc@{ID}",
        ),
        (
            {
                "url": "https://files.example/petc-1-py3-none-any.whl",
                "archive_info": {"hash": f"sha256={DIGEST}"},
            },
            f"petc @ https://files.example/petc-1-py3-none-any.whl --hash=sha256:{DIGEST}",
            None,
        ),
    ],
)
def test_an_installation_from_a_url_records_what_it_is(
    record: dict[str, object], requirement: str | None, commit: str | None
) -> None:
    found = install_source.from_record(record)

    assert found == install_source.PetcSource(requirement, commit)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"url": "file:///home/me/petc", "dir_info": {"editable": True}},
        {"url": "file:///home/me/petc", "dir_info": {}},
        {"url": "file:///home/me/petc-1-py3-none-any.whl", "archive_info": {"hashes": {"sha256": DIGEST}}},
        {"url": "https://git.example/petc", "vcs_info": {"vcs": "hg", "commit_id": ID}},
        {"url": "https://me:word@git.example/petc", "vcs_info": {"vcs": "git", "commit_id": ID}},
        {"url": 7, "vcs_info": 7},
        {"url": "https://files.example/petc-1-py3-none-any.whl", "archive_info": {"hashes": 7}},
    ],
)
def test_a_local_installation_records_nothing_to_install_from(record: dict[str, object]) -> None:
    assert install_source.from_record(record) is None


def test_pip_reads_the_requirements_and_refuses_other_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real pip, without an index: the local wheel's hash is what it checks first."""
    wheel = tmp_path / "petc-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    monkeypatch.chdir(tmp_path)
    line = install_source.parse(wheel.name, Path()).requirement
    assert line is not None
    wheel.write_bytes(b"other bytes")
    file = tmp_path / "requirements.txt"
    file.write_text(f"{line}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-index", "--no-deps", "--require-hashes"]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "out"), "-r", str(file)], capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr + done.stdout


def test_the_shipped_lock_is_in_the_requirements() -> None:
    text = workflows.requirements(install_source.PetcSource(commit=f"git+https://git.example/petc@{ID}"))

    assert "boto3==" in text
    assert "--hash=sha256:" in text
