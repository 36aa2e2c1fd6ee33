"""`petc drift`: what was changed by hand since the last deployment, at its line of the spec."""

from __future__ import annotations

from pathlib import Path

import click

from petc.cli import operated, printing
from petc.cli.options import format_option
from petc.cli.reporting import Report
from petc.deploy.aws import drifting
from petc.deploy.operate.columns import columns
from petc.deploy.operate.drift import diagnostics, rule_texts, sorted_out
from petc.deployment import observe


@click.command("drift")
@operated.options
@click.option("--noise", is_flag=True, help="Show also what AWS itself changes, each with the reason.")
@format_option
def command(
    spec: Path | None, stage: str, out: Path | None, on_local: bool, noise: bool, message_format: str
) -> None:
    """Compare what stands with what was deployed, in all layers at once.

    What AWS changes by itself, such as the number of tasks, is left out. Exit status 1 when something drifted.
    Types that CloudFormation cannot check count as unchanged.
    """
    with Report(message_format).leaving() as report:
        about = operated.operated(operated.asked(spec, stage, out), on_local, report)
        want = about.wanted
        observed = observe(about)
        layers = [layer for _, layer in sorted(observed.layers.items()) if layer.deployed]
        if want.engine == "stack-sets":
            found = drifting.of_sets(about.connection, about.settings, layers)
        else:
            found = drifting.of_stacks(about.connection, layers)
        apart = sorted_out(found, rule_texts(want))
    problems = diagnostics(apart.drifted, want)
    report.show(problems, as_result=True)
    if message_format == "text":
        if noise and apart.noise:
            click.echo("left out:\n" + "\n".join(columns(apart.noise, operated.width(), "  ")))
        if not problems:
            left = f"; {len(apart.noise)} differences are AWS's own (--noise)" if apart.noise else ""
            click.echo(f"no drift in {len(layers)} layers{left}")
    printing.finish(bool(problems))
