"""`petc explain`: what a message means; where a resource comes from; what comes from a line of the spec."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from petc.cli import output
from petc.cli.code_catalogue import every_code
from petc.cli.options import generated_option, spec_option, stage_option
from petc.cli.request import request
from petc.diagnostics import Code, Rejected
from petc.source.suggest import closest
from petc.source_map import Origin, origins

_WIDTH = 92


@click.command("explain")
@click.argument("subject")
@spec_option
@stage_option
@generated_option
def command(subject: str, spec: Path | None, stages: tuple[str, ...], generated: Path | None) -> None:
    """Explain SUBJECT: a message's code, a logical id, a place FILE:LINE of the spec, or a JSON pointer into it."""
    codes = every_code()
    if subject in codes:
        click.echo(_code(codes[subject]))
        return
    if subject.startswith("lint-"):
        click.echo(_lint(subject))
        return
    try:
        asked = request(spec, None, stages=stages, out=generated)
        found = origins(asked, subject)
    except Rejected as rejected:
        output.messages(rejected.diagnostics, {}, "text", as_result=False)
        raise click.exceptions.Exit(1) from None
    if not found.matches:
        click.echo(f"there is no code, resource or place {subject!r}", err=True)
        near = closest(subject, (*codes, *found.logical_ids))
        way_out = (
            f"did you mean {near!r}?"
            if near
            else "messages show codes in brackets; logical ids are in generated/"
        )
        click.echo(f"  help: {way_out}", err=True)
        raise click.exceptions.Exit(1)
    click.echo("\n\n".join("\n".join(_origin(match)) for match in found.matches))


def _code(code: Code) -> str:
    parts = [f"{code.name} ({code.severity.value}): {code.title}", "", *textwrap.wrap(code.why, _WIDTH)]
    for title, example in (
        ("refused:" if code.severity.value == "error" else "reported:", code.bad),
        ("fine:", code.good),
    ):
        if example:
            parts += ["", title, textwrap.indent(example.rstrip("\n"), "    ")]
    return "\n".join(parts)


def _lint(subject: str) -> str:
    rule = subject.removeprefix("lint-").upper()
    return (
        f"{subject}: rule {rule} of cfn-lint, found in a generated template\n\n"
        "The message names the template and the resource, and points at the line of the spec that the resource\n"
        "comes from. If a change of the spec cannot mend it, `overrides:` can, and it may be a fault in petc."
    )


def _origin(origin: Origin) -> Iterator[str]:
    yield f"{origin.logical_id}  {origin.type}"
    yield f"  in    {origin.stage}/{origin.file}"
    yield f"  from  {origin.place}  {origin.pointer}"
    if origin.excerpt:
        yield f"          {origin.excerpt}"
    if origin.why:
        yield f"  for   {origin.why}"
    if origin.overridden:
        yield f"  overridden: {origin.overridden}"
