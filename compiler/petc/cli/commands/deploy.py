"""`petc deploy`: bring a stage to its targets, after saying what that changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from petc import deployment, readiness
from petc.cli import confirmation
from petc.cli.options import as_of_option, generated_option, spec_option
from petc.cli.stage_context import (
    Begun,
    begin,
    choice_options,
    emptying_option,
    local_option,
    one_stage_option,
    preflight_option,
    require_ready,
    show_findings,
    show_plan,
    tell,
)
from petc.cli.views.progress import progress
from petc.deploy import codes
from petc.deploy.execute import signals
from petc.deploy.execute.events import Listener
from petc.deploy.observed import Observed
from petc.deploy.plan import document
from petc.deploy.plan.types import Allowance, Plan
from petc.deployment import Prospect
from petc.diagnostics import Rejected

_ROUNDS = 8
"""How many plans one command carries out: each later one starts the services that waited for the one before."""


@click.command("deploy")
@spec_option
@one_stage_option
@generated_option
@local_option
@choice_options
@emptying_option
@click.option(
    "--role", default="", metavar="NAME", help="A role to take in other accounts, to empty buckets."
)
@preflight_option
@click.option(
    "--plan",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=(
        "Execute exactly this plan, made by petc plan --out; fails if the deployed state has changed since the "
        "plan was made."
    ),
)
@click.option("--yes", is_flag=True, help="Do not ask. A protected stage needs --confirm besides.")
@click.option(
    "--confirm", metavar="STAGE", default="", help="The stage's name, typed in for a protected stage."
)
@click.option("--wait", is_flag=True, help="Wait while someone else deploys the stage.")
@click.option(
    "--format",
    "message_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of messages and of progress: json writes one object a line.",
)
@as_of_option
def command(
    spec: Path | None,
    stage: str,
    generated: Path | None,
    on_local: bool,
    layers: tuple[str, ...],
    replacing: tuple[Allowance, ...],
    deleting: tuple[Allowance, ...],
    emptied: bool,
    role: str,
    asks_targets: bool,
    file: Path | None,
    yes: bool,
    confirm: str,
    wait: bool,
    message_format: str,
    as_of: date | None,
) -> None:
    """Bring a stage to its targets: what is generated, after saying what that changes.

    Run it again after any failure or interruption: it waits for what still runs and does what is left.
    """
    if file and (layers or replacing or deleting):
        raise click.UsageError(
            "--plan executes what it holds; --layer, --allow-replace and --allow-delete belong to petc plan"
        )
    begun = begin(spec, stage, generated, as_of, on_local, message_format)
    with begun.report.leaving(), signals.as_interrupts(), progress(message_format) as listener:
        warning = deployment.finish_earlier(begun.at, listener, wait=wait)
        begun.report.show((warning,) if warning else ())
        content = deployment.site_content(begun.at.ready)
        asked = document.from_bytes(file.read_bytes()) if file else None
        choice = _Choice((*replacing, *deleting), layers, exact=False, emptied=emptied, role=role)
        if asked:
            choice = _Choice(
                asked.allowed, tuple(change.stem for change in asked.layers), True, emptied, role
            )
        prospect = choice.look(begun, deployment.at_rest(begun.at, listener))
        plan = prospect.plan
        if asked:
            confirmation.require_same(plan, asked)
        _show(begun, prospect, choice)
        if asks_targets:
            findings = readiness.preflight(begun.at, prospect, choice.layers)
            require_ready(findings)
            show_findings(begun, findings)
        elif not plan.is_empty:
            require_ready(readiness.bootstrap_findings(begun.at))
        if not plan.is_empty:
            seen = confirmation.agree(
                "deploy",
                "deploy this?",
                stage,
                protected=begun.at.wanted.protected,
                confirm=confirm,
                yes=yes,
                can_ask=begun.for_people and confirmation.is_interactive(),
            )
            with deployment.held(begun.at, listener, wait=wait) as guard:
                prospect = _carried_out(begun, plan, choice, listener, guard, exactly=seen or choice.exact)
        site = deployment.publish_site(begun.at, content, prospect.observed)
    tell(begun, prospect, site, changed=not plan.is_empty)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen of a stage; `exact` when a plan was given, besides which nothing is done.

    `emptied` says that buckets are emptied whose stacks go, in other accounts with a `role`.
    """

    allowed: tuple[Allowance, ...]
    layers: tuple[str, ...]
    exact: bool
    emptied: bool = False
    role: str = ""

    def look(self, begun: Begun, observed: Observed | None = None) -> Prospect:
        return deployment.look(begun.at, self.allowed, self.layers, observed)


def _carried_out(
    begun: Begun,
    plan: Plan,
    choice: _Choice,
    listener: Listener,
    guard: Callable[[], None],
    *,
    exactly: bool,
) -> Prospect:
    """Carry out the plan, and the plans that only it made possible; return the last look.

    Raises `Rejected` (`not-settled`) when that does not end, or when a plan changes nothing of what it said.

    `exactly` says that the plan was agreed to as it is; otherwise a newer one takes its place.
    """
    # Between the plan and the lock somebody else may have been quicker.
    now = choice.look(begun, deployment.at_rest(begun.at, listener))
    if exactly:
        confirmation.require_same(now.plan, plan)
    elif confirmation.differs(now.plan, plan):
        _show(begun, now, choice)
    _carry_out(begun, now, choice, listener, guard)
    prospect = choice.look(begun)
    done = now
    for _ in range(0 if choice.exact else _ROUNDS):
        if prospect.plan.is_empty or _same_steps(prospect.plan, done.plan):
            break
        _show(begun, prospect, choice)
        _carry_out(begun, prospect, choice, listener, guard)
        done, prospect = prospect, choice.look(begun)
    if prospect.plan.is_empty:
        return prospect
    _show(begun, prospect, choice)
    if choice.exact and not _same_steps(prospect.plan, done.plan):
        # The plan that was given is done; what it made possible needs a plan of its own.
        click.echo("the plan is carried out, and there is more to do now: see petc plan", err=True)
        return prospect
    raise _not_settled(prospect.plan, repeats=_same_steps(prospect.plan, done.plan))


def _same_steps(one: Plan, other: Plan) -> bool:
    """Whether two plans would ask AWS for the very same: ids of steps are digests of all that they hold."""
    return [step.id for step in one.steps] == [step.id for step in other.steps]


def _not_settled(plan: Plan, *, repeats: bool) -> Rejected:
    layers = ", ".join(dict.fromkeys(step.stem for step in plan.steps))
    what = "the same plan is left as was just carried out" if repeats else f"{_ROUNDS} plans did not suffice"
    return codes.NOT_SETTLED.because(
        f"what is deployed does not become what is generated: {what}, for {layers}",
        "find out what changes these layers back (petc events, petc drift, another pipeline), then run petc "
        "deploy again",
    )


def _carry_out(
    begun: Begun, prospect: Prospect, choice: _Choice, listener: Listener, guard: Callable[[], None]
) -> None:
    if choice.emptied:
        for line in readiness.empty_buckets(begun.at, prospect.plan, prospect.observed, choice.role):
            click.echo(line, err=True)
    deployment.carry_out(begun.at, prospect.plan, listener, guard)


def _show(begun: Begun, prospect: Prospect, choice: _Choice) -> None:
    """Print the plan; raises `Rejected` when it would lose data that nobody gave up, or could not be finished."""
    show_plan(begun, prospect.plan)
    readiness.require_allowed(prospect.plan)
    readiness.require_removable(
        begun.at, prospect.plan, prospect.observed, emptied=choice.emptied, role=choice.role
    )
