"""`petc destroy`: take a deployed stage away, in reverse order, and say what stays."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import click

from petc import deployment, readiness
from petc.cli import confirmation, stage_context
from petc.cli.output import Report, harmless
from petc.cli.stage_context import require_ready
from petc.cli.views import destruction as destruction_view
from petc.cli.views.progress import progress
from petc.deploy.aws import cleanup
from petc.deploy.execute import signals
from petc.deploy.operations import destruction
from petc.deploy.plan import allowances
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Action, Allowance
from petc.deploy.preflight import report as preflight_report
from petc.deploy.targets import Target
from petc.deployment import Reached
from petc.diagnostics import Rejected


@click.command("destroy")
@stage_context.options
@stage_context.delete_option
@click.option("--allow-delete-data", "old_words", multiple=True, hidden=True)
@click.option("--empty-buckets", is_flag=True, help="Delete the objects in buckets that are deleted.")
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
    generated: Path | None,
    on_local: bool,
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
    _refuse_old_words(old_words)
    with Report("text").leaving() as report, signals.as_interrupts(), progress("text") as listener:
        about = stage_context.operated(stage_context.asked(spec, stage, generated), on_local, report)
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
                harmless(destruction_view.foretold(about.wanted, observed, found, stage_context.width()))
                + "\n"
            )
            raise Rejected(refused)
        nothing = dataclasses.replace(about.wanted, layers=())
        # A plan asks for an allowance also where a deletion keeps the resource; here that was decided above.
        words = {Allowance(Action.DELETE, item.logical_id) for item in plan(nothing, observed).refused}
        made = plan(nothing, observed, words)
        if made.is_empty:
            click.echo(
                f"nothing of {about.wanted.spec} {stage} is deployed in {len(about.wanted.targets)} targets"
            )
            return
        click.echo(harmless(destruction_view.foretold(about.wanted, observed, found, stage_context.width())))
        readiness.require_removable(about, made, observed, emptied=empty_buckets, role=role)
        findings = readiness.importers(about, observed)
        require_ready(findings)
        report.show(preflight_report.diagnostics(findings))
        confirmation.agree(
            "destroy",
            "destroy all of it?",
            stage,
            protected=about.wanted.protected,
            confirm=confirm,
            yes=yes,
            can_ask=confirmation.is_interactive(),
        )
        with deployment.held(about, listener, wait=False) as guard:
            # Before the lock somebody may have deployed what nobody gave up.
            confirmation.require_same(plan(nothing, deployment.at_rest(about, listener), words), made)
            for line in readiness.empty_buckets(about, made, observed, role) if empty_buckets else ():
                click.echo(line, err=True)
            deployment.carry_out(about, made, listener, guard)
        left = _left(about, about.wanted.targets)
    click.echo(harmless(destruction_view.residue(found, left, stage_context.width())))


def _refuse_old_words(old_words: tuple[str, ...]) -> None:
    """Leave with a usage error for an option that is spelled otherwise by now."""
    if old_words:
        again = " ".join(f"{allowances.OPTIONS[Action.DELETE]} {word}" for word in old_words)
        raise click.UsageError(f"--allow-delete-data is now --allow-delete; write {again}")


def _left(about: Reached, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return log groups and snapshots that no template owns any more."""
    want = about.wanted
    name = f"{want.spec}-{want.stage}"
    prefixes = (f"/{want.spec}/{want.stage}/", f"/aws/lambda/{name}-", f"aws-waf-logs-{name}")
    groups = cleanup.log_groups(about.connection, targets, prefixes)
    kept = cleanup.snapshots(about.connection, targets, name.lower())
    return (*(f"log group {item}" for item in groups), *(f"snapshot {item}" for item in kept))
