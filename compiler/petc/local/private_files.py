"""Files that only their owner may read: the local AWS keeps secrets of what is deployed to it."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from pathlib import Path

from petc import atomic_write

FILE, FOLDER = 0o600, 0o700
"""The modes of what the local AWS keeps."""

_OTHERS = 0o077
_LIMIT = 64 << 10
_UMASK = 0o077


def keep_private() -> None:
    """Let this process and those that it starts make files and folders for their owner only."""
    os.umask(_UMASK)


def folder(path: Path) -> None:
    """Make a folder with its parents, and close it to others; raises `OSError`."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(FOLDER)


def tighten(root: Path) -> None:
    """Close a folder, and all in it, that an earlier version left open to others.

    Links are not followed, and what belongs to someone else is left as it is.
    """
    _close(root)
    for place, folders, files in os.walk(root, onerror=None, followlinks=False):
        for name in (*folders, *files):
            _close(Path(place, name))


def write(path: Path, text: str) -> None:
    """Write a file for its owner only, whole or not at all; raises `OSError`."""
    atomic_write.write(path, text.encode(), mode=FILE)


def read(path: Path) -> dict[str, object]:
    """Return the JSON object in a small file of ours, which anything may have damaged.

    Raises `OSError` when it cannot be read and `ValueError` for everything that is no object in a regular
    file: too much text, brackets nested too deep, a FIFO, which would keep a reader waiting.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError(f"{path} is no file")
        text = file.read(_LIMIT + 1)
    if len(text) > _LIMIT:
        raise ValueError(f"{path} is too long")
    try:
        values = json.loads(text)
    except RecursionError:
        raise ValueError(f"{path} is nested too deep") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} holds no object")
    return values


def _close(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = path.lstat().st_mode
        if (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
