"""The result of a compile as text: a table of layers for each stage, then findings, files and time."""

from __future__ import annotations

from petc.cli.views.layer_table import table
from petc.output import manifest
from petc.pipeline import Outcome


def summary(outcome: Outcome, out: str, findings: str, seconds: float, *, wrote: bool) -> str:
    """Return a table for each stage, and a closing line: findings, files written, time."""
    tables = [table(made.manifest, made.files) for made in outcome.artifacts]
    present = {
        f"{made.manifest.stage}/{path}" for made in outcome.artifacts for path in (*made.files, manifest.NAME)
    }
    written = len(present.intersection(outcome.changed))
    removed = len(outcome.changed) - written
    what = f"{written} of {len(present)} files written" if wrote else f"{len(present)} files are up to date"
    gone = f", {removed} removed" if removed else ""
    return "\n".join((*tables, f"{findings}; {what}{gone} in {out}; {seconds:.1f} s"))
