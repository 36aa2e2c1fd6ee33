"""What stands in a stage's folder, and which of it petc wrote."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from petc.diagnostics import Code, Diagnostic, Rejected
from petc.output import codes, errors, manifest
from petc.output.manifest import Manifest, digest

JOURNAL = ".petc-journal.json"
"""Exists while a folder is written; without a manifest beside it the tree is torn."""

TEMPORARY = ".petc-new-"
"""How the name of a file begins that is written and not yet in its place."""

COMPILE = "run petc compile, which writes the folder whole"
"""The way out of every problem that a folder can have."""

# macOS puts this file into every folder that somebody looks at.
_IGNORED = frozenset({".DS_Store"})


def entries(folder: Path) -> dict[str, str]:
    """Return the kind of everything in a folder by relative path, or nothing when there is no folder.

    A kind is `file`, `folder`, `symbolic link` (never followed) or `special file`. Temporary files and
    the journal are left out. Raises `OSError` for what cannot be read.
    """
    try:
        return dict(_entries(str(folder), ""))
    except FileNotFoundError:
        return {}


def written(folder: Path) -> dict[str, set[str]]:
    """Return the paths that petc wrote, by the last manifest or the journal, with their known digests.

    A manifest that does not count any more is good enough, and may name anything: a path is only touched
    when `entries` found it in the folder, and with a known digest.
    """
    found: dict[str, set[str]] = {}
    for name in (manifest.NAME, JOURNAL):
        for path, digests in _recorded(folder / name):
            found.setdefault(path, set()).update(digests)
    return found


def whole(folder: Path, found: Mapping[str, str]) -> Manifest:
    """Return the manifest of a folder that was written to the end.

    Raises `Rejected` with `no-manifest`, `torn-folder` or `edited-file`.
    """
    if found.get(manifest.NAME) != "file":
        if (folder / JOURNAL).exists():
            what = f"{folder} was left half written by a run that was stopped"
            raise Rejected((errors.error(codes.TORN_FOLDER, what, manifest.NAME, COMPILE),))
        what = f"{folder} has no {manifest.NAME}, so the stage was never compiled there"
        raise Rejected((errors.error(codes.NO_MANIFEST, what, manifest.NAME, COMPILE),))
    try:
        stage = manifest.from_bytes((folder / manifest.NAME).read_bytes())
    except ValueError as fault:
        what = f"is not what petc wrote: {_reason(fault)}"
        raise Rejected((problem(folder, codes.EDITED_FILE, manifest.NAME, what),)) from None
    unsafe = [path for path, _ in stage.files if not is_safe(path)]
    if unsafe:
        what = f"is not what petc wrote: it names {unsafe[0]!r}"
        raise Rejected((problem(folder, codes.EDITED_FILE, manifest.NAME, what),))
    return stage


def foreign(found: Mapping[str, str], known: set[str]) -> tuple[str, ...]:
    """Return the paths that petc did not write, sorted; `known` are those that it did."""
    ours = {*known, manifest.NAME}
    return tuple(
        path
        for path, kind in sorted(found.items())
        if kind != "folder" and (kind != "file" or path not in ours)
    )


def has_content(folder: Path, path: str, digests: set[str]) -> bool:
    """Whether a file has one of the digests."""
    return digest((folder / path).read_bytes()) in digests


def is_safe(path: str) -> bool:
    """Whether a path is relative, with slashes, stays inside its folder and is no name of our own."""
    parts = path.split("/")
    return (
        all(part and not part.startswith(".") for part in parts)
        and not any(character in path for character in ("\\", "\0", ":"))
        and path != manifest.NAME
    )


def problem(folder: Path, code: Code, path: str, what: str) -> Diagnostic:
    """Return the problem of one file; `what` continues the sentence that its path begins."""
    way_out = "move it elsewhere" if code is codes.FOREIGN_FILE else COMPILE
    return code.diagnostic(f"{folder / path} {what}", help=way_out, artifact=path)


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as listing:
        for entry in listing:
            path = prefix + entry.name
            if entry.name.startswith(TEMPORARY) or entry.name in _IGNORED or path == JOURNAL:
                continue
            kind = _kind(entry.stat(follow_symlinks=False).st_mode)
            yield path, kind
            if kind == "folder":
                yield from _entries(entry.path, path + "/")


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "symbolic link" if stat.S_ISLNK(mode) else "special file"


def _recorded(path: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return
    files = data.get("files") if isinstance(data, dict) else None
    for name, value in files.items() if isinstance(files, dict) else ():
        digests = value if isinstance(value, list) else [value]
        yield name, [item for item in digests if isinstance(item, str)]


def _reason(fault: ValueError) -> str:
    # A reader's own words (json, unicode) would say little to whoever sees only the file.
    return "it is not JSON" if type(fault) is not ValueError else str(fault)
