"""A file of the user's, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import click

from petc import atomic_write


def write_whole(path: Path, content: bytes) -> None:
    """Write the content beside the path, and put it in its place; leaves with status 1 when that cannot be.

    A device or pipe (`/dev/stdout`) is written to; it is never replaced by a file.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            atomic_write.write(target, content, durable=True)
    except OSError as fault:
        reason = (fault.strerror or type(fault).__name__).lower()
        click.echo(
            f"cannot write {path}: {reason}; name a file that you may write, with room for it", err=True
        )
        raise click.exceptions.Exit(1) from None
