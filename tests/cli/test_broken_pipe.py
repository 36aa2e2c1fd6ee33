"""Standard streams whose reader goes away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from petc.cli.broken_pipe import Heedless, is_unheard


def test_a_stream_goes_silent_once_its_reader_has_gone() -> None:
    reader, writer = os.pipe()
    stream = Heedless(os.fdopen(writer, "wb"), "utf-8")
    stream.write("heard\n")
    stream.flush()
    before = is_unheard(stream)
    os.close(reader)
    for _ in range(3):
        stream.write("unheard\n" * 10_000)
        stream.flush()
    after = is_unheard(stream)
    stream.close()

    assert (before, after) == (False, True)


def test_what_is_heard_arrives_as_it_was_written(tmp_path: Path) -> None:
    with Heedless((tmp_path / "out").open("wb"), "utf-8") as stream:
        stream.write("ä\n")

    assert (tmp_path / "out").read_text("utf-8") == "ä\n"


def petc(*arguments: str, folder: Path, stdout: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from petc.cli.main import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def test_a_full_disk_is_said_and_is_no_success(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = petc("schema", folder=tmp_path, stdout=full)
    finally:
        os.close(full)

    assert done.returncode == 1
    assert done.stderr.startswith("petc: standard output could not be written: no space left on device")
    assert "Traceback" not in done.stderr


def test_a_working_directory_that_was_deleted_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    script = f"import os, sys; os.chdir({str(folder)!r}); os.rmdir({str(folder)!r}); " + (
        "from petc.cli.main import main; sys.argv = ['petc', 'validate']; main()"
    )
    folder.mkdir()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "the working directory was deleted; change to a folder that exists" in done.stderr
