"""Which process a number names: the system gives the numbers of ended processes to new ones."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_AFTER_NAME_STATE = 0
_AFTER_NAME_START = 19
"""Places of state and start time in /proc/PID/stat, counted after the name (proc(5): fields 3 and 22)."""


def birth(pid: int) -> str | None:
    """Return when the process was started, in a form that only serves to compare; None when there is none.

    A process that has ended and waits for its parent counts as none.
    """
    return _from_proc(pid) if (_PROC / "self" / "stat").exists() else _from_ps(pid)


def _from_proc(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may hold any character, so fields are counted after the last one.
    fields = stat.rpartition(")")[2].split()
    return None if fields[_AFTER_NAME_STATE] in "ZX" else f"{boot}:{fields[_AFTER_NAME_START]}"


def _from_ps(pid: int) -> str | None:
    """For systems without /proc: ps(1) prints the start with a precision of one second."""
    done = subprocess.run(
        ("ps", "-o", "stat=,lstart=", "-p", str(pid)),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    state, _, started = done.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()
