"""The lock of a stage: one deployment at a time, on this machine by a locked file, between machines by an object in S3.

The lock record says who deploys. Whoever comes second is told, and a lock whose process is dead is taken over.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from petc.deploy.execute import codes, state_files
from petc.deploy.execute.clock import SYSTEM, Clock
from petc.deploy.execute.events import Listener, Noted, Waiting
from petc.diagnostics import Rejected

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


try:
    import fcntl
except ImportError:  # Windows: there only the lock in the bucket keeps deployments apart
    fcntl = None  # type: ignore[assignment]

STALE_SECONDS = 900.0
"""A lock that was not renewed for so long has no living holder."""

BEAT_SECONDS = 60.0
_LONGEST = 4096
"""Bytes of a lock file that are read; a holder takes a few hundred."""

_LAST_BEAT_SECONDS = 30.0
"""How long the end of a deployment waits for a renewal that gets no answer."""

_POLL_SECONDS = 2.0


class Nowhere(Exception):
    """There is no place for a lock between machines."""


class LockRecord(Protocol):
    """A lock of another as it lies there: what is written, its mark, and its age in seconds."""

    @property
    def content(self) -> bytes:
        """What its holder wrote."""

    @property
    def mark(self) -> str:
        """What tells one writing from another."""

    @property
    def age(self) -> float:
        """Seconds since it was written, by the clock of the place where it lies."""


class MachineLock(Protocol):
    """A lock between machines; `petc.deploy.aws.exclusive_object` is one."""

    def take(self, content: bytes) -> str:
        """Return the mark when the lock is ours now, or nothing; raises `Nowhere` where none can lie."""

    def renew(self, content: bytes, mark: str) -> str:
        """Return the new mark if the lock still had the mark, or nothing."""

    def look(self) -> LockRecord | None:
        """Return what lies there."""

    def release(self, mark: str) -> None:
        """Remove the lock if it has the mark."""


@dataclass(slots=True)
class HeldLock:
    """A lock that is ours, renewed by a thread of its own until it is released."""

    lock: MachineLock
    me: Holder
    _mark: str
    _lost: bool = False
    _over: threading.Event = field(default_factory=threading.Event)
    _renewing: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise `Rejected` when someone has taken the lock, because it was not renewed for too long."""
        if self._lost:
            message = (
                "another deployment took over this stage, for this one gave no sign of life for too long"
            )
            raise codes.STAGE_HELD.because(message, help="run petc deploy --wait")

    def renew(self) -> None:
        """Give a sign of life. A way to AWS that is shut may open again: only a lost lock is final."""
        with self._renewing:
            if self._over.is_set():
                return
            beat = os.urandom(4)
            try:
                mark = self.lock.renew(self.me.to_bytes(int.from_bytes(beat)), self._mark)
            except Rejected:
                return
            self._lost, self._mark = not mark, mark or self._mark

    def run(self, every: float) -> None:
        """Renew until it is over."""
        while not self._over.wait(every) and not self._lost:
            self.renew()

    def end(self) -> None:
        """Stop renewing and release; a lock that cannot be released grows stale."""
        self._over.set()
        # A renewal that is on its way changes the mark without which the lock cannot be released.
        done = self._renewing.acquire(timeout=_LAST_BEAT_SECONDS)
        try:
            with contextlib.suppress(Rejected):
                self.lock.release(self._mark)
        finally:
            if done:
                self._renewing.release()


@contextlib.contextmanager
def here(
    folder: Path, stage: str, listener: Listener, *, wait: bool = False, clock: Clock = SYSTEM
) -> Iterator[None]:
    """Hold the stage among the processes that share `folder`, `.petc/deploy`.

    The lock ends with the process, however it ends. Raises `Rejected` (`stage-held`) when another holds it
    and `wait` is not set, and `deploy-folder-unwritable`.
    """
    path = folder / f"{stage}.lock"
    with state_files.refused(path):
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | state_files.NOT_FOLLOWED, 0o600)
    try:
        if fcntl is not None:
            _until(lambda: _locked(file), lambda: _written(file), stage, listener, clock, wait=wait)
        else:
            listener(Noted("this system locks no files: run one petc at a time in this folder"))
        with state_files.refused(path):
            os.ftruncate(file, 0)
            os.lseek(file, 0, os.SEEK_SET)
            state_files.write_all(file, this_process().to_bytes())
        yield
        with state_files.refused(path):
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def was_killed(folder: Path, stage: str) -> bool:
    """Whether the process of this machine that held the stage last ended without letting it go."""
    try:
        file = os.open(folder / f"{stage}.lock", os.O_RDONLY | state_files.NOT_FOLLOWED)
    except OSError:
        return False
    try:
        found = _written(file)
    finally:
        os.close(file)
    return found is not None and found.is_dead


def clear(lock: MachineLock) -> None:
    """Remove the lock of a process of this machine that has ended; any other lock stays.

    Never fails: a lock that cannot be removed grows stale.
    """
    with contextlib.suppress(Rejected):
        lying = lock.look()
        found = of_bytes(lying.content) if lying else None
        if lying and found and found.is_dead:
            lock.release(lying.mark)


@contextlib.contextmanager
def among_machines(
    lock: MachineLock, stage: str, listener: Listener, *, wait: bool = False
) -> Iterator[Callable[[], None]]:
    """Hold the stage as `everywhere` does, as far as a lock can lie anywhere, and yield its `check`."""
    with contextlib.ExitStack() as stack:
        check: Callable[[], None] = _nothing
        try:
            check = stack.enter_context(everywhere(lock, stage, listener, wait=wait)).check
        except Nowhere:
            listener(Noted("without an artifact bucket only processes of this machine are kept apart"))
        yield check


@contextlib.contextmanager
def everywhere(
    lock: MachineLock,
    stage: str,
    listener: Listener,
    *,
    wait: bool = False,
    clock: Clock = SYSTEM,
    beat: float = BEAT_SECONDS,
) -> Iterator[HeldLock]:
    """Hold the stage among all machines, and renew the lock meanwhile.

    A lock whose holder is dead, or has given no sign of life for a quarter of an hour, is taken over.
    Raises `Rejected` (`stage-held`) when another holds it and `wait` is not set, and `Nowhere`.
    """
    me = this_process()
    marks: list[str] = []

    def taken() -> bool:
        mark = lock.take(me.to_bytes()) or _from_the_dead(lock, me)
        marks.extend((mark,) if mark else ())
        return bool(mark)

    _until(taken, lambda: _seen(lock), stage, listener, clock, wait=wait)
    held = HeldLock(lock, me, marks[-1])
    threading.Thread(target=held.run, args=(beat,), name=f"holding {stage}", daemon=True).start()
    try:
        yield held
    finally:
        held.end()


def _nothing() -> None:
    """Check nothing."""


def _from_the_dead(lock: MachineLock, me: Holder) -> str:
    lying = lock.look()
    if lying is None:
        return ""
    other = of_bytes(lying.content)
    if lying.age < STALE_SECONDS and not (other is not None and other.is_dead):
        return ""
    return lock.renew(me.to_bytes(), lying.mark)


def _until(
    take: Callable[[], bool],
    who: Callable[[], Holder | None],
    stage: str,
    listener: Listener,
    clock: Clock,
    *,
    wait: bool,
) -> None:
    started = clock.monotonic()
    while not take():
        found = who()
        if not wait:
            raise _held(stage, found)
        reason = f"{found or 'another process'} deploys {stage}"
        listener(Waiting("", stage, reason, clock.monotonic() - started))
        clock.sleep(_POLL_SECONDS)


def _held(stage: str, found: Holder | None) -> Rejected:
    message = f"stage {stage} is being deployed by {found or 'another process'}"
    help_ = "run the command again later; petc deploy waits with --wait"
    return codes.STAGE_HELD.because(message, help_)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _written(file: int) -> Holder | None:
    try:
        os.lseek(file, 0, os.SEEK_SET)
        return of_bytes(os.read(file, _LONGEST))
    except OSError:
        return None


def _seen(lock: MachineLock) -> Holder | None:
    lying = lock.look()
    return of_bytes(lying.content) if lying else None
