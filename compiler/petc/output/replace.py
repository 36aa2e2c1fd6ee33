"""The replacement of files one by one in an order that survives a kill and a full disk."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from petc.output import manifest
from petc.output.tree import JOURNAL, TEMPORARY


def replace(
    folder: Path, changed: Mapping[str, bytes], removed: Iterable[str], ours: Mapping[str, set[str]]
) -> None:
    """Write the changed files, the manifest among them and last, and remove what is no longer wanted.

    `ours` holds every path that petc wrote or writes now, with its digests: the journal's content.
    Raises `OSError`; temporary files are removed then, too.
    """
    note = {"files": {path: sorted(digests) for path, digests in sorted(ours.items())}}
    try:
        _write_temporary(folder, JOURNAL, (json.dumps(note, indent=2) + "\n").encode("ascii"))
        for path in sorted(changed):
            _write_temporary(folder, path, changed[path])
        _settle(folder, (JOURNAL,))
        (folder / manifest.NAME).unlink(missing_ok=True)
        _sync(folder)
        _settle(folder, sorted(changed.keys() - {manifest.NAME}))
        for path in removed:
            (folder / path).unlink(missing_ok=True)
            _remove_empty_folders(folder, path)
        _settle(folder, (manifest.NAME,))
        (folder / JOURNAL).unlink()
    finally:
        remove_temporary(folder)


def remove_temporary(folder: Path) -> None:
    """Remove what a run that was stopped left beside the files."""
    for place, _, names in os.walk(folder):
        for name in names:
            if name.startswith(TEMPORARY):
                Path(place, name).unlink(missing_ok=True)


def _write_temporary(folder: Path, path: str, content: bytes) -> None:
    try:
        # "x" refuses a link that somebody may have placed under the temporary name.
        with _temporary(folder, path).open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as fault:
        # The user knows the file, not its temporary name, and write() names neither.
        fault.filename = str(folder / path)
        raise


def _settle(folder: Path, paths: Iterable[str]) -> None:
    """Give temporary files their names, durably."""
    places = {folder}
    for path in paths:
        _temporary(folder, path).replace(folder / path)
        places.add((folder / path).parent)
    for place in sorted(places):
        _sync(place)


def _remove_empty_folders(folder: Path, path: str) -> None:
    for parent in list(PurePosixPath(path).parents)[:-1]:
        if any((folder / parent).iterdir()):
            return
        (folder / parent).rmdir()


def _temporary(folder: Path, path: str) -> Path:
    target = folder / path
    return target.with_name(TEMPORARY + target.name)


def _sync(folder: Path) -> None:
    """Make renames and removals durable, where the system can open folders and the file system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)
