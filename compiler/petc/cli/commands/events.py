"""`petc events`: what happened to a stage, joined over its layers, the newest failure first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click

from petc.cli import stage_context
from petc.cli.options import layer_option
from petc.cli.output import Report, harmless
from petc.deploy.aws import event_history
from petc.deploy.operations.event_log import Happening, as_json, beginning, joined, text
from petc.deployment import Reached, observe
from petc.output.render import render_json

_MOST = 40


@click.command("events")
@stage_context.options
@layer_option("A layer; repeat for several. Default: all.")
@click.option(
    "--since", default="1d", show_default=True, help="30m, 2h, 7d, or a time such as 2026-11-23T18:00."
)
@click.option("--failures", is_flag=True, help="Failures only.")
@click.option("--all", "every", is_flag=True, help=f"All of them, not the first {_MOST}.")
@stage_context.form_option
def command(
    spec: Path | None,
    stage: str,
    generated: Path | None,
    on_local: bool,
    layers: tuple[str, ...],
    since: str,
    failures: bool,
    every: bool,
    form: str,
) -> None:
    """Show what happened: failures first, then all else, each the newest first, times in UTC.

    Joins the events of every stack, also of stacks that are gone (for 90 days), with the operations of the
    stack sets and what they say about each target.
    """
    try:
        start = beginning(since, time.time())
    except ValueError:
        raise click.UsageError(f"--since {since} is neither an age (30m, 2h, 7d) nor a time") from None
    with Report(form).leaving() as report:
        about = stage_context.operated(stage_context.asked(spec, stage, generated), on_local, report)
        known = {layer.stem for layer in about.wanted.layers} | {layer.layer for layer in about.wanted.layers}
        unknown = sorted(set(layers) - known)
        if unknown:
            raise click.UsageError(f"there is no layer {', '.join(unknown)}")
        found = joined(_all(about, start), layers=layers, since=start, failures=failures)
    if form == "json":
        click.echo(render_json(as_json(found)), nl=False)
    elif found:
        click.echo(harmless(text(found, stage_context.width(), len(found) if every else _MOST)))
    else:
        click.echo(f"{'no failures' if failures else 'nothing'} since {since}")


def _all(about: Reached, since: float) -> Iterator[Happening]:
    want = about.wanted
    sets = want.engine == "stack-sets"
    observed = observe(about)
    names = sorted({*(layer.name for layer in want.layers), *observed.layers})
    stacks = event_history.stacks(about.connection, names, want.targets, sets=sets)
    for stack, events in event_history.of_stacks(about.connection, stacks, since):
        for event in events:
            of_stack = event.type == "AWS::CloudFormation::Stack"
            yield Happening(
                event.time,
                stack.name.removeprefix(want.prefix),
                stack.target,
                "stack" if of_stack else event.logical_id,
                event.type,
                event.status,
                event.reason,
            )
    for name in names if sets else ():
        for one in event_history.operations(about.connection, about.settings, name, since):
            yield Happening(
                one.time,
                name.removeprefix(want.prefix),
                one.target,
                f"operation {one.id}",
                one.action,
                one.status,
                one.reason,
            )
