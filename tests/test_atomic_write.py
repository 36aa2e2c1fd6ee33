from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from petc import atomic_write


def test_the_content_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    atomic_write.write(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        atomic_write.write(path, b"new", durable=True)

        assert reader.read() == b"old"


def test_a_failure_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic_write.write(path, b"new", durable=True)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_mode_holds_from_the_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    atomic_write.write(path, b"x", mode=0o600)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    link = tmp_path / "link"
    link.symlink_to(other)
    atomic_write.write(link, b"new")

    assert other.read_bytes() == b"precious"
    assert link.read_bytes() == b"new"
    assert not link.is_symlink()
