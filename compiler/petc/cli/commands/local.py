"""`petc local`: an AWS on this machine, to try a deployment without an account."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from petc.cli import output
from petc.cli.options import CACHE, generated_option, spec_option
from petc.cli.paths import default_out, find, shown
from petc.cli.views import local_servers, local_status
from petc.diagnostics import Rejected
from petc.local import discovery, process
from petc.local.access import access
from petc.local.admin_request import ask
from petc.local.server_record import Running

FOLDER = "local"
"""Folder of the local AWS within the cache, beside the output."""

Command = TypeVar("Command", bound=Callable[..., Any])


def folder_of(spec: Path | None, generated: Path | None) -> Path:
    """Return the folder of the local AWS that belongs to a spec or an output; raises `Rejected`."""
    return (generated or default_out(find(spec))).absolute().parent / CACHE / FOLDER


@click.group("local")
def command() -> None:
    """Run an AWS on this machine: MiniStack on 127.0.0.1, with what petc adds. No account, no Docker.

    Needs the package ministack; the error says which version when it is missing. What is deployed there is
    kept until `petc local reset`.
    """


def _options(function: Command) -> Command:
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Form of the result and of messages.",
    )
    return spec_option(generated_option(form(function)))


@command.command("start")
@_options
@click.option("--account", metavar="ID", help="Account of requests without signature. Default: the last one.")
@click.option("--region", metavar="NAME", help="Region of requests without signature. Default: the last one.")
def start(
    spec: Path | None, generated: Path | None, form: str, account: str | None, region: str | None
) -> None:
    """Start it, or say where it runs already."""
    if account is not None and not (len(account) == 12 and account.isascii() and account.isdigit()):
        raise click.UsageError(f"--account {account} is not a number of 12 digits")
    with _reporting(form):
        folder = _cleaned(folder_of(spec, generated), form)
        reach = access(server := process.start(folder, account=account, region=region))
    if form == "json":
        _print(local_status.described(server) | {"environment": dict(reach.environment)})
        return
    click.echo(f"the local AWS answers at {server.endpoint}, process {server.pid}")
    click.echo("\nThe AWS CLI and the SDKs reach it, and only it, with:\n")
    for name, value in reach.environment.items():
        click.echo(f"  export {name}={value}")
    click.echo("\nThe access key is the account; another number of 12 digits is another account.")


@command.command("stop")
@_options
@click.option("--all", "every", is_flag=True, help="Stop every local AWS that this user runs, of any folder.")
def stop(spec: Path | None, generated: Path | None, form: str, every: bool) -> None:
    """Stop it. What is deployed is there again after the next start.

    Without --spec and --generated the local AWS of the project around or below the working directory is meant, also
    when it was started with other options.
    """
    if every and (spec or generated):
        raise click.UsageError("--all takes neither --spec nor --generated")
    with _reporting(form):
        ended = _stop_every() if every else _stop_one(spec, generated, form)
    others = tuple(local_servers.described(server) for server in discovery.running())
    if form == "json":
        _print({"running": False, "stopped": bool(ended), "others": others})
        return
    for server in ended:
        click.echo(local_servers.stopped(server))
    if not ended:
        click.echo("the local AWS was not running")
        click.echo(local_servers.text(discovery.running()), nl=False, err=True)


def _stop_every() -> tuple[Running, ...]:
    return tuple(ended for server in discovery.running() if (ended := process.stop(server.folder)))


def _stop_one(spec: Path | None, generated: Path | None, form: str) -> tuple[Running, ...]:
    """Stop the server of a folder, or else the only one nearby when no folder is named; raises `Rejected`."""
    try:
        folder = folder_of(spec, generated)
    except Rejected:
        if spec or generated:
            raise
    else:
        if ended := process.stop(_cleaned(folder, form)):
            return (ended,)
        if spec or generated:
            return ()
    nearby = discovery.near(Path.cwd(), discovery.running())
    ended = process.stop(nearby[0].folder) if len(nearby) == 1 else None
    return (ended,) if ended else ()


@command.command("status")
@_options
def status(spec: Path | None, generated: Path | None, form: str) -> None:
    """Say whether it runs and what is deployed: how many resources run, answer, or are only recorded.

    Exit status 0 also when it does not run, for that is no fault; `--format json` says `"running": false`.
    """
    with _reporting(form):
        server = process.running(_cleaned(folder_of(spec, generated), form))
        held = local_status.inventory(server) if server else {}
    if server is None:
        click.echo('{"running": false}' if form == "json" else "the local AWS is not running")
        if form == "text" and not (spec or generated):
            click.echo(local_servers.text(discovery.running()), nl=False, err=True)
    elif form == "json":
        _print(local_status.described(server) | held)
    else:
        click.echo(local_status.text(server, held))


@command.command("reset")
@_options
def reset(spec: Path | None, generated: Path | None, form: str) -> None:
    """Stop it and delete all that was deployed to it. It stays stopped."""
    with _reporting(form):
        folder = folder_of(spec, generated)
        existed = folder.exists()
        ended = process.reset(folder)
    if form == "json":
        _print({"running": False, "stopped": ended is not None, "deleted": existed})
    else:
        click.echo(f"deleted {shown(folder)}" if existed else "there was nothing to delete")


@command.command("join")
@click.argument("accounts", nargs=-1, required=True, metavar="ACCOUNT...")
@click.option("--unit", required=True, metavar="OU", help="The organizational unit, made when there is none.")
@click.option(
    "--management", metavar="ID", help="Account of the organization. Default: that of the local AWS."
)
@_options
def join(
    spec: Path | None,
    generated: Path | None,
    form: str,
    accounts: tuple[str, ...],
    unit: str,
    management: str | None,
) -> None:
    """Put accounts into an organizational unit, to try a stage whose targets are units.

    Ids are yours to choose, so that a spec can be tried as it is. StackSets get trusted access besides.
    """
    with _reporting(form):
        server = process.start(_cleaned(folder_of(spec, generated), form))
    owner = management or server.account
    try:
        asked = {"management": owner, "unit": unit, "accounts": list(accounts)}
        ask(server.endpoint, "POST", "units", asked, token=server.token)
    except ValueError as refused:
        raise click.UsageError(str(refused)) from None
    if form == "json":
        _print(asked)
    else:
        click.echo(f"{unit} of account {owner} holds {', '.join(accounts)}")


@contextlib.contextmanager
def _reporting(form: str) -> Iterator[None]:
    """Print what is refused, and leave with status 1."""
    try:
        yield
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, form, as_result=False)
        raise click.exceptions.Exit(1) from None


def _cleaned(folder: Path, form: str) -> Path:
    """Return the folder without the record of a server that was killed; says so, but not into JSON."""
    notes = process.clean(folder)
    if form == "text":
        output.messages(notes, {}, form, as_result=False)
    return folder


def _print(values: object) -> None:
    click.echo(json.dumps(values, indent=2))
