"""Standard streams whose reader goes away."""

from __future__ import annotations

import os
from pathlib import Path

from petc.cli.streams import Heedless, is_unheard


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
