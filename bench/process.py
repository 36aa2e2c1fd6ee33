"""Whole processes measured from outside: wall time, processor time and peak memory of interleaved runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class FailedError(Exception):
    """A command that is measured did not do what it is measured for."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process and its children took: seconds, seconds, and MiB of the largest of them."""

    wall: float
    cpu: float
    peak: float


def _nothing(number: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `prepare` gets the number of the run and is not measured.

    `succeeds` says which exit statuses are fine; so is any other with which the command says `refusal`.
    `environment` is added to this process's own.
    """

    arguments: Sequence[str | Path]
    folder: Path
    prepare: Callable[[int], None] = _nothing
    succeeds: Callable[[int], bool] = (0).__eq__
    refusal: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def measured(command: Command) -> Usage:
    """Run a command to its end.

    Linux counts the memory of whoever starts a process as the process's own until then, so the peak is never
    below that of this process; it imports little. Raises `FailedError`, with the command's last
    words, when its exit status is wrong.
    """
    environment = {**os.environ, **command.environment}
    # Installed programs run from compiled modules, so these do too.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments = [str(part) for part in command.arguments]
    started = time.monotonic()
    with subprocess.Popen(
        arguments,
        cwd=command.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    text = said.decode("utf-8", "replace")
    if not command.succeeds(process.returncode) and not (command.refusal and command.refusal in text):
        last = text.strip().splitlines()[-12:]
        raise FailedError("\n".join((f"{' '.join(arguments)}: status {process.returncode}", *last)))
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def interleaved(
    commands: Sequence[Command],
    runs: int,
    warm: bool = True,
    measure: Callable[[Command], Usage] = measured,
) -> tuple[Usage, ...]:
    """Return the median usage of each command; they run in turn, so that a busy moment meets all of them.

    A first round is not counted (it fills caches and writes compiled modules), unless `warm` is False.
    """
    taken: list[list[Usage]] = [[] for _ in commands]
    for number in range(runs + warm):
        for command, usages in zip(commands, taken, strict=True):
            command.prepare(number)
            usage = measure(command)
            if number >= warm:
                usages.append(usage)
    return tuple(map(_median, taken))


def _median(usages: Sequence[Usage]) -> Usage:
    return Usage(
        statistics.median(item.wall for item in usages),
        statistics.median(item.cpu for item in usages),
        statistics.median(item.peak for item in usages),
    )
