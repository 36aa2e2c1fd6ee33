"""A file of the user's, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import click


def write_whole(path: Path, content: bytes) -> None:
    """Write the content beside the path, and put it in its place; leaves with status 1 when that cannot be."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        click.echo(f"cannot write {path}: {fault.strerror}; name a folder that you may write to", err=True)
        raise click.exceptions.Exit(1) from None
