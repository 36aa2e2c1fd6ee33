"""`petc destroy`: take a deployed stage away, in reverse order, and say what stays."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import click

from petc import deployment
from petc.cli import agreeing, allowing, operated
from petc.cli.harmless import harmless
from petc.cli.progress import progress
from petc.cli.reporting import Report
from petc.deploy.aws import leftovers
from petc.deploy.aws.bootstrap_stack import Places
from petc.deploy.observed import Observed
from petc.deploy.operate import destruction, destruction_text
from petc.deploy.operate.destruction import Held
from petc.deploy.plan import allowances
from petc.deploy.plan.planning import plan
from petc.deploy.plan.types import Action, Allowance
from petc.deploy.run import interrupts
from petc.deploy.targets import Target
from petc.deployment import Reached
from petc.diagnostics import Diagnostic, Rejected, Severity


@click.command("destroy")
@operated.options
@allowing.allow_options
@click.option("--allow-delete-data", "old_words", multiple=True, hidden=True)
@click.option("--empty-buckets", is_flag=True, help="Delete what lies in buckets whose data may go.")
@click.option(
    "--role", default="", metavar="NAME", help="A role to take in other accounts, to empty buckets."
)
@click.option(
    "--confirm", metavar="STAGE", default="", help="The stage's name, typed in for a protected stage."
)
@click.option("--yes", is_flag=True, help="Do not ask. A protected stage needs --confirm besides.")
def command(
    spec: Path | None,
    stage: str,
    out: Path | None,
    on_local: bool,
    replacing: tuple[Allowance, ...],
    deleting: tuple[Allowance, ...],
    old_words: tuple[str, ...],
    empty_buckets: bool,
    role: str,
    confirm: str,
    yes: bool,
) -> None:
    """Delete every layer of a stage in every target, last layers first; layers that need not wait go together.

    Refuses while a resource is protected from deletion, while one holds data and no --allow-delete names it
    (--allow-delete all names every resource of a stage that is not protected), and while a bucket holds objects
    and --empty-buckets is not given. What stays behind by its deletion policy, snapshots and log groups are
    listed at the end.
    """
    _refuse_usage(replacing, old_words)
    with Report("text").leaving() as report, interrupts.as_interrupts(), progress("text") as listener:
        about = operated.operated(operated.asked(spec, stage, out), on_local, report)
        warning = deployment.finish_earlier(about, listener, wait=False)
        report.show((warning,) if warning else ())
        observed = deployment.at_rest(about, listener)
        found = destruction.held(observed, about.wanted.prefix)
        slips = destruction.unknown(found, deleting)
        if slips:
            raise click.UsageError(f"{allowances.option(slips[0])}: no such resource would lose data")
        refused = destruction.refusals(found, deleting, protected=about.wanted.protected)
        if refused:
            click.echo(
                harmless(destruction_text.foretold(about.wanted, observed, found, operated.width())) + "\n"
            )
            raise Rejected(refused)
        nothing = dataclasses.replace(about.wanted, layers=())
        # A plan asks for an allowance also where a deletion keeps the resource; here that was decided above.
        words = {Allowance(Action.DELETE, item.logical_id) for item in plan(nothing, observed).refused}
        made = plan(nothing, observed, words)
        if made.is_empty:
            click.echo(
                f"nothing of {about.wanted.spec} {stage} stands in {len(about.wanted.targets)} targets"
            )
            return
        click.echo(harmless(destruction_text.foretold(about.wanted, observed, found, operated.width())))
        deployment.require_removable(about, made, observed, emptied=empty_buckets)
        agreeing.agree(
            "destroy",
            "destroy all of it?",
            stage,
            protected=about.wanted.protected,
            confirm=confirm,
            yes=yes,
            can_ask=agreeing.is_interactive(),
        )
        with deployment.held(about, listener, wait=False) as guard:
            # Before the lock somebody may have deployed what nobody gave up.
            agreeing.require_same(plan(nothing, deployment.at_rest(about, listener), words), made)
            _clear(about, observed, found, Places(about.connection, role), empty_buckets)
            deployment.carry_out(about, made, listener, guard)
        left = _left(about, about.wanted.targets)
    click.echo(harmless(destruction_text.residue(found, left, operated.width())))


def _refuse_usage(replacing: tuple[Allowance, ...], old_words: tuple[str, ...]) -> None:
    """Leave with a usage error for options that mean nothing here, or are spelled otherwise by now."""
    if old_words:
        again = " ".join(f"{allowances.OPTIONS[Action.DELETE]} {word}" for word in old_words)
        raise click.UsageError(f"--allow-delete-data is now --allow-delete; write {again}")
    if replacing:
        written = allowances.option(replacing[0])
        raise click.UsageError(
            f"{written}: destroy replaces nothing; --allow-delete names what may be deleted"
        )


def _clear(about: Reached, observed: Observed, found: Sequence[Held], places: Places, empty: bool) -> None:
    """Empty the buckets that go, if that was asked for; raises `Rejected` for one that cannot be reached."""
    prefix = about.wanted.prefix
    for item in destruction.buckets(found) if empty else ():
        for target in item.targets:
            if not places.reaches(target.account):
                raise Rejected((_unreached(item, target),))
            stack = observed.layers[prefix + item.stem].deployed[target]
            names = leftovers.physical_names(about.connection, target, stack.stack_id, [item.logical_id])
            for name in names.values():
                count = leftovers.empty_bucket(places, target, name)
                click.echo(f"emptied {name} in {target}: {count:,} versions of objects", err=True)


def _unreached(item: Held, target: Target) -> Diagnostic:
    return Diagnostic(
        "bucket-not-empty",
        Severity.ERROR,
        f"the bucket {item.logical_id} of {item.stem} in {target} cannot be emptied with these credentials",
        help="name a role of that account with --role, or empty it there",
    )


def _left(about: Reached, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return log groups and snapshots that no template owns any more."""
    want = about.wanted
    name = f"{want.spec}-{want.stage}"
    prefixes = (f"/{want.spec}/{want.stage}/", f"/aws/lambda/{name}-", f"aws-waf-logs-{name}")
    groups = leftovers.log_groups(about.connection, targets, prefixes)
    kept = leftovers.snapshots(about.connection, targets, name.lower())
    return (*(f"log group {item}" for item in groups), *(f"snapshot {item}" for item in kept))
