"""`petc package`: the functions' zips, each with its bill of materials."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from petc.cli import output
from petc.cli.options import CACHE, as_of_option, format_option, spec_option, stage_option
from petc.cli.paths import shown
from petc.cli.request import request
from petc.deploy.package.package import FunctionSource, Packed, packed, sources
from petc.deploy.package.sbom import SUFFIX
from petc.diagnostics import Diagnostic, Rejected
from petc.output.errors import unwritable
from petc.pipeline import Judged, Outcome, judged_with_sources
from petc.source.placing import placed


@click.command("package")
@spec_option
@stage_option
@click.option("--function", "functions", multiple=True, help="A function; repeat for several. Default: all.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help=f"Folder of the packages. Default: {CACHE}/packages beside the folder of the spec.",
)
@format_option
@as_of_option
def command(
    spec: Path | None,
    stages: tuple[str, ...],
    functions: tuple[str, ...],
    out: Path | None,
    message_format: str,
    as_of: date | None,
) -> None:
    """Build each function's zip, the same bytes on every machine, and beside it what it is made of.

    A zip has the key that it has in the artifact buckets; its digest in the key is that of its inputs.
    Requirements are fetched as wheels by pip, checked by hash and kept in .petc/wheels.
    """
    try:
        asked = request(spec, as_of, stages=stages)
        cache = asked.out.parent / CACHE
        outcome = judged_with_sources(asked)
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, message_format, as_result=False)
        raise click.exceptions.Exit(1) from None
    folder = out or cache / "packages"
    found: dict[str, Packed] = {}
    problems: list[Diagnostic] = list(outcome.diagnostics)
    if not outcome.failed:
        _known(functions, outcome.judged)
        for judged in outcome.judged:
            for source in sources(judged.stage, asked.spec.parent):
                if source.key in found or (functions and source.function not in functions):
                    continue
                try:
                    found[source.key] = _written(source, cache / "wheels", folder)
                except Rejected as rejected:
                    problems += placed(rejected.diagnostics, judged.tree)
    result = Outcome(tuple(dict.fromkeys(problems)), outcome.sources)
    output.messages(result.diagnostics, result.sources, message_format, as_result=False)
    if message_format == "text" and found:
        click.echo(_table(tuple(found.values()), shown(folder)))
    elif message_format == "text" and not result.failed:
        click.echo("nothing to package: the spec has no functions")
    output.finish(result.failed)


def _known(functions: Sequence[str], judged: Sequence[Judged]) -> None:
    names = sorted({name for item in judged for name in item.stage.functions})
    for name in functions:
        if name not in names:
            there = f"the spec has {', '.join(names)}" if names else "the spec has none"
            raise click.UsageError(f"there is no function '{name}'; {there}")


def _written(source: FunctionSource, wheels: Path, folder: Path) -> Packed:
    made = packed(source, wheels)
    target = folder / made.key
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, made.content)
        _replace(target.with_name(target.name.removesuffix(".zip") + SUFFIX), made.bill)
    except OSError as fault:
        raise Rejected((unwritable(target, fault),)) from None
    return made


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(target)


def _table(made: Sequence[Packed], folder: str) -> str:
    rows = [("function", "bytes", "sha256", "key")]
    rows += [(item.function, f"{len(item.content):,}", item.sha256[:12], item.key) for item in made]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"  {name.ljust(widths[0])}  {size.rjust(widths[1])}  {digest.ljust(widths[2])}  {key}"
        for name, size, digest, key in rows
    ]
    count = f"{len(made)} package{'' if len(made) == 1 else 's'}"
    return "\n".join((*lines, f"{count} in {folder}, each with its bill of materials beside it"))
