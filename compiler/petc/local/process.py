"""The local AWS as a process that outlives the command which started it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from petc.diagnostics import Diagnostic, Rejected
from petc.local import (
    codes,
    folder_layout,
    installation,
    launch,
    previous_start,
    server_record,
    state_version,
)
from petc.local.server_record import Running
from petc.output import single_writer

_STOP_S = 15.0
"""How long a server may take to save and end before it is killed."""

_LOOK_S = 0.02


def start(folder: Path, *, account: str | None = None, region: str | None = None) -> Running:
    """Return the folder's server, started when none runs, or when one runs for another account or region.

    Account and region are those that requests without signature reach; None for those of the last start.
    Two starts at once give one server. The port is the one of the last start where that is free.
    Raises `Rejected`.
    """
    installation.require(installation.version())
    folder = folder.absolute()
    before = previous_start.read(folder)
    account, region = account or before.account, region or before.region
    with _writable(folder), single_writer.held(folder):
        state_version.require(folder)
        found = _answering(folder)
        if found is not None:
            # A server of a version without marks does not know whose calls it answers.
            if (found.account, found.region) == (account, region) and found.mark:
                return found
            _end(found)
        return launch.launch(folder, account, region)


def running(folder: Path) -> Running | None:
    """Return the server of a folder; None when none runs. See `clean`."""
    clean(folder)
    return server_record.read(folder.absolute())


def clean(folder: Path) -> tuple[Diagnostic, ...]:
    """Remove a record that is of no use, and say so.

    `local-stale-record`: the server has ended without removing it. `local-damaged-record`: nobody can read it.
    """
    folder = folder.absolute()
    found = server_record.read(folder)
    if found is None and server_record.is_damaged(folder):
        return _without_damaged(folder)
    if found is None or found.lives:
        return ()
    server_record.remove(found.folder, found.token)
    message = f"the local AWS, process {found.pid}, had ended without being stopped"
    return (codes.LOCAL_STALE_RECORD.diagnostic(message, help=f"see {found.log}"),)


def _without_damaged(folder: Path) -> tuple[Diagnostic, ...]:
    path = folder_layout.record(folder)
    with _writable(folder):
        server_record.remove(folder)
    return (
        codes.LOCAL_DAMAGED_RECORD.diagnostic(
            f"{path} is not a record that petc wrote, and was removed",
            help="a server that used it stops within a second; petc local start starts a new one",
        ),
    )


def stop(folder: Path) -> Running | None:
    """End the server of a folder, which saves its state first; return what ran, None when nothing did.

    A server that does not end in time is killed; then the changes of the last second may be lost.
    Raises `Rejected`.
    """
    found = running(folder)
    if found is not None:
        _end(found)
    return found


def reset(folder: Path) -> Running | None:
    """End the server of a folder and delete all that it knew; return what ran. Raises `Rejected`."""
    folder = folder.absolute()
    if not folder.exists():
        return None
    with _writable(folder), single_writer.held(folder):
        found = stop(folder)
        shutil.rmtree(folder)
    return found


def _answering(folder: Path) -> Running | None:
    found = running(folder)
    if found is None or launch.answers(found):
        return found
    # Another command may have been killed while it waited for this server, which is still starting.
    try:
        return launch.wait(found, None, found.started + launch.START_S - time.time())
    except Rejected:
        if found.lives:
            raise
    return running(folder)


def _end(server: Running) -> None:
    for number, seconds in ((signal.SIGTERM, _STOP_S), (signal.SIGKILL, 5.0)):
        # Asked for each time: between the two the process may have ended and its number may be another's.
        if not server.lives:
            break
        try:
            os.kill(server.pid, number)
        except ProcessLookupError:
            break
        except PermissionError:
            break
        _await_end(server, seconds)
    if server.lives:
        raise codes.LOCAL_WOULD_NOT_STOP.because(
            f"the local AWS, process {server.pid}, does not end",
            help="run petc local stop as the user who started it",
        )
    launch.reap(server.pid)
    server_record.remove(server.folder, server.token)


def _await_end(server: Running, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while server.lives and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise codes.LOCAL_UNWRITABLE.because(
            f"{folder} cannot be written: {refused.strerror or refused}",
            help="grant the right to write there, or name another output folder with --out",
        ) from None
