"""`petc plan`: show the changes a deployment would make, property by property, and what it would not do unasked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from petc.cli import output
from petc.cli.files import write_whole
from petc.cli.options import as_of_option, spec_option
from petc.cli.output import harmless
from petc.cli.stage_context import (
    begin,
    choice_options,
    emptying_option,
    local_option,
    one_stage_option,
    preflight_option,
    show_findings,
    show_plan,
)
from petc.deploy.plan import document
from petc.deploy.plan.types import Allowance
from petc.deploy.preflight import report
from petc.deploy.preflight.types import Verdict
from petc.deployment import look, told_otherwise
from petc.readiness import preflight, require_removable


@click.command("plan")
@spec_option
@one_stage_option
@click.option(
    "--generated",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the generated files to read. Default: generated/ beside the folder of the spec.",
)
@local_option
@choice_options
@emptying_option
@preflight_option
@click.option("--change-sets", is_flag=True, help="Have CloudFormation make change sets, and compare them.")
@click.option(
    "--out",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the plan for petc deploy --plan.",
)
@click.option(
    "--format",
    "message_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the plan and of messages.",
)
@as_of_option
def command(
    spec: Path | None,
    stage: str,
    generated: Path | None,
    on_local: bool,
    layers: tuple[str, ...],
    replacing: tuple[Allowance, ...],
    deleting: tuple[Allowance, ...],
    emptied: bool,
    asks_targets: bool,
    change_sets: bool,
    file: Path | None,
    message_format: str,
    as_of: date | None,
) -> None:
    """Show what petc deploy would change: resources and properties, old and new, and what replaces what.

    Changes nothing. Also says what would stop the deployment in its targets. Exit status 1 when petc deploy
    would refuse: for data that would be lost, or a target that is not ready.
    """
    begun = begin(spec, stage, generated, as_of, on_local, message_format)
    with begun.report.leaving():
        prospect = look(begun.at, (*replacing, *deleting), layers)
        findings = preflight(begun.at, prospect, layers) if asks_targets else ()
        told = told_otherwise(begun.at, prospect) if change_sets else ()
    if file:
        write_whole(file, document.to_bytes(prospect.plan))
    if message_format == "json":
        click.echo(document.to_bytes(prospect.plan, report.values(findings)).decode(), nl=False)
    else:
        show_plan(begun, prospect.plan)
        show_findings(begun, findings)
    for line in told:
        click.echo(harmless(f"change sets: {line}"), err=message_format == "json")
    if change_sets and not told:
        click.echo("change sets: CloudFormation says the same", err=message_format == "json")
    with begun.report.leaving():
        require_removable(begun.at, prospect.plan, prospect.observed, emptied=emptied)
    output.finish(bool(prospect.plan.refused) or any(item.verdict is Verdict.ERROR for item in findings))
