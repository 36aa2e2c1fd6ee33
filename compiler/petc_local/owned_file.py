"""A file that one process owns for its life, however that ends."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without POSIX locks, on which petc cannot start a server either
    fcntl = None  # type: ignore[assignment]


_PATIENCE_S = 2.0
_LOOK_S = 0.05


@contextlib.contextmanager
def owned(path: Path) -> Iterator[bool]:
    """Own the file; yields False when another process goes on owning it. Raises `OSError`.

    A process that was killed lets go a moment after it can no longer be seen, so it is asked for a while.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield fcntl is None or _taken(handle)
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK_S)
        else:
            return True
