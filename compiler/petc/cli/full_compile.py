"""A compile that has something to do: run the pipeline, print the result, remember it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click

from petc import build_cache
from petc.cli import output
from petc.cli.options import CACHE
from petc.cli.paths import shown
from petc.cli.request import request
from petc.cli.views.compilation import summary
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
    output.messages(outcome.diagnostics, outcome.sources, message_format, as_result=False)
    if message_format == "text" and outcome.artifacts and not outcome.failed:
        findings = output.counted(outcome.diagnostics)
        click.echo(summary(outcome, shown(out), findings, time.monotonic() - started, wrote=not check))
    # A folder that nobody owns is said again until it is gone, which no digest of ours would notice.
    if not outcome.failed and not any(item.code == "left-over-stage" for item in outcome.diagnostics):
        build_cache.remember(out.parent / CACHE, _memory(outcome, spec, out, question))
    return outcome.failed


def _memory(outcome: Outcome, spec: Path, out: Path, question: str) -> build_cache.Memory:
    return build_cache.Memory(
        question=question,
        petc=build_cache.fingerprint(),
        # The text that was compiled; what the file holds now may have been saved since.
        spec=digest(outcome.sources[shown(spec)].encode()),
        sources=dict(outcome.asset_folders),
        roots={
            str((out / made.manifest.stage).absolute()): digest(made.manifest.to_bytes())
            for made in outcome.artifacts
        },
        diagnostics=outcome.diagnostics,
    )
