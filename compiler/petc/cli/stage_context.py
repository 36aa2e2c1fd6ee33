"""From options to a stage, its templates, its account and its targets, for commands that use AWS."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import click

from petc.artifacts import Artifacts
from petc.cli import output
from petc.cli.options import CACHE, Command, generated_option, layer_option, spec_option
from petc.cli.output import Report, harmless
from petc.cli.paths import find, shown
from petc.cli.request import request
from petc.cli.views import deployment
from petc.cli.views.plan import Look, render
from petc.deploy.aws.connection import Connection
from petc.deploy.desired import expected_account, home_region
from petc.deploy.operations.status import status
from petc.deploy.plan import allowances
from petc.deploy.plan.types import Action, Allowance, Plan
from petc.deploy.preflight import report as preflight_report
from petc.deploy.preflight.types import PreflightFinding
from petc.deploy.site.sync import Synchronised
from petc.deployment import Prospect, Reached, Ready, connection_of, reached, ready
from petc.diagnostics import Rejected, Severity
from petc.output.folder import read_stage
from petc.pipeline import Judged, Request, judged_with_sources
from petc.source.overlay import stage_names
from petc.source.parse import parse
from petc.source.read import read_spec
from petc.source.tree import locate


class _AllowanceType(click.ParamType[Allowance]):
    """The value of one of the options."""

    name = "allowance"

    def __init__(self, action: Action) -> None:
        self.action = action

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Allowance:
        """Return the allowance, or leave with a usage error (exit status 2) that shows the grammar."""
        if isinstance(value, Allowance):
            return value
        try:
            return allowances.parse(self.action, str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


def allow_options(command: Command) -> Command:
    """Add both options; the command gets `replacing` and `deleting`, tuples of `Allowance`."""
    return replace_option(delete_option(command))


def replace_option(command: Command) -> Command:
    """Add `--allow-replace`."""
    return click.option(
        allowances.OPTIONS[Action.REPLACE],
        "replacing",
        multiple=True,
        type=_AllowanceType(Action.REPLACE),
        metavar=allowances.FORM,
        help="A resource that may be replaced although it holds data, everywhere or in one account or target; "
        "repeat for several.",
    )(command)


def delete_option(command: Command) -> Command:
    """Add `--allow-delete`."""
    return click.option(
        allowances.OPTIONS[Action.DELETE],
        "deleting",
        multiple=True,
        type=_AllowanceType(Action.DELETE),
        metavar=allowances.FORM,
        help="A resource that may be deleted although it holds data, everywhere or in one account or target; "
        "repeat for several.",
    )(command)


_PIPE = 10_000


def one_stage_option(command: Command) -> Command:
    """Add `--stage` for commands about one stage; without it, the only stage of the spec is meant.

    A usage error names the stages of a spec with several.
    """

    @functools.wraps(command)
    def of_a_stage(*args: Any, spec: Path | None, stage: str | None, **options: Any) -> Any:
        form = str(options.get("message_format") or options.get("form") or "text")
        return command(*args, spec=spec, stage=stage or _only_stage(spec, form), **options)

    help_ = "The stage. May be left out when the spec has only one."
    return cast("Command", click.option("--stage", help=help_)(of_a_stage))


def _only_stage(spec: Path | None, message_format: str) -> str:
    try:
        path = find(spec)
        stages = stage_names(parse(read_spec(path), shown(path)))
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, message_format, as_result=False)
        raise click.exceptions.Exit(1) from None
    if not stages:
        raise click.UsageError(f"{shown(path)} defines no stage; add one under `stages`")
    if len(stages) > 1:
        raise click.UsageError(
            f"{shown(path)} has several stages; pass --stage {' or --stage '.join(stages)}"
        )
    return stages[0]


def options(command: Command) -> Command:
    """Add the options that all of these commands share: `--spec`, `--stage`, `--generated`, `--local`."""
    return spec_option(one_stage_option(generated_option(local_option(command))))


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


def asked(spec: Path | None, stage: str, generated: Path | None) -> Request:
    """Return the request for one stage; raises `Rejected` when no spec is found."""
    return request(spec, date.today(), stages=(stage,), out=generated)


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
    layer = layer_option("A layer, by name or file; repeat for several. Default: all.")
    return layer(allow_options(command))


def emptying_option(command: Command) -> Command:
    """Add `--empty-buckets`: stacks that go take their buckets along, which must be empty then."""
    return click.option(
        "--empty-buckets",
        "emptied",
        is_flag=True,
        help="Delete the objects in buckets whose stacks are deleted: of targets and layers that leave the stage.",
    )(command)


preflight_option = click.option(
    "--preflight/--no-preflight",
    "asks_targets",
    default=True,
    help="Ask each target what would stop the deployment there: quotas, taken names, certificates. Default: ask.",
)


def show_findings(begun: Begun, findings: tuple[PreflightFinding, ...]) -> None:
    """Print what the targets answered: beside the plan for people, one object a line for machines."""
    if begun.for_people:
        begun.report.show(preflight_report.diagnostics(findings))
        return
    for item in preflight_report.values(findings):
        click.echo(json.dumps({"event": "finding", **item}))


def require_ready(findings: tuple[PreflightFinding, ...]) -> None:
    """Raise `Rejected` with all that was found when a target is certain to stop the deployment."""
    found = preflight_report.diagnostics(findings)
    if any(item.severity is Severity.ERROR for item in found):
        raise Rejected(found)


def begin(
    spec: Path | None,
    stage: str,
    generated: Path | None,
    as_of: date | None,
    on_local: bool,
    message_format: str,
) -> Begun:
    """Return the stage and the way to its AWS; print every problem and leave with status 1 otherwise."""
    with Report(message_format).leaving() as report:
        asked = request(spec, as_of, stages=(stage,), out=generated)
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
            output.width(sys.stdout), _styled if output.is_colored(sys.stdout) else _plain, begun.place
        )
        click.echo(render(plan, look), nl=False, color=True)


def tell(begun: Begun, prospect: Prospect, site: tuple[Synchronised, ...], *, changed: bool) -> None:
    """Print where things are, what is still to do, and what a local result is worth; at length when it `changed`."""
    if not begun.for_people:
        return
    outputs = status(prospect.wanted, prospect.observed).outputs
    lines = [
        *deployment.site(site),
        *deployment.addresses(outputs, begun.endpoint, output.width(sys.stdout)),
        *deployment.waiting(prospect.images, explained=changed),
    ]
    if begun.endpoint:
        with begun.report.leaving():
            lines.append(deployment.honesty(stands_locally(begun.out)))
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


LOCAL_FOLDER = "local"
"""Below the cache folder: what the local AWS keeps."""

ENDPOINT = "AWS_ENDPOINT_URL"
"""By which AWS tools are told where AWS is; AWS SDKs and Tools Reference Guide, "Service-specific endpoints"."""


def local_option(command: Command) -> Command:
    """Add `--local`."""
    return click.option(
        "--local",
        "on_local",
        is_flag=True,
        help="Use the local AWS on this machine (`petc local`), started when it does not run.",
    )(command)


def reach(on_local: bool, out: Path, account: str, region: str) -> None:
    """Lay the local AWS over this process's environment when it is asked for.

    The adapters read the environment as every AWS tool does, and learn nothing else: they cannot tell which
    AWS they speak to. `account` is the one of the credentials, empty for any. Raises `Rejected`.
    """
    if not on_local:
        return
    from petc.local import process
    from petc.local.access import access, laid_over

    server = process.start(out.parent / CACHE / LOCAL_FOLDER, account=account or None, region=region)
    environment = laid_over(os.environ, access(server, account, region))
    os.environ.clear()
    os.environ.update(environment)


def endpoint(on_local: bool) -> str:
    """Return the URL of the local AWS once it was reached; nothing when it is not the one."""
    return os.environ[ENDPOINT] if on_local else ""


def stands_locally(out: Path) -> Mapping[str, int]:
    """Return how many resources of the local AWS run, answer, or are only recorded. Raises `Rejected`."""
    from petc.cli.views.local_status import inventory
    from petc.local import process

    server = process.running(out.parent / CACHE / LOCAL_FOLDER)
    totals = inventory(server).get("totals") if server else None
    return totals if isinstance(totals, dict) else {}
