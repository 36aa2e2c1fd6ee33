"""`petc init`: a commented starter spec that compiles, and where it is asked for a workflow that deploys it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

import click

from petc.cli import install_source, output, workflows
from petc.cli.commands.schema import text
from petc.cli.install_source import PetcSource
from petc.cli.options import STARTER_SPEC
from petc.diagnostics import Rejected
from petc.model.starter import STARTER
from petc.source.overlay import stage_names
from petc.source.parse import parse
from petc.source.read import read_spec

SCHEMA = "petc.schema.json"
"""Where the starter's first line sends editors: beside the spec."""

WORKFLOW = ".github/workflows/deploy.yml"
"""Where GitHub looks for it; GitHub Docs, "Workflow syntax for GitHub Actions"."""


_STAGE = re.compile(r"[a-z][a-z0-9-]*")
"""What may stand in a workflow unquoted and unescaped; the schema says the same of stages."""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--workflows",
    "hoster",
    type=click.Choice(["github"]),
    default=None,
    help=f"Also write {WORKFLOW}, which plans pull requests and deploys main, and {workflows.REQUIREMENTS}, "
    "which pins what it installs. An existing spec is kept.",
)
@click.option(
    "--petc-from",
    "source",
    metavar="URL|WHEEL",
    default=None,
    help="What the workflow installs as petc: git+https://…@COMMIT, https://….whl#sha256=DIGEST, or a wheel in "
    "the repository. Default: where this petc was installed from, if that pins a commit or a hash.",
)
def command(folder: Path, hoster: str | None, source: str | None) -> None:
    """Write spec/spec.yaml, a commented starter spec, below FOLDER (default: here). Never overwrites a file.

    Beside it lands petc.schema.json, from which editors complete and explain.
    """
    if source and not hoster:
        raise click.UsageError("--petc-from belongs to --workflows")
    spec = folder / STARTER_SPEC
    there = spec.exists()
    if there and not hoster:
        _refuse(spec)
    for name in (WORKFLOW, workflows.REQUIREMENTS) if hoster else ():
        if (folder / name).exists():
            _refuse(folder / name)
    petc = _source(source, folder) if hoster else None
    if not there:
        _write(spec, STARTER)
        _write(spec.parent / SCHEMA, text(), anew=True)
    if petc:
        stages = _stages(spec)
        _write(folder / workflows.REQUIREMENTS, workflows.requirements(petc))
        _write(folder / WORKFLOW, workflows.deploy(stages, workflows.install(petc)))
        click.echo(f"wrote {folder / WORKFLOW}; next: set the variables that its first lines name")
    if not there:
        click.echo(f"wrote {spec}; next: petc compile --spec {spec}")


def _source(text: str | None, folder: Path) -> PetcSource:
    """Return what the workflow installs; print why it cannot be known, and leave."""
    try:
        return install_source.require(text, folder)
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, "text", as_result=False)
        raise click.exceptions.Exit(1) from None


def _stages(spec: Path) -> tuple[str, ...]:
    """Return the stages of the spec in its order; print what keeps it from being read, and leave."""
    try:
        names = stage_names(parse(read_spec(spec), str(spec)))
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, "text", as_result=False)
        raise click.exceptions.Exit(1) from None
    if not names or not all(_STAGE.fullmatch(name) for name in names):
        click.echo(f"{spec} has no sound stages; petc validate says why", err=True)
        raise click.exceptions.Exit(1)
    return names


def _write(target: Path, content: str, *, anew: bool = False) -> None:
    """Write a file that is not there yet, or with `anew` in any case; otherwise say why not and leave."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w" if anew else "x", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
    except FileExistsError:
        _refuse(target)
    except OSError as fault:
        click.echo(f"cannot write {target}: {fault.strerror}; name a folder that you may write to", err=True)
        raise click.exceptions.Exit(1) from None


def _refuse(target: Path) -> NoReturn:
    click.echo(f"{target} is there already; petc init never overwrites: name another folder", err=True)
    raise click.exceptions.Exit(1)
