"""`petc recover`: repair failed stacks so that the next deploy can run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from petc import deployment
from petc.cli import confirmation, stage_context
from petc.cli.output import Report, harmless
from petc.deploy.aws import cleanup
from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.execute import signals
from petc.deploy.execute.events import silent
from petc.deploy.observed import Observed
from petc.deploy.operations import stack_removal
from petc.deploy.operations.recovery_plan import Cure, Remedy, remedies
from petc.deploy.operations.recovery_run import carry_out
from petc.deployment import Reached
from petc.diagnostics import Rejected
from petc.report.columns import columns

_ROUNDS = 5
"""How often it is looked again: what waited behind an operation shows only then."""


@click.command("recover")
@stage_context.options
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
    help="Delete the objects in buckets of stacks whose deletion failed.",
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
    generated: Path | None,
    on_local: bool,
    skip: tuple[str, ...],
    retain: tuple[str, ...],
    stop: bool,
    role: str,
    emptied: bool,
    timeout: float,
    yes: bool,
) -> None:
    """Repair failed stacks: rollbacks and deletions that failed, stacks that were never created, lost instances.

    Shows what it will do and asks. Nothing else is changed; run petc deploy afterwards.
    """
    deadline = time.monotonic() + timeout * 60
    with Report("text").leaving() as report:
        about = stage_context.operated(stage_context.asked(spec, stage, generated), on_local, report)
        places = Places(about.connection, role)
        mended = 0
        found = _needed(about, deployment.observe(about), places, skip, retain, stop)
        # Asked before the lock is taken: an open prompt must not keep every other deployment waiting.
        if found and not _agreed(found, places, stage, yes):
            raise click.exceptions.Exit(1)
        if found:
            # Nobody may deploy while stacks are deleted or taken back. Who only looks needs no lock.
            with signals.as_interrupts(), deployment.held(about, silent, wait=False) as guard:
                mended = _mended(
                    lambda observed: _needed(about, observed, places, skip, retain, stop),
                    # What was agreed to is not asked again; a later look may find more.
                    lambda again: again == found or _agreed(again, places, stage, yes),
                    _Carrier(about, places, emptied, deadline, guard),
                )
    click.echo(
        f"nothing {'else ' if mended else ''}needs recovery; continue with petc deploy --stage {stage}"
    )


@dataclass(frozen=True, slots=True)
class _Carrier:
    """What every remedy is carried out with; `guard` raises `Rejected` once somebody else holds the stage."""

    about: Reached
    places: Places
    emptied: bool
    deadline: float
    guard: Callable[[], None]

    def carry_out(self, remedy: Remedy, observed: Observed) -> None:
        self.guard()
        if self.emptied:
            _empty(self.about, observed, remedy, self.places)
        ended = carry_out(remedy, self.about.engine, self.about.settings, self.places, self.deadline)
        where = remedy.target or "its stack set"
        click.echo(harmless(f"{remedy.stem} in {where}: {remedy.cure.value}: {ended}"))


def _mended(
    needed: Callable[[Observed], Sequence[Remedy]],
    agreed: Callable[[Sequence[Remedy]], bool],
    carrier: _Carrier,
) -> int:
    """Mend what is stuck, look again, and return how much was mended; leave with status 1 when anything stays."""
    mended = 0
    for _ in range(_ROUNDS):
        observed = deployment.observe(carrier.about)
        found = needed(observed)
        if not found:
            return mended
        if not agreed(found):
            raise click.exceptions.Exit(1)
        for remedy in found:
            carrier.carry_out(remedy, observed)
            mended += 1
    click.echo("something is still stuck; petc status shows what", err=True)
    raise click.exceptions.Exit(1)


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
    for item, target, stack in stack_removal.buckets(observed, about.wanted.prefix):
        if (item.stem, target) != (remedy.stem, remedy.target) or item.logical_id in remedy.resources:
            continue
        if not places.reaches(target.account):
            raise Rejected(tuple(stack_removal.unreached([stack_removal.LeavingBucket(item, target, "")])))
        for name in cleanup.physical_names(about.connection, target, stack, [item.logical_id]).values():
            count = cleanup.empty_bucket(places, target, name)
            click.echo(f"emptied {name} in {target}: {count:,} versions of objects", err=True)


def _agreed(found: Sequence[Remedy], places: Places, stage: str, yes: bool) -> bool:
    rows = [(item.stem, str(item.target or ""), item.state, _doing(item), item.why) for item in found]
    click.echo("\n".join(columns(rows, stage_context.width())))
    foreign = sorted(
        {item.target.account for item in found if item.acts_on_stack and item.target}
        - {account for item in found if item.target and places.reaches(account := item.target.account)}
    )
    if foreign:
        click.echo(f"stacks in {', '.join(foreign)} take a role there: run it with --role NAME", err=True)
        return False
    if yes or all(item.cure in (Cure.WAIT_OPERATION, Cure.WAIT_STACK) for item in found):
        return True
    return confirmation.asked("do that?")


def _doing(item: Remedy) -> str:
    word = {Cure.CONTINUE_ROLLBACK: "skip", Cure.DELETE_STACK: "retain"}.get(item.cure, "")
    return item.cure.value + (f", {word} {', '.join(item.resources)}" if word and item.resources else "")
