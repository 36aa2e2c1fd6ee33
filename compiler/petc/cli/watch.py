"""`petc compile --watch`: compile again at each save, and show what changed in the templates."""

from __future__ import annotations

import difflib
import os
import sys
import time
from datetime import date
from pathlib import Path

import click

from petc.cli import output
from petc.cli.broken_pipe import is_unheard
from petc.cli.paths import shown
from petc.cli.request import request
from petc.diagnostics import Rejected
from petc.output.folder import read_stage
from petc.pipeline import compile_spec

_PAUSE_SECONDS = 0.2
_MOST_LINES = 60
"""Changed lines shown at each save; a rename can touch thousands."""


def watch(spec: Path, out: Path, *, stages: tuple[str, ...], lint: bool, as_of: date | None) -> None:
    """Compile now and whenever the spec or a function's source is saved, until interrupted or until nobody reads."""
    click.echo(f"watching {shown(spec)}; Ctrl-C ends")
    seen: tuple[tuple[str, int, int], ...] = ()
    watched: tuple[Path, ...] = (spec,)
    while not is_unheard(sys.stdout):
        now = _state(watched)
        if now != seen:
            # Taken before the compile, so that a save in the middle of it is not lost.
            used = _compile(spec, out, stages, lint, as_of)
            new = tuple(path for path in used if path not in watched)
            seen = tuple(sorted((*now, *_state(new))))
            watched = (*watched, *new)
        time.sleep(_PAUSE_SECONDS)


def _compile(
    spec: Path, out: Path, stages: tuple[str, ...], lint: bool, as_of: date | None
) -> tuple[Path, ...]:
    """Compile once, print what changed, and return what to watch."""
    before = _texts(out, stages)
    outcome = compile_spec(request(spec, as_of, stages=stages, out=out, lint=lint))
    output.messages(outcome.diagnostics, outcome.sources, "text", as_result=False)
    if not outcome.failed:
        after = _texts(out, stages)
        lines = [line for path in sorted({*before, *after}) for line in _difference(path, before, after)]
        for line in lines[:_MOST_LINES]:
            click.echo(line)
        if len(lines) > _MOST_LINES:
            click.echo(f"… and {len(lines) - _MOST_LINES} more lines")
        changed = ", ".join(path for path in outcome.changed if path.endswith(".yaml")) or "no template"
        click.echo(f"{time.strftime('%H:%M:%S')} {output.counted(outcome.diagnostics)}; changed: {changed}")
    return (spec, *(Path(folder) for folder, _ in outcome.asset_folders))


def _texts(out: Path, stages: tuple[str, ...]) -> dict[str, str]:
    """Return the templates that stand in the output folder; a folder that is not whole counts as empty."""
    names = (
        stages or tuple(sorted(path.name for path in out.iterdir() if path.is_dir())) if out.is_dir() else ()
    )
    texts: dict[str, str] = {}
    for name in names:
        try:
            files = read_stage(out / name).files
        except Rejected:
            continue
        texts |= {
            f"{name}/{path}": content.decode() for path, content in files.items() if path.endswith(".yaml")
        }
    return texts


def _difference(path: str, before: dict[str, str], after: dict[str, str]) -> list[str]:
    if path not in before or path not in after:
        return [f"{'new' if path in after else 'gone'}: {path}"] if before else []
    old, new = before[path].splitlines(), after[path].splitlines()
    return list(difflib.unified_diff(old, new, path, path, lineterm="", n=2))


def _state(paths: tuple[Path, ...]) -> tuple[tuple[str, int, int], ...]:
    """Return name, size and time of every watched file, also below watched folders; what is gone is left out."""
    found: list[tuple[str, int, int]] = []
    for path in paths:
        names = (
            [Path(folder, name) for folder, _, files in os.walk(path) for name in files]
            if path.is_dir()
            else [path]
        )
        for name in names:
            try:
                status = name.stat()
            except OSError:
                continue
            found.append((str(name), status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))
