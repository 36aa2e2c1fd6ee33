"""What a deployment has begun and how it ended, on disk before anything else happens.

One file for each stage, `.petc/deploy/<stage>.journal`. Every line is written and synced before petc goes on:
an operation that AWS was asked for always stands in it, whenever petc, or the machine, ends. It is read only to
ask AWS about those operations, and only when this user wrote it on this machine.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from petc.deploy.engine import State
from petc.deploy.execute import codes, signed_lines, state_files
from petc.deploy.execute.signed_lines import Head
from petc.deploy.execute.state_files import is_tracked
from petc.deploy.execute.user_key import OwnKey, own_key
from petc.diagnostics import Diagnostic

_CLOSED = -1
_LARGEST = 64 * 1024 * 1024
"""Bytes that no journal of petc reaches: it holds a few hundred for each operation."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A deployment that did not reach its end; `open` holds operations whose end is not known.

    `age` is the seconds since the journal's last line, by the wall's clock.
    """

    head: Head
    open: tuple[str, ...]
    age: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class LoadedJournal:
    """What stands in a journal: an unfinished deployment or nothing, and the warning about one set aside."""

    unfinished: Unfinished | None = None
    warning: Diagnostic | None = None


@dataclass(slots=True)
class Journal:
    """A journal that is being written. Safe to use from several threads.

    Each note may raise `Rejected` (`deploy-folder-unwritable`); what was written before still stands then.
    """

    path: Path
    key: OwnKey
    _file: int
    _mark: str
    _length: int
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
            text, mark = signed_lines.line(content, self._mark, self.key)
            with state_files.refused(self.path):
                # What an earlier failure left half written would spoil this line.
                os.ftruncate(self._file, self._length)
                state_files.write_all(self._file, text.encode())
                os.fsync(self._file)
            self._mark = mark
            self._length += len(text)


def path_of(folder: Path, stage: str) -> Path:
    """Return where the journal of a stage lies; `folder` is that of all deployments, `.petc/deploy`."""
    return folder / f"{stage}.journal"


def start(folder: Path, head: Head) -> Journal:
    """Begin the journal of a deployment, in place of the finished one before.

    Raises `Rejected` (`deploy-folder-unwritable`).
    """
    path, key = path_of(folder, head.stage), own_key()
    fresh = path.with_suffix(".journal.new")
    text, mark = signed_lines.line(signed_lines.head_content(head), "", key)
    with state_files.refused(path):
        folder.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        file = os.open(
            fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | state_files.NOT_FOLLOWED, 0o600
        )
        try:
            state_files.write_all(file, text.encode())
            os.fsync(file)
            fresh.replace(path)
            state_files.sync(folder)
        except OSError:
            os.close(file)
            fresh.unlink(missing_ok=True)
            raise
    return Journal(path, key, file, mark, len(text))


def is_open(folder: Path, stage: str) -> bool:
    """Whether `load` would find something: a deployment that has not reached its end, or no journal of ours.

    Raises `Rejected` (`deploy-folder-unwritable`) when it cannot be read.
    """
    try:
        content = _content(path_of(folder, stage))
        if content is None or signed_lines.is_earlier_and_finished(content):
            return False
        read = _read(content, own_key())
    except ValueError:
        return True
    return read is not None and not read.finished


def load(folder: Path, spec: str, stage: str, account: str) -> LoadedJournal:
    """Return what the journal of a stage says.

    One that is damaged, that another user, machine or version of petc wrote, that git tracks, or that is of
    another spec or account is set aside under another name with a warning, and nothing in it is believed: what
    runs is then found by looking at AWS. Raises `Rejected` (`deploy-folder-unwritable`).
    """
    path = path_of(folder, stage)
    try:
        content = _content(path)
        if content is None or signed_lines.is_earlier_and_finished(content):
            return LoadedJournal()
        if signed_lines.is_earlier(content):
            raise ValueError("it was written by an earlier version of petc, which did not sign it")
        read = _read(content, own_key())
        if read is None or read.finished:
            return LoadedJournal()
        head = read.head
        if (head.spec, head.stage, head.account) != (spec, stage, account):
            raise ValueError(f"it is of {head.spec}, stage {head.stage}, in account {head.account}")
        if is_tracked(path):
            raise ValueError("git tracks it, so that a commit could replace it")
    except ValueError as fault:
        return LoadedJournal(warning=_set_aside(path, str(fault)))
    return LoadedJournal(Unfinished(head, read.open, _age(path)))


def reopen(folder: Path, stage: str) -> Journal:
    """Go on writing the journal of an unfinished deployment that `load` has found.

    Raises `Rejected` (`deploy-folder-unwritable`).
    """
    path, key = path_of(folder, stage), own_key()
    content = _content(path)
    read = _read(content, key) if content is not None else None
    if read is None:
        raise ValueError(f"{path} holds no deployment")
    with state_files.refused(path):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | state_files.NOT_FOLLOWED)
    # A line that was torn by the end of petc is cut off by the next one.
    return Journal(path, key, file, read.mark, read.length, set(read.open))


@dataclass(frozen=True, slots=True)
class _Read:
    head: Head
    open: tuple[str, ...]
    finished: bool
    mark: str
    length: int


def _content(path: Path) -> bytes | None:
    """Return what lies at the path, or nothing; raises `ValueError` for what cannot be a journal of petc."""
    with state_files.refused(path, "read"):
        try:
            about = path.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("it is no regular file")
        if about.st_size > _LARGEST:
            raise ValueError(f"it has {about.st_size:,} bytes, more than any journal of petc")
        file = os.open(path, os.O_RDONLY | state_files.NOT_FOLLOWED)
        with os.fdopen(file, "rb") as stream:
            return stream.read(_LARGEST)


def _age(path: Path) -> float:
    with state_files.refused(path, "read"):
        return time.time() - path.lstat().st_mtime


def _read(content: bytes, key: OwnKey) -> _Read | None:
    """Return what the lines say, or nothing when not even the first was written to its end.

    Raises `ValueError` when they do not fit. The last line may be torn: it is not synced, so nothing of
    what it says has happened.
    """
    lines = content.split(b"\n")
    head: Head | None = None
    begun: dict[str, None] = {}
    mark, length, finished = "", 0, False
    # What follows the last line end is empty, or a torn line.
    for number, raw in enumerate(lines[:-1], start=2):
        try:
            said, mark = signed_lines.parsed(raw.decode(), mark, key)
        except ValueError:
            if number == len(lines) and head is not None:
                break
            raise
        length += len(raw) + 1
        if head is None:
            head = signed_lines.head_of(said)
        elif "began" in said:
            begun[str(said["began"])] = None
        elif "ended" in said:
            begun.pop(str(said["ended"]), None)
        else:
            finished = True
    return _Read(head, tuple(begun), finished, mark, length) if head else None


def _set_aside(path: Path, why: str) -> Diagnostic:
    number = 1
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    with state_files.refused(path):
        path.replace(aside)
    return codes.JOURNAL_REBUILT.diagnostic(
        f"the journal of the last deployment is not used: {why}",
        help=f"petc reads what is deployed from AWS and waits for operations that run there; delete {aside} "
        "unless you want to find out where it came from",
    )
