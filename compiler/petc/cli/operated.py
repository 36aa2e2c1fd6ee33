"""What every command about a deployed stage begins with: the stage, what is generated of it, and the way to AWS."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from petc.artifacts import Artifacts
from petc.cli.options import CACHE, out_option, spec_option
from petc.cli.reaching import local_option, reach
from petc.cli.reporting import Report
from petc.cli.requests import request
from petc.deploy.aws.connection import Connection
from petc.deploy.wanted import expected_account, home_region
from petc.deployment import Reached, Ready, connection_of, reached
from petc.diagnostics import Rejected
from petc.output.folder import read_stage
from petc.pipeline import Judged, Request, judged_with_sources

Command = TypeVar("Command", bound=Callable[..., Any])

_PIPE = 10_000


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


def judged(wish: Request, report: Report) -> Judged:
    """Return the stage as the spec has it, and let the report quote it; raises `Rejected` with all that is wrong."""
    found = judged_with_sources(wish)
    report.sources = found.sources
    if found.failed or not found.judged:
        raise Rejected(found.diagnostics)
    report.tree = found.judged[0].tree
    return found.judged[0]


def generated(wish: Request) -> Artifacts:
    """Return what is generated of the stage; raises `Rejected` when that is missing or torn."""
    return Artifacts.of_folder(read_stage(wish.out / wish.stages[0]))


def operated(wish: Request, on_local: bool, report: Report) -> Reached:
    """Return the stage and the way to it. Raises `Rejected`, among others with `wrong-account`."""
    found = judged(wish, report)
    made = generated(wish)
    connection = connected(found, wish, on_local)
    return reached(Ready(found, made, wish.spec.parent, wish.out.absolute().parent / CACHE), connection)


def connected(found: Judged, wish: Request, on_local: bool) -> Connection:
    """Return the connection with the credentials of the stage's account; raises `Rejected` for another one's."""
    reach(on_local, wish.out, expected_account(found.stage), home_region(found.stage))
    return connection_of(found.stage)


def width() -> int:
    """Return the cells of a line: the terminal's; in a pipe a line is as long as it is, for grep."""
    return max(40, shutil.get_terminal_size((100, 24)).columns) if sys.stdout.isatty() else _PIPE
