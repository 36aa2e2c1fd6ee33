"""Where the parts of a local AWS lie in its folder."""

from __future__ import annotations

from pathlib import Path


def record(folder: Path) -> Path:
    """Return the file that says which process serves the folder; gone when none does."""
    return folder / "server.json"


def log(folder: Path) -> Path:
    """Return the file of what the server prints; kept over starts, the one before as `server.log.1`."""
    return folder / "server.log"


def last(folder: Path) -> Path:
    """Return the file with port, account and region of the last start, so that addresses stay the same."""
    return folder / "last.json"


def server_lock(folder: Path) -> Path:
    """Return the file that a server owns for its life, so that two never write one state."""
    return folder / "server.lock"


def version(folder: Path) -> Path:
    """Return the file that says by which form and which MiniStack the state was written."""
    return folder / "state" / "version.json"


def state(folder: Path) -> Path:
    """Return the file of all that the server knows, but for the bodies of objects and the code of functions."""
    return folder / "state" / "state.json"


def blobs(folder: Path) -> Path:
    """Return the folder for code of functions and keys, which MiniStack writes by their digest."""
    return folder / "state" / "blobs"


def objects(folder: Path) -> Path:
    """Return the folder for bodies of S3 objects, which MiniStack writes when they are put."""
    return folder / "objects"


def scratch(folder: Path) -> Path:
    """Return the folder for temporary files of the server and of the functions that it runs."""
    return folder / "tmp"
