"""`petc status`: the deployed state of a stage by layer and target, and its addresses."""

from __future__ import annotations

from pathlib import Path

import click

from petc.cli import stage_context
from petc.cli.output import Report, harmless
from petc.cli.stage_context import endpoint
from petc.cli.views import status as status_view
from petc.cli.views.local_addresses import answering
from petc.deploy.aws import stack_ages
from petc.deploy.operations.status import RunningOperation, StageStatus, status
from petc.deployment import Reached, observe
from petc.output.render import render_json


@click.command("status")
@stage_context.options
@stage_context.form_option
def command(spec: Path | None, stage: str, generated: Path | None, on_local: bool, form: str) -> None:
    """Show the deployed state of a stage: each layer in each target, since when, and whether it matches generated/.

    Targets in the same state are shown together; --format json lists each. Ends with the outputs that no layer
    imports: URLs, endpoints, the dashboard. Exit status 0, whatever is found.
    """
    with Report(form).leaving() as report:
        found = looked(stage_context.operated(stage_context.asked(spec, stage, generated), on_local, report))
    local = endpoint(on_local)

    def here(value: str) -> str:
        return answering(value, local) if local else ""

    if form == "json":
        click.echo(render_json(status_view.as_json(found, here)), nl=False)
    else:
        click.echo(harmless(status_view.text(found, stage_context.width(), here)))


def looked(about: Reached) -> StageStatus:
    """Return the deployed state of the stage; raises `Rejected`."""
    want = about.wanted
    observed = observe(about)
    places = sorted({target for layer in observed.layers.values() for target in layer.deployed})
    since = stack_ages.since(about.connection, [place for place in places if place in want.targets])
    running = {}
    for name, layer in observed.layers.items():
        if layer.busy and want.engine == "stack-sets":  # a plain stack tells by its status
            action, began = stack_ages.operation(about.connection, about.settings, name, layer.busy)
            running[name] = RunningOperation(layer.busy, action, began)
    return status(want, observed, since, running)
