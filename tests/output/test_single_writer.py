from __future__ import annotations

import select
import subprocess
import sys
from pathlib import Path

import pytest

from petc.output import single_writer

HOLD = """
import sys, time
from pathlib import Path
from petc.output import single_writer
with single_writer.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(30)
"""


def test_a_second_writer_waits_until_the_first_has_gone(tmp_path: Path) -> None:
    """The first is killed, which lets go of the folder as an ordinary end does."""
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    second = None
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        second = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert second.stdout is not None
        early, _, _ = select.select([second.stdout], [], [], 1.5)
        first.kill()
        line = second.stdout.readline()

        assert early == []
        assert line == "held\n"
    finally:
        for process in (first, second):
            if process is not None:
                process.kill()
                process.wait()


def test_nobody_else_gets_it_while_it_is_held(tmp_path: Path) -> None:
    """Whoever asks says nothing until the time is up: it still waits."""
    with single_writer.held(tmp_path), pytest.raises(subprocess.TimeoutExpired) as waited:
        subprocess.run([sys.executable, "-c", HOLD, str(tmp_path)], timeout=1.5, capture_output=True)

    assert not waited.value.stdout


def test_the_folder_is_made_and_stays_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with single_writer.held(folder):
        assert list(folder.iterdir()) == []


def test_a_file_in_the_way_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", "utf-8")

    with pytest.raises(OSError, match="a"), single_writer.held(tmp_path / "a"):
        raise AssertionError
