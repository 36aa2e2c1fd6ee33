"""`petc compile`: the templates of every stage, verified and written."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click

from petc import build_cache
from petc.cli import output
from petc.cli.options import (
    CACHE,
    as_of_option,
    format_option,
    out_option,
    spec_option,
    stage_option,
    today,
)
from petc.cli.paths import default_out, find, shown
from petc.cli.views.layer_table import table
from petc.diagnostics import Rejected


@click.command("compile")
@spec_option
@stage_option
@out_option
@click.option(
    "--check", is_flag=True, help="Compare with what stands in the output folder and write nothing."
)
@click.option(
    "--lint/--no-lint",
    default=True,
    show_default=True,
    help="Verify the templates; without, only quotas are counted.",
)
@click.option("--watch", is_flag=True, help="Compile again at each save, and show what changed.")
@format_option
@as_of_option
def command(
    spec: Path | None,
    stages: tuple[str, ...],
    out: Path | None,
    check: bool,
    lint: bool,
    watch: bool,
    message_format: str,
    as_of: date | None,
) -> None:
    """Write one CloudFormation template per layer and stage, verified, with a manifest.

    Nothing is written when the spec or the verification has an error.
    """
    if check and watch:
        raise click.UsageError("--check writes nothing and --watch writes at each save; use one of them")
    try:
        path = find(spec)
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, message_format, as_result=False)
        raise click.exceptions.Exit(1) from None
    folder = out or default_out(path)
    if watch:
        from petc.cli.watch import watch as follow

        follow(path, folder, stages=stages, lint=lint, as_of=as_of)
        return
    started = time.monotonic()
    cache = folder.parent / CACHE
    question = "\n".join((shown(path), str(folder.absolute()), today(as_of).isoformat(), str(lint), *stages))
    known = build_cache.recall(cache, question, path)
    if known:
        text = {shown(path): path.read_text("utf-8")} if known.diagnostics else {}
        output.messages(known.diagnostics, text, message_format, as_result=False)
        if message_format == "text":
            for stage in known.folders:
                click.echo(table(stage.manifest, stage.files))
            what = f"nothing to do: {shown(folder)} holds what {shown(path)} compiles to"
            click.echo(f"{output.counted(known.diagnostics)}; {what}; {time.monotonic() - started:.1f} s")
        return
    from petc.cli.full_compile import compile_fresh

    failed = compile_fresh(path, folder, stages, check, lint, message_format, as_of, question, started)
    output.finish(failed)
