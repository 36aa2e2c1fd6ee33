"""A file that one process owns for its life, however that ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without POSIX locks, on which petc cannot start a server either
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def owned(path: Path) -> Iterator[bool]:
    """Own the file without waiting; yields False when another process owns it. Raises `OSError`."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
        yield True
    finally:
        os.close(handle)
