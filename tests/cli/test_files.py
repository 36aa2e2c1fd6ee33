"""Files of the user's: whole or not at all, and nothing else is replaced by one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import click
import pytest

from petc.cli.files import write_whole


def test_a_file_is_written_whole_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "made" / "plan.json", b"one")
    write_whole(tmp_path / "made" / "plan.json", b"two")

    assert [path.name for path in (tmp_path / "made").iterdir()] == ["plan.json"]
    assert (tmp_path / "made" / "plan.json").read_bytes() == b"two"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "plan.json")
    write_whole(tmp_path / "link", b"one")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "plan.json").read_bytes() == b"one"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"one")
    reader.join(10)

    assert read == [b"one"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("place", ["file/plan.json", "full"])
def test_what_cannot_be_written_is_said_with_its_cause(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(click.exceptions.Exit) as caught:
        write_whole(tmp_path / place, b"x" * 10)

    assert caught.value.exit_code == 1
    assert capsys.readouterr().err.startswith(f"cannot write {tmp_path / place}: ")
    assert (tmp_path / "full").is_symlink()
    assert Path("/dev/full").is_char_device()
