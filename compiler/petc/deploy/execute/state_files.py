"""Files below `.petc/deploy`: written completely and never through a link, and refused when git tracks them."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from petc.deploy.execute import codes

_SECONDS = 10.0


def is_tracked(path: Path) -> bool:
    """Whether the file stands in the index of the git repository around it; False where git cannot tell."""
    command = ["git", "-c", "core.fsmonitor=false", "ls-files", "--error-unmatch", "--", path.name]
    try:
        done = subprocess.run(
            command,
            cwd=path.parent,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
"""Flags of `os.open`: a link, or a pipe without a reader, that a repository brings along is no file of petc."""


@contextlib.contextmanager
def refused(path: Path, verb: str = "written") -> Iterator[None]:
    """Turn what the operating system refuses inside into `Rejected` (`deploy-folder-unwritable`)."""
    try:
        yield
    except OSError as fault:
        reason = (fault.strerror or type(fault).__name__).lower()
        if fault.errno == errno.ELOOP:
            reason = "it is a symbolic link, which petc does not follow"
        raise codes.DEPLOY_FOLDER_UNWRITABLE.because(
            f"{path} cannot be {verb}: {reason}",
            f"make {path.parent} a folder with free space that you may write to, then run the command again; "
            "what AWS has accepted is found there",
        ) from None


def write_all(file: int, content: bytes) -> None:
    """Write all of the content to an open file; raises `OSError`."""
    while content:
        content = content[os.write(file, content) :]


def sync(folder: Path) -> None:
    """See that a renamed file keeps its name when the machine ends; raises `OSError`."""
    if os.name == "nt":
        return  # Windows opens no folder; there a rename is written with the file system's own journal
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
