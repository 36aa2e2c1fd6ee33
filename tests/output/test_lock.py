from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from petc.output import lock

HOLD = """
import sys, time
from pathlib import Path
from petc.output import lock
with lock.held(Path(sys.argv[1])):
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
        time.sleep(0.7)
        first.kill()
        killed = time.monotonic()
        assert second.stdout is not None
        assert second.stdout.readline() == "held\n"

        assert time.monotonic() - killed < 5
    finally:
        for process in (first, second):
            if process is not None:
                process.kill()
                process.wait()


def test_two_at_once_is_what_the_lock_prevents(tmp_path: Path) -> None:
    """While it is held, nobody else gets it within a moment."""
    with lock.held(tmp_path), pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", HOLD, str(tmp_path)], timeout=1, capture_output=True)


def test_the_folder_is_made_and_stays_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with lock.held(folder):
        assert list(folder.iterdir()) == []


def test_a_file_in_the_way_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", "utf-8")

    with pytest.raises(OSError, match="a"), lock.held(tmp_path / "a"):
        raise AssertionError
