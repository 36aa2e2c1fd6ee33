"""`petc init`: a commented starter spec that compiles."""

from __future__ import annotations

from pathlib import Path

import click

from petc.cli.schema_command import text
from petc.model.starter import STARTER

SCHEMA = "petc.schema.json"
"""Where the starter's first line sends editors: beside the spec."""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(folder: Path) -> None:
    """Write spec/spec.yaml, a commented starter spec, below FOLDER (default: here). Never overwrites a spec.

    Beside it lands petc.schema.json, from which editors complete and explain.
    """
    target = folder / "spec" / "spec.yaml"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(STARTER)
        (target.parent / SCHEMA).write_text(text(), "utf-8", newline="\n")
    except FileExistsError:
        click.echo(f"{target} is there already; petc init never overwrites: name another folder", err=True)
        raise click.exceptions.Exit(1) from None
    except OSError as fault:
        click.echo(f"cannot write {target}: {fault.strerror}; name a folder that you may write to", err=True)
        raise click.exceptions.Exit(1) from None
    click.echo(f"wrote {target}; next: petc compile --spec {target}")
