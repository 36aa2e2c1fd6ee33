"""What planning and deploying begin with: a stage that is generated as its spec says, and the way to its AWS."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from petc.cli import afterwards, printing
from petc.cli.allowing import allow_options
from petc.cli.harmless import harmless
from petc.cli.options import Command
from petc.cli.reaching import endpoint, reach, stands_locally
from petc.cli.reporting import Report
from petc.cli.requests import request
from petc.deploy.assets.synchronise import Synchronised
from petc.deploy.operate.status import status
from petc.deploy.plan.layout import Look
from petc.deploy.plan.text import render
from petc.deploy.plan.types import Plan
from petc.deploy.preflight import report as preflight_report
from petc.deploy.preflight.types import Finding
from petc.deploy.wanted import expected_account, home_region
from petc.deployment import Prospect, Reached, connection_of, reached, ready
from petc.diagnostics import Rejected, Severity
from petc.source.tree import locate


@dataclass(frozen=True, slots=True)
class Begun:
    """A stage on its way: `at` where it goes, `report` how problems on the way are said."""

    at: Reached
    report: Report
    out: Path
    endpoint: str = ""
    """The URL of the local AWS, when it is the one."""

    def place(self, pointer: str) -> str:
        """Return `FILE:LINE:COLUMN` of a JSON pointer into the spec."""
        return str(locate(self.at.ready.judged.tree, pointer, on_key=True))

    @property
    def for_people(self) -> bool:
        """Whether people read what is printed, not machines."""
        return self.report.message_format == "text"


def choice_options(command: Command) -> Command:
    """Add `--layer`, `--allow-replace` and `--allow-delete`: what of a stage is planned, and what it may cost."""
    layer = click.option(
        "--layer", "layers", multiple=True, help="A layer, by name or file; repeat for several. Default: all."
    )
    return layer(allow_options(command))


def emptying_option(command: Command) -> Command:
    """Add `--empty-buckets`: stacks that go take their buckets along, which must be empty then."""
    return click.option(
        "--empty-buckets",
        "emptied",
        is_flag=True,
        help="Delete what lies in buckets whose stacks are deleted: of targets and layers that leave the stage.",
    )(command)


preflight_option = click.option(
    "--preflight/--no-preflight",
    "asks_targets",
    default=True,
    help="Ask each target what would stop the deployment there: quotas, taken names, certificates. Default: ask.",
)


def show_findings(begun: Begun, findings: tuple[Finding, ...]) -> None:
    """Print what the targets answered: beside the plan for people, one object a line for machines."""
    if begun.for_people:
        begun.report.show(preflight_report.diagnostics(findings))
        return
    for item in preflight_report.values(findings):
        click.echo(json.dumps({"event": "finding", **item}))


def require_ready(findings: tuple[Finding, ...]) -> None:
    """Raise `Rejected` with all that was found when a target is certain to stop the deployment."""
    found = preflight_report.diagnostics(findings)
    if any(item.severity is Severity.ERROR for item in found):
        raise Rejected(found)


def begin(
    spec: Path | None,
    stage: str,
    out: Path | None,
    as_of: date | None,
    on_local: bool,
    message_format: str,
) -> Begun:
    """Return the stage and the way to its AWS; print every problem and leave with status 1 otherwise."""
    with Report(message_format).leaving() as report:
        asked = request(spec, as_of, stages=(stage,), out=out)
        outcome, found = ready(asked, stage)
        report.sources = outcome.sources
        report.show(outcome.diagnostics)
        if found is None:
            raise click.exceptions.Exit(1)
        report.tree = found.judged.tree
        reach(on_local, asked.out, expected_account(found.stage), home_region(found.stage))
        at = reached(found, connection_of(found.stage))
        return Begun(at, report, asked.out, endpoint(on_local))


def show_plan(begun: Begun, plan: Plan) -> None:
    """Print a plan for people; nothing when machines listen, which ask petc plan for it."""
    if begun.for_people:
        look = Look(
            printing.width(sys.stdout), _styled if printing.is_colored(sys.stdout) else _plain, begun.place
        )
        click.echo(render(plan, look), nl=False, color=True)


def tell(begun: Begun, prospect: Prospect, site: tuple[Synchronised, ...], *, changed: bool) -> None:
    """Print where things are, what is still to do, and what a local result is worth; at length when it `changed`."""
    if not begun.for_people:
        return
    outputs = status(prospect.wanted, prospect.observed).outputs
    lines = [
        *afterwards.site(site),
        *afterwards.addresses(outputs, begun.endpoint, printing.width(sys.stdout)),
        *afterwards.waiting(prospect.images, explained=changed),
    ]
    if begun.endpoint:
        with begun.report.leaving():
            lines.append(afterwards.honesty(stands_locally(begun.out)))
    for line in lines:
        click.echo(harmless(line))


_COLORS = {
    "title": {"bold": True},
    "create": {"fg": "green"},
    "update": {"fg": "yellow"},
    "replace": {"fg": "magenta"},
    "delete": {"fg": "red"},
    "warning": {"fg": "red", "bold": True},
    "quiet": {"dim": True},
}


def _styled(role: str, text: str) -> str:
    return click.style(text, **_COLORS.get(role, {}))  # type: ignore[arg-type]


def _plain(role: str, text: str) -> str:
    return text
