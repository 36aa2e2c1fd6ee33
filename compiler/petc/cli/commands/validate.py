"""`petc validate`: everything that compile would refuse, no output files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from petc.cli import output
from petc.cli.options import as_of_option, format_option, spec_option, stage_option
from petc.cli.request import request
from petc.diagnostics import Rejected
from petc.pipeline import Outcome, validate


@click.command("validate")
@spec_option
@stage_option
@format_option
@as_of_option
def command(spec: Path | None, stages: tuple[str, ...], message_format: str, as_of: date | None) -> None:
    """Check the spec as compile does, for every stage: schema, rules and templates. Writes no templates."""
    try:
        asked = request(spec, as_of, stages=stages)
        outcome = validate(asked)
        shown = asked.shown
    except Rejected as rejected:
        outcome, shown = Outcome(rejected.diagnostics), ""
    output.messages(outcome.diagnostics, outcome.sources, message_format, as_result=True)
    if message_format == "text" and not outcome.diagnostics:
        click.echo(f"{shown}: no findings")
    output.finish(outcome.failed)
