"""Signals that end petc, as the one interrupt that a deployment knows how to meet."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_ENDING = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__)
"""Windows has no SIGHUP."""


class Terminated(KeyboardInterrupt):
    """The process was told to end, or its terminal was closed; the argument names the signal."""


@contextlib.contextmanager
def as_interrupts() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into `KeyboardInterrupt` inside.

    A signal that is ignored stays so: under `nohup` a deployment outlives its terminal. Outside of the main
    thread, where Python takes no handlers, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> None:
    raise Terminated(signal.Signals(number).name)
