"""The local AWS as a process that outlives the command which started it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

from petc.diagnostics import Diagnostic, Rejected, Severity
from petc.local import installed, last, layout, record, version
from petc.local.asking import ask
from petc.local.environment import HOST
from petc.local.record import Running
from petc.output import lock

_START_S = 60.0
"""How long a server may take to answer for the first time; it takes about a second on an idle machine."""

_STOP_S = 15.0
"""How long a server may take to save and end before it is killed."""

_LOOK_S = 0.02
_LAST_LINES = 12
_LOG_LIMIT = 5 << 20

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Servers that this process started: it must ask for their end, or they stay as ended processes."""


def start(folder: Path, *, account: str | None = None, region: str | None = None) -> Running:
    """Return the folder's server, started when none runs, or when one runs for another account or region.

    Account and region are those that requests without signature reach; None for those of the last start.
    Two starts at once give one server. The port is the one of the last start where that is free.
    Raises `Rejected`.
    """
    installed.require(installed.version())
    folder = folder.absolute()
    before = last.read(folder)
    account, region = account or before.account, region or before.region
    with _writable(folder), lock.held(folder):
        version.require(folder)
        found = _answering(folder)
        if found is not None:
            if (found.account, found.region) == (account, region):
                return found
            _end(found)
        return _launch(folder, account, region)


def running(folder: Path) -> Running | None:
    """Return the server of a folder; None when none runs. See `clean`."""
    clean(folder)
    return record.read(folder.absolute())


def clean(folder: Path) -> tuple[Diagnostic, ...]:
    """Remove the record of a server that has ended without removing it, and say so with `local-stale-record`."""
    found = record.read(folder.absolute())
    if found is None or found.lives:
        return ()
    record.remove(found.folder, found.token)
    message = f"the local AWS, process {found.pid}, had ended without being stopped"
    return (Diagnostic("local-stale-record", Severity.NOTE, message, help=f"see {found.log}"),)


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
    with _writable(folder), lock.held(folder):
        found = stop(folder)
        shutil.rmtree(folder)
    return found


def answers(server: Running, timeout: float = 5.0) -> bool:
    """Whether at the server's address is this server; `timeout` in seconds."""
    try:
        return ask(server.endpoint, "GET", "health", timeout=timeout).get("token") == server.token
    except (OSError, ValueError, HTTPException):
        return False


def _answering(folder: Path) -> Running | None:
    found = running(folder)
    if found is None or answers(found):
        return found
    # Another command may have been killed while it waited for this server, which is still starting.
    return _wait(found, None, found.started + _START_S - time.time())


def _launch(folder: Path, account: str, region: str) -> Running:
    layout.scratch(folder).mkdir(parents=True, exist_ok=True)
    log = layout.log(folder)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with _listening(folder) as listening, log.open("ab") as output:
        before = output.tell()
        child = subprocess.Popen(
            (
                *(sys.executable, "-P", "-m", "petc.local.server"),
                *("--folder", str(folder), "--account", account, "--region", region),
                *("--socket", str(listening.fileno())),
            ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=_absolute_path(os.environ.copy()),
            pass_fds=(listening.fileno(),),
            start_new_session=True,
        )
    _CHILDREN[child.pid] = child
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Rejected((_died(log, before, child.returncode),))
        found = record.read(folder)
        if found is not None and found.pid == child.pid:
            return _wait(found, child, deadline - time.monotonic(), before)
        time.sleep(_LOOK_S)
    raise Rejected((_silent(child.pid, log),))


def _wait(
    server: Running, child: subprocess.Popen[bytes] | None, seconds: float, log_from: int = 0
) -> Running:
    deadline = time.monotonic() + seconds
    while True:
        if answers(server, timeout=max(1.0, deadline - time.monotonic())):
            return server
        if child is not None and not server.lives:
            raise Rejected((_died(server.log, log_from, child.wait()),))
        if time.monotonic() >= deadline or not server.lives:
            raise Rejected((_silent(server.pid, server.log),))
        time.sleep(_LOOK_S)


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
        raise Rejected(
            (
                Diagnostic(
                    "local-would-not-stop",
                    Severity.ERROR,
                    f"the local AWS, process {server.pid}, does not end",
                    help="run petc local stop as the user who started it",
                ),
            )
        )
    if server.pid in _CHILDREN:
        _CHILDREN.pop(server.pid).wait()
    record.remove(server.folder, server.token)


def _await_end(server: Running, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while server.lives and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


@contextlib.contextmanager
def _listening(folder: Path) -> Iterator[socket.socket]:
    """Yield a socket on the port of the last start, or on a free one; the server inherits it."""
    for port in dict.fromkeys((last.read(folder).port, 0)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((HOST, port))
                # Now, because two sockets that do not listen yet may both be bound to one port.
                candidate.listen()
            except OSError as refused:
                reason = refused
                continue
            yield candidate
            return
    raise Rejected(
        (
            Diagnostic(
                "local-no-port",
                Severity.ERROR,
                f"the system grants no port on {HOST}: {reason.strerror}",
                help="allow listening on this address",
            ),
        )
    )


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise Rejected(
            (
                Diagnostic(
                    "local-unwritable",
                    Severity.ERROR,
                    f"{folder} cannot be written: {refused.strerror or refused}",
                    help="grant the right to write there, or name another output folder with --out",
                ),
            )
        ) from None


def _absolute_path(environment: dict[str, str]) -> dict[str, str]:
    """Make `PYTHONPATH` absolute: the server runs in its folder, from where relative entries lead elsewhere."""
    if environment.get("PYTHONPATH"):
        entries = environment["PYTHONPATH"].split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(str(Path(entry).absolute()) for entry in entries)
    return environment


def _died(log: Path, log_from: int, status: int) -> Diagnostic:
    with log.open("rb") as file:
        file.seek(log_from)
        lines = file.read().decode("utf-8", "replace").splitlines()
    said = "\n".join(("", *lines[-_LAST_LINES:])) if lines else " without a word"
    return Diagnostic(
        "local-start-failed",
        Severity.ERROR,
        f"the local AWS ended with status {status} while it started:{said}",
        help=f"{log} holds the whole; petc local reset deletes the kept state, if that is at fault",
    )


def _silent(pid: int, log: Path) -> Diagnostic:
    return Diagnostic(
        "local-silent",
        Severity.ERROR,
        f"the local AWS, process {pid}, runs and does not answer",
        help=f"read {log}; petc local stop ends it",
    )
