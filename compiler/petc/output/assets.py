"""The digest of a function's inputs: its sources and its hash-locked requirements."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from petc.diagnostics import Code, Diagnostic, Rejected
from petc.output import codes, requirements

REQUIREMENTS = "requirements.txt"
"""The lock file of a function, beside its sources; a function without one uses what Lambda brings."""

FORM = 1
"""The layout of packages; another number when petc packs the same inputs into other bytes."""

_SKIPPED_FOLDERS = frozenset({"__pycache__", "tests"})


def asset_files(folder: Path) -> tuple[str, ...]:
    """Return the relative paths, with slashes, of what a function is deployed from, sorted by bytes.

    Left out: hidden files and folders, `__pycache__`, `*.pyc`, folders named `tests`, and an
    `__init__.py` at the top, which only packaging needs: so a checkout and an installed wheel agree.
    Raises `Rejected` with `asset-missing` (no such folder, unreadable, no file), `asset-symlink` or
    `asset-name`.
    """
    links: list[str] = []
    try:
        if folder.is_symlink():
            raise Rejected((_symlink(folder, ""),))
        found = sorted(
            _walk(str(folder), "", links), key=lambda path: path.encode("utf-8", "surrogateescape")
        )
    except OSError as fault:
        raise Rejected((_missing(folder, fault),)) from None
    if links:
        raise Rejected(tuple(_symlink(folder, link) for link in sorted(links)))
    unnamed = tuple(_name(folder, path) for path in found if not _is_unicode(path))
    if unnamed:
        raise Rejected(unnamed)
    if all(path == REQUIREMENTS for path in found):
        raise Rejected((_error(codes.ASSET_MISSING, f"the folder {folder} holds no source file", _CREATE),))
    return tuple(found)


def asset_contents(folder: Path) -> dict[str, bytes]:
    """Return what a function's folder gives to its package, by path: every file of `asset_files`.

    Raises `Rejected` as `asset_files` does, and as `petc.output.requirements` does for its lock file.
    """
    contents = {}
    for path in asset_files(folder):
        try:
            contents[path] = (folder / path).read_bytes()
        except OSError as fault:
            raise Rejected((_missing(folder / path, fault),)) from None
        if path == REQUIREMENTS:
            requirements.parsed(contents[path], str(folder / path))
    return contents


def asset_digest(folder: Path) -> str:
    """Return the SHA-256 over the paths and contents of a function's files, in hexadecimal.

    It equals, in the folder, `sha256sum <files in order> | sha256sum`, so that anyone can recompute it.
    Line ends, modes and times do not count, contents do to the byte.
    Raises `Rejected` as `asset_contents` does.
    """
    return contents_digest(asset_contents(folder))


def contents_digest(contents: Mapping[str, bytes]) -> str:
    """Return the digest of files that were read already; see `asset_digest`."""
    total = hashlib.sha256()
    for path, content in contents.items():
        line = f"{hashlib.sha256(content).hexdigest()}  {path}\n"
        total.update(line.encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def package_digest(folders: Iterable[tuple[str, str]], handler: str, runtime: str, architecture: str) -> str:
    """Return the digest of all that decides about a package's bytes.

    `folders` are the names and digests of the folders that it is made from, in their order; the names are
    part of its layout, as the handler's module is, and runtime and architecture choose the wheels.
    """
    lines = (
        *(f"{digest}  {name}/" for name, digest in folders),
        f"{FORM} {handler} {runtime} {architecture}",
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _walk(folder: str, prefix: str, links: list[str]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                if entry.name not in _SKIPPED_FOLDERS:
                    yield from _walk(entry.path, path + "/", links)
            elif not stat.S_ISREG(mode):
                links.append(path)
            elif not entry.name.endswith(".pyc") and path != "__init__.py":
                yield path


_CREATE = "create it, or correct the path, which is relative to the spec's file"


def _missing(path: Path, fault: OSError) -> Diagnostic:
    if isinstance(fault, FileNotFoundError):
        return _error(codes.ASSET_MISSING, f"there is no folder {path} with the function's sources", _CREATE)
    if isinstance(fault, NotADirectoryError):
        return _error(
            codes.ASSET_MISSING, f"{path} is a file, a function's sources stand in a folder", _CREATE
        )
    reason = (fault.strerror or "unknown fault").lower()
    return _error(codes.ASSET_MISSING, f"{path} cannot be read: {reason}", "make it readable")


def _symlink(folder: Path, path: str) -> Diagnostic:
    message = f"{folder / path} is neither file nor folder, the digest would not cover what it leads to"
    return _error(codes.ASSET_SYMLINK, message, "replace it by a copy of what it leads to")


def _is_unicode(path: str) -> bool:
    """Whether a name can be written in a zip and in a bill of materials; the system's other bytes are surrogates."""
    return not any("\ud800" <= sign <= "\udfff" for sign in path)


def _name(folder: Path, path: str) -> Diagnostic:
    shown = ascii(path)
    return _error(codes.ASSET_NAME, f"the name of {shown} in {folder} is not UTF-8 text", "rename the file")


def _error(code: Code, message: str, way_out: str) -> Diagnostic:
    return code.diagnostic(message, help=way_out)
