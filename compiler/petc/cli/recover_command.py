"""`petc recover`: bring what is stuck into a state from which petc deploy can go on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from petc.cli import agreeing, operated
from petc.cli.harmless import harmless
from petc.cli.reporting import Report
from petc.deploy.aws.bootstrap_stack import Places
from petc.deploy.operate.columns import columns
from petc.deploy.operate.recovering import carry_out
from petc.deploy.operate.recovery import Cure, Remedy, remedies
from petc.deployment import Reached, observe

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
    yes: bool,
) -> None:
    """Mend what is stuck: failed rollbacks and deletions, stacks that never stood, instances given up.

    Shows what it will do and asks. Nothing that stands is changed beyond that; petc deploy goes on from there.
    """
    with Report("text").leaving() as report:
        about = operated.operated(operated.asked(spec, stage, out), on_local, report)
        places = Places(about.connection, role)
        mended = 0
        for _ in range(_ROUNDS):
            found = _needed(about, skip, retain, stop)
            if not found:
                break
            if not _agreed(found, places, stage, yes):
                raise click.exceptions.Exit(1)
            for remedy in found:
                ended = carry_out(remedy, about.engine, about.settings, places)
                where = remedy.target or "its stack set"
                click.echo(harmless(f"{remedy.stem} in {where}: {remedy.cure.value}: {ended}"))
                mended += 1
        else:
            click.echo("something is still stuck; petc status shows what", err=True)
            raise click.exceptions.Exit(1)
    click.echo(
        f"nothing {'else ' if mended else ''}needs to be recovered; go on with petc deploy --stage {stage}"
    )


def _needed(about: Reached, skip: tuple[str, ...], retain: tuple[str, ...], stop: bool) -> tuple[Remedy, ...]:
    want = about.wanted
    observed = observe(about)
    sets = want.engine == "stack-sets"
    return remedies(observed, want.prefix, sets=sets, skip=skip, retain=retain, stop=stop)


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
