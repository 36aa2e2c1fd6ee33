"""`petc drift`: what was changed by hand since the last deployment, at its line of the spec."""

from __future__ import annotations

from pathlib import Path

import click

from petc.cli import output, stage_context
from petc.cli.options import format_option
from petc.cli.output import Report
from petc.deploy.aws import drift_detection
from petc.deploy.operations.drift import diagnostics, rule_texts, sorted_out
from petc.deployment import observe
from petc.report.columns import columns


@click.command("drift")
@stage_context.options
@click.option("--noise", is_flag=True, help="Show also what AWS itself changes, each with the reason.")
@format_option
def command(
    spec: Path | None, stage: str, generated: Path | None, on_local: bool, noise: bool, message_format: str
) -> None:
    """Compare the deployed state with what was deployed last, in all layers at once.

    Changes that AWS makes, such as the number of tasks, are left out. Exit status 1 when something drifted.
    Types that CloudFormation cannot check count as unchanged.
    """
    with Report(message_format).leaving() as report:
        about = stage_context.operated(stage_context.asked(spec, stage, generated), on_local, report)
        want = about.wanted
        observed = observe(about)
        layers = [layer for _, layer in sorted(observed.layers.items()) if layer.deployed]
        if want.engine == "stack-sets":
            found = drift_detection.of_sets(about.connection, about.settings, layers)
        else:
            found = drift_detection.of_stacks(about.connection, layers)
        apart = sorted_out(found, rule_texts(want))
    problems = diagnostics(apart.drifted, want)
    report.show(problems, as_result=True)
    if message_format == "text":
        if noise and apart.noise:
            click.echo("left out:\n" + "\n".join(columns(apart.noise, stage_context.width(), "  ")))
        if not problems:
            left = f"; {len(apart.noise)} differences are AWS's own (--noise)" if apart.noise else ""
            click.echo(f"no drift in {len(layers)} layers{left}")
    output.finish(bool(problems))
