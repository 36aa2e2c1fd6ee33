"""What reaches the terminal: messages in the asked format, summaries, and the exit status."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

import click

from petc import __version__
from petc.diagnostics import Diagnostic, Severity
from petc.report.options import RenderOptions
from petc.report.table import RENDERERS


def messages(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], message_format: str, *, as_result: bool
) -> None:
    """Print diagnostics: on standard output when they are the command's result or meant for a machine.

    Text has a closing line that counts them. Colour only on a terminal and without NO_COLOR.
    """
    to_stderr = message_format == "text" and not as_result
    stream = sys.stderr if to_stderr else sys.stdout
    color = is_colored(stream)
    codes = {}
    if message_format == "sarif":
        from petc.cli.catalogue import every_code  # imports every phase, which other formats do not need

        codes = every_code()
    text = RENDERERS[message_format](
        diagnostics, sources, RenderOptions(color, width(stream), codes, __version__)
    )
    if text:
        click.echo(text.rstrip("\n"), err=to_stderr, color=True)
    if message_format == "text" and diagnostics:
        click.echo("\n" + counted(diagnostics), err=to_stderr)


def is_colored(stream: TextIO) -> bool:
    """Whether a stream shows colours: a terminal that knows them, of somebody who wants them."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """Return the cells of a line: the terminal's, or 100 where there is none."""
    return max(40, shutil.get_terminal_size((100, 24)).columns) if stream.isatty() else 100


def counted(diagnostics: Sequence[Diagnostic]) -> str:
    """Return `2 errors, 1 warning`, or `no findings`."""
    parts = []
    for severity in Severity:
        number = sum(1 for item in diagnostics if item.severity is severity)
        if number:
            parts.append(f"{number} {severity.value}{'' if number == 1 else 's'}")
    return ", ".join(parts) or "no findings"


def finish(failed: bool) -> None:
    """Leave with status 1 when the command failed."""
    if failed:
        raise click.exceptions.Exit(1)
