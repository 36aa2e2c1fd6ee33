"""Starting a server: its socket, its process, and the wait for its first answer."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from petc.diagnostics import Diagnostic, Rejected
from petc.local import codes, folder_layout, previous_start, private_files, server_record
from petc.local.admin_request import ask
from petc.local.environment import HOST
from petc.local.server_record import Running

START_S = 60.0
"""How long a server may take to answer for the first time; it takes about a second on an idle machine."""

_LOOK_S = 0.02
_LAST_LINES = 12
_LOG_LIMIT = 5 << 20

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Servers that this process started: it must ask for their end, or they stay as ended processes."""


def launch(folder: Path, account: str, region: str) -> Running:
    """Return a new server of a folder, which no other serves, when it answers; raises `Rejected` and `OSError`."""
    private_files.folder(folder)
    private_files.folder(folder_layout.scratch(folder))
    log = folder_layout.log(folder)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with _listening(folder) as listening, open(log, "ab", opener=_private) as output:
        before = output.tell()
        child = subprocess.Popen(
            (
                *(sys.executable, "-P", "-m", "petc_local.server"),
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
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Rejected((_died(log, before, child.returncode),))
        found = server_record.read(folder)
        if found is not None and found.pid == child.pid:
            return wait(found, child, deadline - time.monotonic(), before)
        time.sleep(_LOOK_S)
    raise Rejected((_silent(child.pid, log),))


def wait(
    server: Running, child: subprocess.Popen[bytes] | None, seconds: float, log_from: int = 0
) -> Running:
    """Return the server when it answers; raises `Rejected` when it ends before, or after so many seconds.

    `child` is its process when this one started it; `log_from` is where in the log its words begin.
    """
    deadline = time.monotonic() + seconds
    while True:
        if answers(server, timeout=max(1.0, deadline - time.monotonic())):
            return server
        if child is not None and not server.lives:
            raise Rejected((_died(server.log, log_from, child.wait()),))
        if time.monotonic() >= deadline or not server.lives:
            raise Rejected((_silent(server.pid, server.log),))
        time.sleep(_LOOK_S)


def answers(server: Running, timeout: float = 5.0) -> bool:
    """Whether at the server's address is this server; `timeout` in seconds."""
    try:
        found = ask(server.endpoint, "GET", "health", timeout=timeout, token=server.token)
        return found.get("token") == server.token
    except (OSError, ValueError):
        return False


def reap(pid: int) -> None:
    """Let go of a server that this process started and that has ended."""
    if pid in _CHILDREN:
        _CHILDREN.pop(pid).wait()


@contextlib.contextmanager
def _listening(folder: Path) -> Iterator[socket.socket]:
    """Yield a socket on the port of the last start, or on a free one; the server inherits it."""
    for port in dict.fromkeys((previous_start.read(folder).port, 0)):
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
    raise codes.LOCAL_NO_PORT.because(
        f"the system grants no port on {HOST}: {reason.strerror}",
        help="allow listening on this address",
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, private_files.FILE)


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
    return codes.LOCAL_START_FAILED.diagnostic(
        f"the local AWS ended with status {status} while it started:{said}",
        help=f"{log} holds the whole; petc local reset deletes the kept state, if that is at fault",
    )


def _silent(pid: int, log: Path) -> Diagnostic:
    return codes.LOCAL_SILENT.diagnostic(
        f"the local AWS, process {pid}, runs and does not answer",
        help=f"read {log}; petc local stop ends it",
    )
