"""From options to a request to the pipeline."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from petc.cli.options import CACHE, today
from petc.cli.paths import default_out, find, shown
from petc.pipeline import Request


def request(
    spec: Path | None,
    as_of: date | None,
    *,
    stages: tuple[str, ...] = (),
    out: Path | None = None,
    lint: bool = True,
    check: bool = False,
) -> Request:
    """Return the request; raises `Rejected` when no spec is found."""
    path = find(spec)
    folder = out or default_out(path)
    return Request(
        spec=path,
        shown=shown(path),
        today=today(as_of),
        stages=stages,
        out=folder,
        lint=lint,
        check=check,
        cache=folder.parent / CACHE / "lint",
    )
