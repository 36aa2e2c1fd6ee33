"""What every command about a deployed stage begins with: the stage, what is generated of it, and the way to AWS."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from petc.artifacts import Artifacts
from petc.cli import printing
from petc.cli.options import out_option, spec_option
from petc.cli.reaching import local_option, reach
from petc.cli.requests import request
from petc.deploy.aws import accounts
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.engines import engine_for
from petc.deploy.aws.settings import Settings, of
from petc.deploy.engine import Engine
from petc.deploy.targets import product
from petc.deploy.wanted import Wanted, expected_account, home_region, wanted
from petc.diagnostics import Diagnostic, Rejected, Severity
from petc.output.folder import read_stage
from petc.pipeline import Judged, Outcome, Request, judged_with_sources
from petc.source.placing import placed

Command = TypeVar("Command", bound=Callable[..., Any])

_PIPE = 10_000


@dataclass(frozen=True, slots=True)
class Operated:
    """A stage as the spec and `generated/` have it, and the way to the AWS that it is deployed to."""

    judged: Judged
    wanted: Wanted
    connection: Connection
    settings: Settings
    engine: Engine


def options(command: Command) -> Command:
    """Add the options that all of these commands share: `--spec`, `--stage`, `--out`, `--local`."""
    stage = click.option("--stage", required=True, help="The stage.")
    return spec_option(stage(out_option(local_option(command))))


def form_option(command: Command) -> Command:
    """Add `--format text|json`, the form of the result and of messages."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Form of the result and of messages.",
    )(command)


def asked(spec: Path | None, stage: str, out: Path | None) -> Request:
    """Return the request for one stage; raises `Rejected` when no spec is found."""
    return request(spec, date.today(), stages=(stage,), out=out)


def judged(wish: Request) -> Judged:
    """Return the stage as the spec has it; raises `Rejected` with all that is wrong with it."""
    found = judged_with_sources(wish)
    if found.failed or not found.judged:
        raise Rejected(found.diagnostics)
    return found.judged[0]


def generated(wish: Request) -> Artifacts:
    """Return what is generated of the stage; raises `Rejected` when that is missing or torn."""
    return Artifacts.of_folder(read_stage(wish.out / wish.stages[0]))


def operated(wish: Request, on_local: bool) -> Operated:
    """Return the stage and the way to it. Raises `Rejected`, among others with `wrong-account`."""
    found = judged(wish)
    made = generated(wish)
    stage = found.stage
    connection = connected(found, wish, on_local)
    units = stage.targets.organizational_units
    targets = product(stage.targets.accounts or accounts.of_units(connection, units), stage.targets.regions)
    want = wanted(stage, made, connection.account, targets)
    settings = of(want)
    return Operated(found, want, connection, settings, engine_for(want.engine, connection, settings))


def connected(found: Judged, wish: Request, on_local: bool) -> Connection:
    """Return the connection with the credentials of the stage's account; raises `Rejected` for another one's."""
    stage = found.stage
    expected = expected_account(stage)
    reach(on_local, wish.out, expected, home_region(stage))
    connection = Connection(home_region(stage))
    if expected and connection.account != expected:
        message = f"the credentials are of account {connection.account}, and the stage is administered from {expected}"
        at = "/targets/administrator" if stage.targets.administrator else "/targets/accounts"
        help_ = "set AWS_PROFILE to a profile of that account, or correct `targets.administrator`"
        refused = Diagnostic("wrong-account", Severity.ERROR, message, pointer=at, help=help_)
        raise Rejected(placed((refused,), found.tree))
    return connection


@contextlib.contextmanager
def reporting(form: str) -> Iterator[None]:
    """Print what `Rejected` carries and leave with status 1."""
    try:
        yield
    except Rejected as rejected:
        outcome = Outcome(rejected.diagnostics)
        printing.messages(outcome.diagnostics, {}, form, as_result=False)
        raise click.exceptions.Exit(1) from None


def width() -> int:
    """Return the cells of a line: the terminal's; in a pipe a line is as long as it is, for grep."""
    return max(40, shutil.get_terminal_size((100, 24)).columns) if sys.stdout.isatty() else _PIPE


def is_interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and os.environ.get("CI", "") == ""
