"""`petc lint`: verify the templates in generated/."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from petc.cli import output
from petc.cli.options import as_of_option, format_option, generated_option, spec_option, stage_option
from petc.cli.request import request
from petc.diagnostics import Rejected
from petc.pipeline import Outcome, lint


@click.command("lint")
@spec_option
@stage_option
@generated_option
@format_option
@as_of_option
def command(
    spec: Path | None,
    stages: tuple[str, ...],
    generated: Path | None,
    message_format: str,
    as_of: date | None,
) -> None:
    """Verify the generated templates: links, quotas, and cfn-lint on each and on all of them joined."""
    try:
        outcome = lint(request(spec, as_of, stages=stages, out=generated))
    except Rejected as rejected:
        outcome = Outcome(rejected.diagnostics)
    output.messages(outcome.diagnostics, outcome.sources, message_format, as_result=True)
    if message_format == "text" and not outcome.diagnostics:
        for made in outcome.artifacts:
            click.echo(f"{made.manifest.stage}: {len(made.manifest.layers)} templates, no findings")
    output.finish(outcome.failed)
