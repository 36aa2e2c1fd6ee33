"""What the operating system refuses, as a diagnostic with its cause and a way out."""

from __future__ import annotations

import errno
from pathlib import Path

from petc.diagnostics import Code, Diagnostic
from petc.output import codes

# EFBIG is the limit on file sizes (RLIMIT_FSIZE), EDQUOT the quota of the user.
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})

_OTHER_FOLDER = "name another folder with --out"


def unwritable(path: Path, fault: OSError) -> Diagnostic:
    """Return the problem of a file or folder that could not be written."""
    reason = (fault.strerror or type(fault).__name__).lower()
    if fault.errno in _FULL:
        way_out = "free some space and run petc compile again"
        return error(codes.DISK_FULL, f"{path} cannot be written: {reason}", path.name, way_out)
    ways = {
        errno.EROFS: _OTHER_FOLDER,
        errno.EACCES: f"grant yourself the right to write there, or {_OTHER_FOLDER}",
        errno.EPERM: f"grant yourself the right to write there, or {_OTHER_FOLDER}",
        errno.ENAMETOOLONG: "shorten the path or the name in the spec",
    }
    way_out = ways.get(fault.errno or 0, f"remove what is in the way, or {_OTHER_FOLDER}")
    return error(codes.UNWRITABLE_OUTPUT, f"{path} cannot be written: {reason}", path.name, way_out)


def unreadable(path: Path, fault: OSError) -> Diagnostic:
    """Return the problem of a file or folder that could not be read."""
    reason = (fault.strerror or type(fault).__name__).lower()
    way_out = "grant yourself the right to read it"
    return error(codes.UNREADABLE_OUTPUT, f"{path} cannot be read: {reason}", path.name, way_out)


def blocked(path: Path, what: str) -> Diagnostic:
    """Return the problem of something in the way, such as a symbolic link where a folder belongs."""
    message = f"{path} is {what}, petc writes into real files and folders only"
    return error(codes.UNWRITABLE_OUTPUT, message, path.name, f"remove it, or {_OTHER_FOLDER}")


def error(code: Code, message: str, artifact: str, way_out: str) -> Diagnostic:
    """Return an error about one generated file."""
    return code.diagnostic(message, help=way_out, artifact=artifact)
