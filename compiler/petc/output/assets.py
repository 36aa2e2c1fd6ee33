"""The digest of a function's inputs: its sources and its hash-locked requirements."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from petc.diagnostics import Diagnostic, Rejected, Severity

REQUIREMENTS = "requirements.txt"
"""The lock file of a function, beside its sources; a function without one uses what Lambda brings."""

FORM = 1
"""The layout of packages; another number when petc packs the same inputs into other bytes."""

_SKIPPED_FOLDERS = frozenset({"__pycache__", "tests"})
_HASH = re.compile(r"(?:^|\s)--hash=sha256:[0-9a-f]{64}(?=\s|$)")
_PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*(?:===?\s*[^\s,;*]+(?:\s|;|$)|@\s*\S+)")
_LEADS_ELSEWHERE = re.compile(r"^(?:-r|-c|-e|--requirement|--constraint|--editable)\b")


def asset_files(folder: Path) -> tuple[str, ...]:
    """Return the relative paths, with slashes, of what a function is deployed from, sorted by bytes.

    Left out: hidden files and folders, `__pycache__`, `*.pyc`, folders named `tests`, and an
    `__init__.py` at the top, which only packaging needs: so a checkout and an installed wheel agree.
    Raises `Rejected` with `asset-missing` (no such folder, unreadable, no file) or `asset-symlink`.
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
    if all(path == REQUIREMENTS for path in found):
        raise Rejected((_error("asset-missing", f"the folder {folder} holds no source file", _CREATE),))
    return tuple(found)


def asset_contents(folder: Path) -> dict[str, bytes]:
    """Return what a function's folder gives to its package, by path: every file of `asset_files`.

    Raises `Rejected` as `asset_files` does, and with `asset-unlocked` for a requirement without a hash.
    """
    contents = {}
    for path in asset_files(folder):
        try:
            contents[path] = (folder / path).read_bytes()
        except OSError as fault:
            raise Rejected((_missing(folder / path, fault),)) from None
        if path == REQUIREMENTS:
            unlocked = tuple(_unlocked(folder, contents[path].decode("utf-8", "replace")))
            if unlocked:
                raise Rejected(unlocked)
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


def _unlocked(folder: Path, text: str) -> Iterator[Diagnostic]:
    # As pip reads the file: a backslash joins lines, a comment ends with its line.
    joined = re.sub(r"\\\r?\n", " ", re.sub(r"(?m)^\s*#.*$", "", text))
    for line in joined.splitlines():
        requirement = re.sub(r"\s#.*$", "", line).strip()
        if not requirement or (requirement.startswith("-") and not _LEADS_ELSEWHERE.match(requirement)):
            continue
        name = requirement.split(" --")[0].strip()
        if _LEADS_ELSEWHERE.match(requirement):
            problem = f"'{name}' leads to another file, whose content the digest would not cover"
        elif not _PINNED.match(requirement):
            problem = f"'{name}' names no single version with '=='"
        elif not _HASH.search(requirement):
            problem = f"'{name}' has no --hash=sha256"
        else:
            continue
        help_ = "write the file with pip-compile --generate-hashes"
        yield _error("asset-unlocked", f"in {folder / REQUIREMENTS} {problem}", help_)


_CREATE = "create it, or correct the path, which is relative to the spec's file"


def _missing(path: Path, fault: OSError) -> Diagnostic:
    if isinstance(fault, FileNotFoundError):
        return _error("asset-missing", f"there is no folder {path} with the function's sources", _CREATE)
    if isinstance(fault, NotADirectoryError):
        return _error("asset-missing", f"{path} is a file, a function's sources stand in a folder", _CREATE)
    reason = (fault.strerror or "unknown fault").lower()
    return _error("asset-missing", f"{path} cannot be read: {reason}", "make it readable")


def _symlink(folder: Path, path: str) -> Diagnostic:
    message = f"{folder / path} is neither file nor folder, the digest would not cover what it leads to"
    return _error("asset-symlink", message, "replace it by a copy of what it leads to")


def _error(code: str, message: str, way_out: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, help=way_out)
