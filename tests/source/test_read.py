"""Finding and reading the file."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from petc.diagnostics import Rejected
from petc.source.read import find_spec, read_spec
from petc.source.text import MAX_BYTES


def refused(path: Path) -> str:
    with pytest.raises(Rejected) as caught:
        read_spec(path)
    (problem,) = caught.value.diagnostics
    return problem.code


def test_the_bytes_come_back_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(b"a: 1\r\n\xff")

    assert read_spec(tmp_path / "s.yaml") == b"a: 1\r\n\xff"


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert refused(tmp_path / "none.yaml") == "missing-spec"
    assert refused(tmp_path / "file" / "none.yaml") == "missing-spec"


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    assert refused(tmp_path) == "unreadable"


def test_a_pipe_a_device_and_a_socket_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "socket.yaml"))

        assert refused(tmp_path / "socket.yaml") == "unreadable"
    assert refused(tmp_path / "pipe.yaml") == "unreadable"
    assert refused(Path("/dev/zero")) == "unreadable"
    assert refused(Path("/dev/null")) == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.touch(mode=0o000)

    assert refused(path) == "unreadable"


def test_a_permission_fault_is_told_in_plain_language(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", deny)
    with pytest.raises(Rejected, match="may not be read by this user"):
        read_spec(Path("s.yaml"))


def test_the_limit_itself_is_accepted_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"#" * MAX_BYTES)
    content = read_spec(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))

    assert len(content) == MAX_BYTES
    assert refused(path) == "too-large"


def test_the_nearest_spec_above_is_found(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "x.yaml").touch()
    far = find_spec(below, "spec/x.yaml")
    (tmp_path / "a" / "spec").mkdir()
    (tmp_path / "a" / "spec" / "x.yaml").touch()

    assert far == tmp_path / "spec" / "x.yaml"
    assert find_spec(below, "spec/x.yaml") == tmp_path / "a" / "spec" / "x.yaml"


def test_no_spec_above_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        find_spec(tmp_path, "spec/nowhere-at-all.yaml")

    assert caught.value.diagnostics[0].code == "missing-spec"
