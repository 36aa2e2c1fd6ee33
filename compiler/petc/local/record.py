"""The file that says which process serves a folder, and where."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from petc.local import identity, layout


@dataclass(frozen=True, slots=True)
class Running:
    """A server: its process, its address, and whose resources a request without signature reaches.

    `birth` tells the process from a later one with the same number; `token` is what the server answers to
    who asks whether it is this one. `started` counts seconds since 1970.
    """

    folder: Path
    pid: int
    birth: str
    port: int
    token: str
    account: str
    region: str
    started: float

    @property
    def endpoint(self) -> str:
        """The URL that every AWS client is pointed at."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return layout.log(self.folder)

    @property
    def lives(self) -> bool:
        """Whether the process is there and is still the one that wrote the record."""
        return identity.birth(self.pid) == self.birth


def write(running: Running) -> None:
    """Write the record, whole or not at all; raises `OSError`."""
    path = layout.record(running.folder)
    fresh = path.with_suffix(f".{running.pid}")
    values = {
        name: getattr(running, name)
        for name in ("pid", "birth", "port", "token", "account", "region", "started")
    }
    fresh.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    fresh.replace(path)


def read(folder: Path) -> Running | None:
    """Return what the record says, whether the process lives or not; None without a readable record."""
    try:
        values = json.loads(layout.record(folder).read_text("utf-8"))
        return Running(
            folder=folder,
            pid=int(values["pid"]),
            birth=str(values["birth"]),
            port=int(values["port"]),
            token=str(values["token"]),
            account=str(values["account"]),
            region=str(values["region"]),
            started=float(values["started"]),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def remove(folder: Path, token: str | None = None) -> None:
    """Remove the record; with a token only when it is that server's."""
    if token is not None:
        found = read(folder)
        if found is None or found.token != token:
            return
    with contextlib.suppress(FileNotFoundError):
        layout.record(folder).unlink()
