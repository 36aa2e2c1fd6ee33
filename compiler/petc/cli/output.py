"""What reaches the terminal: diagnostics in the chosen format, text from AWS made harmless, and the exit status."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import click

from petc import __version__
from petc.diagnostics import Diagnostic, Rejected, Severity
from petc.report.options import RenderOptions
from petc.report.table import RENDERERS
from petc.source.placing import placed
from petc.source.tree import Node


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
        from petc.cli.code_catalogue import every_code  # imports every phase, which other formats do not need

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


@dataclass(slots=True)
class Report:
    """The form of messages, and what they quote: the stage's `tree` and the texts of files, as they become known."""

    message_format: str
    tree: Node | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def show(self, found: Sequence[Diagnostic], *, as_result: bool = False) -> None:
        """Print diagnostics, each at its place where that is known; nothing for none."""
        if found or as_result:
            at = placed(found, self.tree) if self.tree else found
            messages(at, self.sources, self.message_format, as_result=as_result)

    @contextlib.contextmanager
    def leaving(self) -> Iterator[Report]:
        """Print what `Rejected` carries, and leave with status 1."""
        try:
            yield self
        except Rejected as rejected:
            self.show(rejected.diagnostics)
            raise click.exceptions.Exit(1) from None


def plain(text: str) -> str:
    """Return the text in one line without control and format characters, which would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def harmless(text: str) -> str:
    """Return a text of several lines, each of them `plain`."""
    return "\n".join(plain(line) for line in text.split("\n"))
