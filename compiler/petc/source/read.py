"""Finding and reading the spec file: the only effects of this package."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from petc.diagnostics import Code, Diagnostic, Location, Rejected
from petc.source import codes, text

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)

_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe that nobody writes to waits; where that can be switched off, it is."""


def find_spec(start: Path, name: str) -> Path:
    """Return the path of the nearest `name` in `start` or in a folder above it.

    `name` may lead through folders; the command line owns the default.

    Raises `Rejected` with `missing-spec`.
    """
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        # os.path.exists answers False where a folder above may not be looked into; Path.exists raises.
        if os.path.exists(candidate / name):  # noqa: PTH110
            return candidate / name
    message = f"there is no '{name}' in '{folder}' or in a folder above it"
    raise Rejected(
        (_error(codes.MISSING_SPEC, message, None, "pass --spec FILE, or start one with petc init"),)
    )


def read_spec(path: Path) -> bytes:
    """Return the bytes of a spec, never more than the limit plus one from a larger file.

    What is no regular file is not read: a named pipe or a device could keep the reader waiting for ever.
    Raises `Rejected` with `missing-spec`, `unreadable` or `too-large`.
    """
    place = Location(str(path), 1, 1, 1, 1)
    try:
        descriptor = os.open(path, _WITHOUT_WAITING)
        try:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, "")
            if not stat.S_ISREG(mode):
                kind = next((name for test, name in _KINDS if test(mode)), "a special file")
                message = f"'{path}' is {kind}, a spec is a file"
                raise Rejected((_error(codes.UNREADABLE, message, place, "write it into a file"),))
            with os.fdopen(descriptor, "rb", closefd=False) as stream:
                content = stream.read(text.MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as fault:
        raise Rejected((_unreadable(path, fault, place),)) from None
    if len(content) > text.MAX_BYTES:
        raise Rejected((text.too_large(str(path)),))
    return content


def _unreadable(path: Path, fault: OSError, place: Location) -> Diagnostic:
    if fault.errno in (errno.ENOENT, errno.ENOTDIR):
        way_out = "check --spec, or start a spec with petc init"
        return _error(codes.MISSING_SPEC, f"there is no file '{path}'", place, way_out)
    if fault.errno == errno.EISDIR:
        return _error(
            codes.UNREADABLE, f"'{path}' is a folder, a spec is a file", place, "name the file in it"
        )
    if fault.errno in (errno.EACCES, errno.EPERM):
        way_out = "give yourself the right to read it"
        return _error(codes.UNREADABLE, f"'{path}' may not be read by this user", place, way_out)
    if fault.errno == errno.ENXIO:
        return _error(
            codes.UNREADABLE, f"'{path}' is a socket, a spec is a file", place, "write it into a file"
        )
    reason = (fault.strerror or type(fault).__name__).lower()
    return _error(codes.UNREADABLE, f"'{path}' cannot be read: {reason}", place, "")


def _error(code: Code, message: str, location: Location | None, way_out: str) -> Diagnostic:
    return code.diagnostic(message, location=location, help=way_out)
