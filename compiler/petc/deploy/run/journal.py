"""What a deployment has begun and how it ended, on disk before anything else happens.

One file for each stage, `.petc/deploy/<stage>.journal`. Every line is written and synced before petc goes on:
an operation that AWS was asked for always stands in it, whenever petc, or the machine, ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from petc.deploy.engine import State
from petc.deploy.run import journal_form
from petc.deploy.run.journal_form import Head
from petc.diagnostics import Diagnostic, Severity

_CLOSED = -1


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A deployment that did not reach its end; `open` holds operations whose end is not known."""

    head: Head
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a journal: an unfinished deployment or nothing, and the warning about a damaged one."""

    unfinished: Unfinished | None = None
    warning: Diagnostic | None = None


@dataclass(slots=True)
class Journal:
    """A journal that is being written. Safe to use from several threads."""

    path: Path
    _file: int
    _sum: str
    open: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def began(self, operation: str) -> None:
        """Note that the operation is about to be asked for."""
        self._write({"began": operation})
        self.open.add(operation)

    def ended(self, operation: str, state: State) -> None:
        """Note how the operation ended."""
        self._write({"ended": operation, "state": state.value})
        self.open.discard(operation)

    def finish(self) -> None:
        """Note that the deployment is over, well or not: nothing of it is to be resumed."""
        self._write({"finished": True})

    def close(self) -> None:
        """Close the file; what stands in it stays. Later notes raise `ValueError`."""
        with self._lock:
            os.close(self._file)
            self._file = _CLOSED

    def _write(self, content: Mapping[str, object]) -> None:
        with self._lock:
            if self._file == _CLOSED:
                raise ValueError(f"{self.path} is closed")
            text, self._sum = journal_form.line(content, self._sum)
            _write_all(self._file, text.encode())
            os.fsync(self._file)


def path_of(folder: Path, stage: str) -> Path:
    """Return where the journal of a stage lies; `folder` is that of all deployments, `.petc/deploy`."""
    return folder / f"{stage}.journal"


def start(folder: Path, head: Head) -> Journal:
    """Begin the journal of a deployment, in place of the finished one before."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(folder, head.stage)
    fresh = path.with_suffix(".journal.new")
    text, total = journal_form.line(journal_form.head_content(head), "")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    _write_all(file, text.encode())
    os.fsync(file)
    fresh.replace(path)
    _sync(folder)
    return Journal(path, file, total)


def is_open(folder: Path, stage: str) -> bool:
    """Whether `load` would find something: a deployment that has not reached its end, or a damaged journal."""
    try:
        read = _read(path_of(folder, stage).read_bytes())
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return read is not None and not read.finished


def load(folder: Path, spec: str, stage: str, account: str) -> Found:
    """Return what the journal of a stage says.

    One that is damaged, or that is of another spec or account, is set aside under another name with a
    warning: what runs is then found by looking at AWS.
    """
    path = path_of(folder, stage)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Found()
    try:
        read = _read(content)
    except ValueError as fault:
        return Found(warning=_set_aside(path, str(fault)))
    if read is None or read.finished:
        return Found()
    head = read.head
    if (head.spec, head.stage, head.account) != (spec, stage, account):
        whose = f"it is of {head.spec}, stage {head.stage}, in account {head.account}"
        return Found(warning=_set_aside(path, whose))
    return Found(Unfinished(head, read.open))


def reopen(folder: Path, stage: str) -> Journal:
    """Go on writing the journal of an unfinished deployment that `load` has found."""
    path = path_of(folder, stage)
    read = _read(path.read_bytes())
    if read is None:
        raise ValueError(f"{path} holds no deployment")
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    # A line that was torn by the end of petc would spoil the next one.
    os.ftruncate(file, read.length)
    return Journal(path, file, read.sum, set(read.open))


@dataclass(frozen=True, slots=True)
class _Read:
    head: Head
    open: tuple[str, ...]
    finished: bool
    sum: str
    length: int


def _read(content: bytes) -> _Read | None:
    """Return what the lines say, or nothing when not even the first was written to its end.

    Raises `ValueError` when they do not fit. The last line may be torn: it is not synced, so nothing of
    what it says has happened.
    """
    lines = content.split(b"\n")
    head: Head | None = None
    begun: dict[str, None] = {}
    total, length, finished = "", 0, False
    # What follows the last line end is empty, or a torn line.
    for number, raw in enumerate(lines[:-1], start=2):
        try:
            said, total = journal_form.parsed(raw.decode(), total)
        except ValueError:
            if number == len(lines) and head is not None:
                break
            raise
        length += len(raw) + 1
        if head is None:
            head = journal_form.head_of(said)
        elif "began" in said:
            begun[str(said["began"])] = None
        elif "ended" in said:
            begun.pop(str(said["ended"]), None)
        else:
            finished = True
    return _Read(head, tuple(begun), finished, total, length) if head else None


def _set_aside(path: Path, why: str) -> Diagnostic:
    number = 1
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    path.replace(aside)
    return Diagnostic(
        "journal-rebuilt",
        Severity.WARNING,
        f"the journal of the last deployment cannot be used: {why}",
        help=f"it lies in {aside} now; petc looks at what is deployed, and waits for what runs there",
    )


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _sync(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
