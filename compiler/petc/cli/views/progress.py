"""A deployment as it goes on: live on a terminal, line by line in a pipe, as JSON on request."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from petc.cli.views.progress_json import JsonLines
from petc.cli.views.progress_lines import PlainLines
from petc.cli.views.progress_tty import LiveLines
from petc.deploy.execute.events import Event, Listener


@contextlib.contextmanager
def progress(message_format: str) -> Iterator[Listener]:
    """Yield a listener that shows what happens, and leave the terminal as a line by line output would.

    Text goes to standard error, for it is not the command's result; JSON goes to standard output.
    """
    shown = _shown(message_format)
    try:
        yield _hardened(shown.show)
    finally:
        with contextlib.suppress(OSError, ValueError):
            shown.close()


def _shown(message_format: str) -> JsonLines | LiveLines | PlainLines:
    if message_format == "json":
        return JsonLines(sys.stdout, time.monotonic)
    if is_live(sys.stderr):
        return LiveLines(sys.stderr, time.monotonic, _size, color="NO_COLOR" not in os.environ)
    return PlainLines(sys.stderr, time.monotonic)


def is_live(stream: TextIO) -> bool:
    """Whether lines of a stream can be written anew: a terminal that knows cursor movements."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _size() -> tuple[int, int]:
    size = shutil.get_terminal_size((80, 24))
    return size.columns, size.lines


def _hardened(show: Callable[[Event], None]) -> Listener:
    """Return a listener that goes silent when nobody reads any more: a closed terminal ends no deployment."""
    gone = False

    def listener(event: Event, /) -> None:
        nonlocal gone
        if gone:
            return
        try:
            show(event)
        except (OSError, ValueError):
            gone = True

    return listener
