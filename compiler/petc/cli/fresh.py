"""A compile that has something to do: run the pipeline, say what came out, remember it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click

from petc import replay
from petc.cli import printing
from petc.cli.options import CACHE
from petc.cli.places import shown
from petc.cli.requests import request
from petc.cli.summary import summary
from petc.output.manifest import digest
from petc.pipeline import Outcome, compile_spec


def compile_fresh(
    spec: Path,
    out: Path,
    stages: tuple[str, ...],
    check: bool,
    lint: bool,
    message_format: str,
    as_of: date | None,
    question: str,
    started: float,
) -> bool:
    """Compile, print messages and summary, and return whether it failed. `started` is a monotonic time."""
    outcome = compile_spec(request(spec, as_of, stages=stages, out=out, lint=lint, check=check))
    printing.messages(outcome.diagnostics, outcome.sources, message_format, as_result=False)
    if message_format == "text" and outcome.artifacts and not outcome.failed:
        findings = printing.counted(outcome.diagnostics)
        click.echo(summary(outcome, shown(out), findings, time.monotonic() - started, wrote=not check))
    # A folder that nobody owns is said again until it is gone, which no digest of ours would notice.
    if not outcome.failed and not any(item.code == "left-over-stage" for item in outcome.diagnostics):
        replay.remember(out.parent / CACHE, _memory(outcome, spec, out, question))
    return outcome.failed


def _memory(outcome: Outcome, spec: Path, out: Path, question: str) -> replay.Memory:
    return replay.Memory(
        question=question,
        petc=replay.fingerprint(),
        # The text that was compiled; what the file holds now may have been saved since.
        spec=digest(outcome.sources[shown(spec)].encode()),
        sources=dict(outcome.asset_folders),
        roots={
            str((out / made.manifest.stage).absolute()): digest(made.manifest.to_bytes())
            for made in outcome.artifacts
        },
        diagnostics=outcome.diagnostics,
    )
