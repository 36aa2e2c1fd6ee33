"""By which form a state was written; what another version wrote is never read."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from petc.local import codes, folder_layout, private_files
from petc.local.installation import MINISTACK

FORM = 1
"""Counts up when the extension keeps its part of the state in another form."""

_OURS = {"form": FORM, "ministack": MINISTACK}


def require(folder: Path) -> None:
    """Raise `Rejected` with `local-state-version` when the folder's state is of another version."""
    path = folder_layout.version(folder)
    if not path.parent.is_dir():
        return
    found: dict[str, object] | None = None
    with contextlib.suppress(FileNotFoundError, ValueError):
        found = private_files.read(path)
    if found == _OURS or (found is None and not folder_layout.state(folder).exists()):
        return
    said = ", ".join(f"{name} {value}" for name, value in found.items()) if found is not None else "unknown"
    raise codes.LOCAL_STATE_VERSION.because(
        f"the state in {folder} was written by another version of petc ({said}; this one writes "
        f"form {FORM}, ministack {MINISTACK})",
        help="run petc local reset, which deletes it",
    )


def write(folder: Path) -> None:
    """Note that the state is of this version; raises `OSError`."""
    path = folder_layout.version(folder)
    private_files.folder(path.parent)
    private_files.write(path, json.dumps(_OURS) + "\n")
