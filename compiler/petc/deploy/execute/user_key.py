"""The secret of this user on this machine, by which petc knows a file that it wrote itself.

It lies in `$XDG_STATE_HOME/petc/journal.key` (XDG Base Directory Specification; `~/.local/state` by default),
which no repository can bring along and only its owner can read.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import socket
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

_FORM = re.compile(rb"[0-9a-f]{64}\n")
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_OF_THIS_PROCESS = secrets.token_hex(32).encode()


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The key of the user on this machine; `unkept` says why it ends with this process, if it does."""

    secret: bytes
    unkept: str = ""

    def mark(self, text: str) -> str:
        """Return the mark that only this user on this machine can put under a text."""
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def own_key() -> OwnKey:
    """Return the key, made at its first use.

    A key file that is a link, that belongs to another user, or that others may read or write is replaced by a
    new one. Never fails: where nothing can be kept, the key is good for this process only.
    """
    try:
        place = _folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = place / "journal.key"
        secret = _read(path) or _written(path)
    except (OSError, RuntimeError) as fault:
        reason = (getattr(fault, "strerror", None) or str(fault)).lower()
        return OwnKey(_bound(_OF_THIS_PROCESS), f"no key can be kept in the user's state folder: {reason}")
    return OwnKey(_bound(secret))


def _folder() -> Path:
    """Return petc's folder for state. A relative path in the variable does not count, as the specification says."""
    named = os.environ.get("XDG_STATE_HOME", "")
    base = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "state"
    return base / "petc"


def _read(path: Path) -> bytes:
    """Return the key that lies there; nothing when it is absent, or not for its owner alone."""
    try:
        file = os.open(path, os.O_RDONLY | _NOT_FOLLOWED)
    except OSError:
        return b""
    with os.fdopen(file, "rb") as stream:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or not _is_private(about):
            return b""
        content = stream.read(len(secrets.token_hex(32)) + 2)
    return content if _FORM.fullmatch(content) else b""


def _is_private(about: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return about.st_uid == os.getuid() and not about.st_mode & 0o077


def _written(path: Path) -> bytes:
    """Make a key; of two processes at the same moment one wins, and both use its key."""
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    secret = f"{secrets.token_hex(32)}\n".encode()
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOT_FOLLOWED, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(secret)
            stream.flush()
            os.fsync(file)
        with contextlib.suppress(OSError):
            os.link(fresh, path)
            return secret
        other = _read(path)
        if other:
            return other
        fresh.replace(path)
        return secret
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()


def _bound(secret: bytes) -> bytes:
    """Return the key of this machine: a home folder may be shared by many of them."""
    return hmac.new(secret, _machine().encode(), hashlib.sha256).digest()


def _machine() -> str:
    """Return what tells this machine from others, also after a restart; machine-id(5)."""
    with contextlib.suppress(OSError, ValueError):
        named = Path("/etc/machine-id").read_text("ascii").strip()
        if named:
            return named
    return f"{socket.gethostname()} {uuid.getnode()}"
