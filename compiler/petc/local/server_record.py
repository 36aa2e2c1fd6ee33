"""The file that says which process serves a folder, and where."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from petc.local import folder_layout, private_files, process_identity

_PID_LIMIT = 1 << 31
"""Process numbers fit a C int (POSIX.1-2017, sys/types.h: `pid_t` is a signed integer type)."""

_PORT_LIMIT = 1 << 16
_TIME_LIMIT = 1 << 38
_TOKEN = re.compile(r"[0-9A-Za-z_-]{1,128}")
_MARK = re.compile(r"[0-9a-z-]{0,64}")
ACCOUNT = re.compile(r"[0-9]{12}")
"""The form of an account's number."""

REGION = re.compile(r"[a-z0-9-]{1,32}")
"""The form of a region's name."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server: its process, its address, and whose resources a request without signature reaches.

    `birth` tells the process from a later one with the same number; `token` is what the server answers to
    who asks whether it is this one. `mark` tells the folder's server from one of another folder
    (`petc.local.server_mark`), and is empty for a server of a version that had none. `started` counts seconds
    since 1970.
    """

    folder: Path
    pid: int
    birth: str
    port: int
    token: str
    account: str
    region: str
    started: float
    mark: str = ""

    @property
    def endpoint(self) -> str:
        """The URL that every AWS client is pointed at."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return folder_layout.log(self.folder)

    @property
    def lives(self) -> bool:
        """Whether the process is there and is still the one that wrote the record."""
        return process_identity.birth(self.pid) == self.birth


def write(running: Running) -> None:
    """Write the record, whole or not at all, for its owner only; raises `OSError`."""
    names = ("pid", "birth", "port", "token", "account", "region", "started", "mark")
    values = {name: getattr(running, name) for name in names}
    private_files.write(folder_layout.record(running.folder), json.dumps(values, indent=2) + "\n")


def read(folder: Path) -> Running | None:
    """Return what the record says, whether the process lives or not; None without a record that makes sense."""
    try:
        values = private_files.read(folder_layout.record(folder))
    except (OSError, ValueError, OverflowError, RecursionError):
        return None
    match values:
        case {
            "pid": int(pid),
            "birth": str(birth),
            "port": int(port),
            "token": str(token),
            "account": str(account),
            "region": str(region),
            "started": int() | float() as started,
        }:
            found = Running(
                folder, pid, birth, port, token, account, region, started, _text(values.get("mark", ""))
            )
            return found if _makes_sense(found) else None
    return None


def is_damaged(folder: Path) -> bool:
    """Whether something stands in the record's place that `read` takes for none."""
    return os.path.lexists(folder_layout.record(folder)) and read(folder) is None


def _text(value: object) -> str:
    return value if isinstance(value, str) else "?"


def _makes_sense(found: Running) -> bool:
    """Whether a record can be a server's: its values reach the system, the terminal and the environment."""
    return (
        1 < found.pid < _PID_LIMIT
        and 0 < found.port < _PORT_LIMIT
        and math.isfinite(found.started)
        and 0 <= found.started < _TIME_LIMIT
        and all(
            form.fullmatch(text) is not None
            for form, text in (
                (_TOKEN, found.token),
                (ACCOUNT, found.account),
                (REGION, found.region),
                (_MARK, found.mark),
            )
        )
    )


def remove(folder: Path, token: str | None = None) -> None:
    """Remove the record; with a token only when it is that server's."""
    if token is not None:
        found = read(folder)
        if found is None or found.token != token:
            return
    path = folder_layout.record(folder)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
