"""`petc init`: a commented starter spec that compiles."""

from __future__ import annotations

from pathlib import Path

import click

from petc.model.starter import STARTER


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(folder: Path) -> None:
    """Write spec/spec.yaml, a commented starter spec, below FOLDER (default: here). Never overwrites."""
    target = folder / "spec" / "spec.yaml"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(STARTER)
    except FileExistsError:
        click.echo(f"{target} is there already; petc init never overwrites: name another folder", err=True)
        raise click.exceptions.Exit(1) from None
    except OSError as fault:
        click.echo(f"cannot write {target}: {fault.strerror}; name a folder that you may write to", err=True)
        raise click.exceptions.Exit(1) from None
    click.echo(f"wrote {target}; next: petc compile --spec {target}")
