"""Who deploys a stage: told to whoever comes second, and compared to find a holder that is dead."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import socket
import uuid
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that deploys: `machine` tells machines apart, and containers whose process ids overlap.

    `since` is ISO 8601 in UTC by the clock of that machine, for people only. `id` is unique.
    """

    user: str
    host: str
    machine: str
    pid: int
    since: str
    id: str

    def __str__(self) -> str:
        """Return it in words: `alice on build-3 (process 4711) since 2026-01-31T12:00:00+00:00`."""
        return f"{self.user} on {self.host} (process {self.pid}) since {self.since}"

    @property
    def is_dead(self) -> bool:
        """Whether the process is known not to run any more, which only its own machine knows."""
        return self.machine == _machine() and not _runs(self.pid)

    def to_bytes(self, beat: int = 0) -> bytes:
        """Return what is written; `beat` makes each renewal another content."""
        return json.dumps({**asdict(self), "beat": beat}, sort_keys=True).encode()


def this_process() -> Holder:
    """Return who we are."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container may run under a number that has no name.
        user = f"user {os.getuid()}" if hasattr(os, "getuid") else "an unnamed user"
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return Holder(user, socket.gethostname(), _machine(), os.getpid(), since, uuid.uuid4().hex)


def of_bytes(content: bytes) -> Holder | None:
    """Return the holder that was written, or nothing when the content is something else."""
    try:
        data = json.loads(content)
        values = {field.name: data[field.name] for field in fields(Holder)}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    right = all(type(value) is (int if name == "pid" else str) for name, value in values.items())
    return Holder(**values) if right else None


def _machine() -> str:
    parts = [socket.gethostname(), str(uuid.getnode())]
    with contextlib.suppress(OSError):
        parts = [
            Path("/proc/sys/kernel/random/boot_id").read_text(),
            str(Path("/proc/self/ns/pid").readlink()),
        ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]


def _runs(pid: int) -> bool:
    """Whether a process may still run; what no process id can be names none that does."""
    if os.name == "nt":
        return True  # on Windows os.kill ends a process, whatever the signal
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and only waits for its parent: what was killed in a container may wait long."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return False
    # The name stands in parentheses and may hold any character; the state follows it (proc(5)).
    return stat.rpartition(")")[2].split()[0] in ("Z", "X")
