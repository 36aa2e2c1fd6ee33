"""`petc recover`: bring what is stuck into a state from which petc deploy can go on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from petc import deployment
from petc.cli import agreeing, operated
from petc.cli.harmless import harmless
from petc.cli.reporting import Report
from petc.deploy.aws import leftovers
from petc.deploy.aws.bootstrap_stack import Places
from petc.deploy.observed import Observed
from petc.deploy.operate import leaving
from petc.deploy.operate.columns import columns
from petc.deploy.operate.recovering import carry_out
from petc.deploy.operate.recovery import Cure, Remedy, remedies
from petc.deploy.run.listener import silent
from petc.deployment import Reached

_ROUNDS = 5
"""How often it is looked again: what waited behind an operation shows only then."""


@click.command("recover")
@operated.options
@click.option("--skip", multiple=True, metavar="LOGICAL_ID", help="Leave a resource as it is in a rollback.")
@click.option(
    "--retain", multiple=True, metavar="LOGICAL_ID", help="Leave a resource standing in a deletion."
)
@click.option("--stop", is_flag=True, help="Stop operations that run, instead of waiting for them.")
@click.option(
    "--role", default="", metavar="NAME", help="A role to take in other accounts, to act on stacks."
)
@click.option(
    "--empty-buckets",
    "emptied",
    is_flag=True,
    help="Delete what lies in buckets of stacks whose deletion failed.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How long it waits in all.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(
    spec: Path | None,
    stage: str,
    out: Path | None,
    on_local: bool,
    skip: tuple[str, ...],
    retain: tuple[str, ...],
    stop: bool,
    role: str,
    emptied: bool,
    timeout: float,
    yes: bool,
) -> None:
    """Mend what is stuck: failed rollbacks and deletions, stacks that never stood, instances given up.

    Shows what it will do and asks. Nothing that stands is changed beyond that; petc deploy goes on from there.
    """
    deadline = time.monotonic() + timeout * 60
    with Report("text").leaving() as report:
        about = operated.operated(operated.asked(spec, stage, out), on_local, report)
        places = Places(about.connection, role)
        # Nobody may deploy while stacks are deleted or taken back.
        with deployment.held(about, silent, wait=False) as guard:
            mended = 0
            for _ in range(_ROUNDS):
                observed = deployment.observe(about)
                found = _needed(about, observed, places, skip, retain, stop)
                if not found:
                    break
                if not _agreed(found, places, stage, yes):
                    raise click.exceptions.Exit(1)
                for remedy in found:
                    guard()
                    if emptied:
                        _empty(about, observed, remedy, places)
                    ended = carry_out(remedy, about.engine, about.settings, places, deadline)
                    where = remedy.target or "its stack set"
                    click.echo(harmless(f"{remedy.stem} in {where}: {remedy.cure.value}: {ended}"))
                    mended += 1
            else:
                click.echo("something is still stuck; petc status shows what", err=True)
                raise click.exceptions.Exit(1)
    click.echo(
        f"nothing {'else ' if mended else ''}needs to be recovered; go on with petc deploy --stage {stage}"
    )


def _needed(
    about: Reached,
    observed: Observed,
    places: Places,
    skip: tuple[str, ...],
    retain: tuple[str, ...],
    stop: bool,
) -> tuple[Remedy, ...]:
    want = about.wanted
    names = {layer.name for layer in want.layers}
    return remedies(
        observed,
        want.prefix,
        sets=want.engine == "stack-sets",
        skip=skip,
        retain=retain,
        stop=stop,
        wanted=lambda name, target: name in names and target in want.targets,
        reached=places.reaches,
    )


def _empty(about: Reached, observed: Observed, remedy: Remedy, places: Places) -> None:
    """Empty the buckets of a stack whose deletion failed, but for those that stay."""
    if remedy.state != "DELETE_FAILED" or remedy.cure not in (Cure.DELETE_STACK, Cure.DELETE_INSTANCE):
        return
    for item, target, stack in leaving.buckets(observed, about.wanted.prefix):
        if (item.stem, target) != (remedy.stem, remedy.target) or item.logical_id in remedy.resources:
            continue
        for name in leftovers.physical_names(about.connection, target, stack, [item.logical_id]).values():
            count = leftovers.empty_bucket(places, target, name)
            click.echo(f"emptied {name} in {target}: {count:,} versions of objects", err=True)


def _agreed(found: Sequence[Remedy], places: Places, stage: str, yes: bool) -> bool:
    rows = [(item.stem, str(item.target or ""), item.state, _doing(item), item.why) for item in found]
    click.echo("\n".join(columns(rows, operated.width())))
    foreign = sorted(
        {item.target.account for item in found if item.acts_on_stack and item.target}
        - {account for item in found if item.target and places.reaches(account := item.target.account)}
    )
    if foreign:
        click.echo(f"stacks in {', '.join(foreign)} take a role there: run it with --role NAME", err=True)
        return False
    if yes or all(item.cure in (Cure.WAIT_OPERATION, Cure.WAIT_STACK) for item in found):
        return True
    return agreeing.asked("do that?")


def _doing(item: Remedy) -> str:
    word = {Cure.CONTINUE_ROLLBACK: "skip", Cure.DELETE_STACK: "retain"}.get(item.cure, "")
    return item.cure.value + (f", {word} {', '.join(item.resources)}" if word and item.resources else "")
