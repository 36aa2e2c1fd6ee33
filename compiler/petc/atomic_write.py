"""Write a file completely or not at all: a reader sees the old content or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

_READABLE = 0o666


def write(path: Path, content: bytes, *, mode: int = _READABLE, durable: bool = False) -> None:
    """Write the content beside the path and move it into its place.

    `mode` are the permissions, less the process's umask. `durable` waits until the content is on the disk, for what
    must survive a loss of power. A symbolic link at the path is replaced, not followed. Raises `OSError`, and leaves
    nothing behind then.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        fresh.replace(path)
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
