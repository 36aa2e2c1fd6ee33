"""How a command says what stopped it: at the line of the spec, once that is read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import click

from petc.cli import printing
from petc.diagnostics import Diagnostic, Rejected
from petc.source.placing import placed
from petc.source.tree import Node


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
            printing.messages(at, self.sources, self.message_format, as_result=as_result)

    @contextlib.contextmanager
    def leaving(self) -> Iterator[Report]:
        """Print what `Rejected` carries, and leave with status 1."""
        try:
            yield self
        except Rejected as rejected:
            self.show(rejected.diagnostics)
            raise click.exceptions.Exit(1) from None
