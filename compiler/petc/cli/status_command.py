"""`petc status`: how a stage stands, per layer and target, and the addresses that people need."""

from __future__ import annotations

from pathlib import Path

import click

from petc.cli import operated
from petc.cli.harmless import harmless
from petc.cli.local_addresses import answering
from petc.cli.reaching import endpoint
from petc.cli.reporting import Report
from petc.deploy.aws import stack_states
from petc.deploy.operate import status_text
from petc.deploy.operate.status import Running, StageStatus, status
from petc.deployment import Reached, observe
from petc.output.render import render_json


@click.command("status")
@operated.options
@operated.form_option
def command(spec: Path | None, stage: str, out: Path | None, on_local: bool, form: str) -> None:
    """Show how a stage stands: each layer in each target, since when, and whether it is what is generated.

    Targets that stand alike are shown together; --format json lists each. Ends with the outputs that no layer
    imports: URLs, endpoints, the dashboard. Exit status 0, whatever is found.
    """
    with Report(form).leaving() as report:
        found = looked(operated.operated(operated.asked(spec, stage, out), on_local, report))
    local = endpoint(on_local)

    def here(value: str) -> str:
        return answering(value, local) if local else ""

    if form == "json":
        click.echo(render_json(status_text.as_json(found, here)), nl=False)
    else:
        click.echo(harmless(status_text.text(found, operated.width(), here)))


def looked(about: Reached) -> StageStatus:
    """Return how the stage stands now; raises `Rejected`."""
    want = about.wanted
    observed = observe(about)
    places = sorted({target for layer in observed.layers.values() for target in layer.deployed})
    since = stack_states.since(about.connection, [place for place in places if place in want.targets])
    running = {}
    for name, layer in observed.layers.items():
        if layer.busy and want.engine == "stack-sets":  # a plain stack tells by its status
            action, began = stack_states.operation(about.connection, about.settings, name, layer.busy)
            running[name] = Running(layer.busy, action, began)
    return status(want, observed, since, running)
