"""Which local AWS servers of this user run, found among the system's processes.

No list is kept: a file of running servers could be stale, and the processes themselves cannot.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from petc.local import server_record
from petc.local.server_record import Running

_MODULE = "petc_local.server"
_FOLDER = "--folder"
_PROC = Path("/proc")
_PS_LINE = re.compile(rf"-m {re.escape(_MODULE)} {_FOLDER} (?P<folder>.+?) --account \d+ --region ")


def running() -> tuple[Running, ...]:
    """Return the servers of this user whose records agree with their processes, by folder."""
    found = {}
    for folder in _folders():
        known = server_record.read(folder)
        if known is not None and known.lives:
            found[str(folder)] = known
    return tuple(found[name] for name in sorted(found))


def project(server: Running) -> Path:
    """Return the folder that holds the server's `.petc/local`, or the server's own folder when it is named else."""
    parent = server.folder.parent
    return parent.parent if (parent.name, server.folder.name) == (".petc", "local") else server.folder


def near(place: Path, servers: tuple[Running, ...]) -> tuple[Running, ...]:
    """Return the server of the innermost project that holds a folder, or else those of projects within it."""
    around = [server for server in servers if _holds(project(server), place)]
    if around:
        return (max(around, key=lambda server: len(project(server).resolve().parts)),)
    return tuple(server for server in servers if _holds(place, project(server)))


def _holds(outer: Path, inner: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())


def _folders() -> Iterator[Path]:
    if (_PROC / "self" / "cmdline").exists():
        yield from _from_proc()
    else:
        yield from _from_ps()


def _from_proc() -> Iterator[Path]:
    for place in _PROC.iterdir():
        if not place.name.isdigit():
            continue
        try:
            if place.stat().st_uid != os.getuid():
                continue
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:  # the process has ended meanwhile, or belongs to somebody else
            continue
        texts = [os.fsdecode(word) for word in words]
        if _MODULE in texts and _FOLDER in texts[:-1]:
            yield Path(texts[texts.index(_FOLDER) + 1])


def _from_ps() -> Iterator[Path]:
    """For systems without /proc: ps(1) joins the words of a command by spaces."""
    try:
        done = subprocess.run(
            ("ps", "-x", "-ww", "-o", "args="), capture_output=True, text=True, errors="replace", check=False
        )
    except OSError:
        return
    for line in done.stdout.splitlines():
        if match := _PS_LINE.search(line):
            yield Path(match["folder"])
