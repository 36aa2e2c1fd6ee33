"""Standard output and error that go on when nobody reads any more.

A reader that goes away (`petc deploy | head`) is no fault, and must not end what changes AWS half-way. Python would
raise `BrokenPipeError` at the next line; here the rest goes nowhere, and the exit status stays that of the work.
A full disk must not end it half-way either, but what was printed is then incomplete: `unwritten` tells at the end.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


class Heedless(io.TextIOWrapper):
    """A text stream on a file descriptor which goes silent once its reader has gone; `unheard` says so.

    It goes silent as well when nothing more can be written; `failure` then holds the cause.
    """

    unheard = False
    failure = ""

    def write(self, text: str, /) -> int:
        """Write the text, or nothing when nobody reads."""
        try:
            return super().write(text)
        except BrokenPipeError:
            self._silence()
        except OSError as fault:
            self._fail(fault)
        return len(text)

    def flush(self) -> None:
        """Flush what is buffered, or drop it when nobody reads."""
        try:
            super().flush()
        except BrokenPipeError:
            self._silence()
        except OSError as fault:
            self._fail(fault)

    def _fail(self, fault: OSError) -> None:
        self.failure = (fault.strerror or type(fault).__name__).lower()
        self._silence()

    def _silence(self) -> None:
        self.unheard = True
        # What is still in the buffer is written again, at the end of the interpreter too.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def heedless() -> None:
    """Put both standard streams of this process behind `Heedless`."""
    sys.stdout = _wrapped(sys.stdout)
    sys.stderr = _wrapped(sys.stderr)


def is_unheard(stream: TextIO) -> bool:
    """Whether a standard stream's reader was found to have gone."""
    return isinstance(stream, Heedless) and stream.unheard


def unwritten() -> str:
    """Return why what was printed on standard output is incomplete; empty when it is whole, or nobody reads it."""
    stream = sys.stdout
    if not isinstance(stream, Heedless):
        return ""
    stream.flush()
    return f"standard output could not be written: {stream.failure}" if stream.failure else ""


def _wrapped(stream: TextIO) -> TextIO:
    """Return the stream behind `Heedless`; a stream that is closed, or no file, stays as it is."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    encoding, errors = stream.encoding, stream.errors
    by_line, through = stream.line_buffering, stream.write_through
    return Heedless(stream.detach(), encoding, errors, line_buffering=by_line, write_through=through)
