"""`petc bootstrap`: the roles, policies and buckets without which nothing can be deployed."""

from __future__ import annotations

import re
from pathlib import Path

import click

from petc.cli import confirmation, stage_context
from petc.cli.output import Report, harmless
from petc.cli.views import bootstrap
from petc.deploy import service_linked_roles
from petc.deploy.aws import accounts, bootstrap_stacks, call_settings, stage_ownership
from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection
from petc.deploy.bootstrap import run as bootstrap_run
from petc.deploy.bootstrap.run import Proposed
from petc.deploy.bootstrap.stacks import ADMINISTRATOR, LATER, Bootstrap, names, stacks
from petc.deploy.desired import expected_account, wanted
from petc.deploy.targets import product
from petc.pipeline import Judged, Request

_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
"""The name of a repository on GitHub with that of its account; a wildcard would trust everybody."""


@click.command("bootstrap")
@stage_context.options
@click.option(
    "--print",
    "which",
    is_flag=False,
    flag_value="all",
    default=None,
    metavar="[WHICH]",
    help="Print templates and change nothing, without AWS: all, administrator, target, or a stack's name.",
)
@click.option("--role", default="", metavar="NAME", help="A role to take in each other target account.")
@click.option(
    "--github",
    "repositories",
    multiple=True,
    metavar="OWNER/REPO",
    help="Let the workflows of a GitHub repository plan and deploy, by OpenID Connect; may be repeated.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(
    spec: Path | None,
    stage: str,
    generated: Path | None,
    on_local: bool,
    which: str | None,
    role: str,
    repositories: tuple[str, ...],
    yes: bool,
) -> None:
    """Make what deploying a stage needs: roles with the least rights, artifact buckets, gateway settings.

    Shows what changes and asks. Needs credentials of the administrator account that may make roles. Accounts of
    organizational units are served by stack sets. Other target accounts are served with --role; without it, the
    commands for their administrators are printed.
    """
    for repository in repositories:
        if not _REPOSITORY.fullmatch(repository):
            raise click.UsageError(
                f"--github {repository!r} is not the name of one repository: give OWNER/REPO as GitHub spells it"
            )
    with Report("text").leaving() as report:
        wish = stage_context.asked(spec, stage, generated)
        found = stage_context.judged(wish, report)
        if which is not None:
            _print(found, wish, which, repositories)
            return
        connection = stage_context.connected(found, wish, on_local)
        about = _about(found, wish, connection, repositories)
        bare = wanted(about.stage, about.made, connection.account, about.targets)
        common = call_settings.of(bare)
        stage_ownership.require(connection, common, bare.engine, bare.prefix, about.targets)
        stage_ownership.require_bootstrap(connection, ADMINISTRATOR)
        _run(about, Places(connection, role), common, yes)


def _print(found: Judged, wish: Request, which: str, repositories: tuple[str, ...]) -> None:
    """Print templates without asking AWS; values that only AWS knows appear in capitals."""
    stage = found.stage
    administrator = expected_account(stage) or LATER["account"]
    units = stage.targets.organizational_units
    targets = product(stage.targets.accounts or ("TARGET",), stage.targets.regions)
    organization = LATER["organization"] if units else ""
    about = Bootstrap(
        stage, stage_context.generated(wish), administrator, targets, organization, repositories
    )
    known = sorted({name for name, _ in names(about)})
    if which not in ("all", "administrator", "target", *known):
        raise click.UsageError(f"--print {which}: there are all, administrator, target, {', '.join(known)}")
    click.echo(bootstrap.printed(stacks(about), which), nl=False)
    left = [
        word for word in (LATER["account"], LATER["organization"]) if word in (administrator, organization)
    ]
    if left:
        click.echo(f"put in what only AWS knows: {', '.join(left)}", err=True)


def _about(found: Judged, wish: Request, connection: Connection, repositories: tuple[str, ...]) -> Bootstrap:
    stage = found.stage
    units = stage.targets.organizational_units
    targets = product(stage.targets.accounts or accounts.of_units(connection, units), stage.targets.regions)
    return Bootstrap(
        stage,
        stage_context.generated(wish),
        connection.account,
        targets,
        bootstrap_stacks.organization(connection) if units else "",
        repositories,
        not repositories or not bootstrap_stacks.has_github_provider(connection),
    )


def _run(about: Bootstrap, places: Places, common: Settings, yes: bool) -> None:
    proposed = bootstrap_run.propose(about, places, common)
    if not proposed.is_empty:
        shown = (
            bootstrap.proposals(proposed.proposals, stage_context.width()),
            bootstrap.linked(proposed.linked),
            bootstrap.sets(proposed.sets),
            bootstrap.surplus(proposed.surplus),
        )
        click.echo(harmless("\n".join(text for text in shown if text)))
        if not (yes or _agreed(proposed, places)):
            click.echo("nothing was changed", err=True)
            raise click.exceptions.Exit(1)
        bootstrap_run.perform(
            proposed, places, common, lambda done: click.echo(harmless(f"done: {done}"), err=True)
        )
    count = len(proposed.proposals) + len(proposed.sets) + len(proposed.surplus)
    click.echo(
        f"{count} stack{'' if count == 1 else 's'} changed, {len(proposed.unchanged)} as they should be"
    )
    services = [role.service for role in service_linked_roles.of(about.view)]
    if proposed.by_hand:
        click.echo(harmless("\n" + bootstrap.by_hand(proposed.by_hand, about.stage.stage, services)))


def _agreed(proposed: Proposed, places: Places) -> bool:
    """Return whether somebody agreed; takes the proposals back otherwise, also when the question is interrupted."""
    agreed = False
    try:
        agreed = confirmation.asked("make these changes?")
    finally:
        if not agreed:
            bootstrap_run.discard(proposed, places)
    return agreed
