"""What a compile came to, for people: a table for each stage, and what was found and written."""

from __future__ import annotations

from petc.cli.tables import table
from petc.pipeline import Outcome


def summary(outcome: Outcome, out: str, findings: str, seconds: float, *, wrote: bool) -> str:
    """Return a table for each stage, and a closing line: findings, files written, time."""
    tables = [table(made.manifest, made.files) for made in outcome.artifacts]
    count = sum(len(made.files) + 1 for made in outcome.artifacts)
    what = f"{len(outcome.changed)} of {count} files written" if wrote else f"{count} files are up to date"
    return "\n".join((*tables, f"{findings}; {what} in {out}; {seconds:.1f} s"))
