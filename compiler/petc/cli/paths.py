"""Where the spec is, and where its output goes."""

from __future__ import annotations

import os
from pathlib import Path

from petc.cli.options import DEFAULT_SPEC, STARTER_SPEC
from petc.diagnostics import Rejected
from petc.source.read import find_spec


def find(spec: Path | None) -> Path:
    """Return the spec that was named, or the nearest default one from the working directory upward.

    Raises `Rejected` with `missing-spec`.
    """
    if spec:
        return spec
    found: list[Path] = []
    refusals: list[Rejected] = []
    for name in (DEFAULT_SPEC, STARTER_SPEC):
        try:
            found.append(find_spec(Path.cwd(), name))
        except Rejected as rejected:
            refusals.append(rejected)
    if not found:
        raise refusals[0]
    return max(found, key=lambda path: len(path.parts))


def default_out(spec: Path) -> Path:
    """Return `generated` beside the folder of the spec, or beside the spec when it lies in no folder `spec`."""
    home = spec.absolute().parent
    return Path(shown((home.parent if home.name == "spec" else home) / "generated"))


def shown(path: Path) -> str:
    """Return the path as messages show it: relative where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) <= len(str(path)) else str(path)
