"""What planning and deploying begin with: a stage that is generated as its spec says, and the way to its AWS."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from petc.cli import printing
from petc.cli.reaching import reach
from petc.cli.requests import request
from petc.deploy.wanted import expected_account, home_region
from petc.deployment import Reached, Ready, reached, ready
from petc.diagnostics import Diagnostic, Rejected
from petc.source.placing import placed
from petc.source.tree import locate


@dataclass(frozen=True, slots=True)
class Begun:
    """A stage on its way: `at` where it goes, `sources` the texts that messages quote."""

    at: Reached
    sources: Mapping[str, str]
    message_format: str
    endpoint: str = ""
    """The URL of the local AWS, when it is the one."""

    def place(self, pointer: str) -> str:
        """Return `FILE:LINE` of a JSON pointer into the spec."""
        found = locate(self.at.ready.judged.tree, pointer, on_key=True)
        return f"{found.file}:{found.line}"

    @contextlib.contextmanager
    def reporting(self) -> Iterator[None]:
        """Print what `Rejected` carries, placed in the spec, and leave with status 1."""
        with _reporting(self.at.ready, self.sources, self.message_format):
            yield


def begin(
    spec: Path | None,
    stage: str,
    out: Path | None,
    as_of: date | None,
    on_local: bool,
    message_format: str,
) -> Begun:
    """Return the stage and the way to its AWS; print every problem and leave with status 1 otherwise."""
    with _reporting(None, {}, message_format):
        asked = request(spec, as_of, stages=(stage,), out=out)
        outcome, found = ready(asked, stage)
    printing.messages(outcome.diagnostics, outcome.sources, message_format, as_result=False)
    if found is None:
        raise click.exceptions.Exit(1)
    with _reporting(found, outcome.sources, message_format):
        endpoint = reach(on_local, asked.out, expected_account(found.stage), home_region(found.stage))
        return Begun(reached(found), outcome.sources, message_format, endpoint)


def warn(begun: Begun, *found: Diagnostic) -> None:
    """Print what does not stop the command."""
    tree = begun.at.ready.judged.tree
    printing.messages(placed(found, tree), begun.sources, begun.message_format, as_result=False)


@contextlib.contextmanager
def _reporting(about: Ready | None, sources: Mapping[str, str], message_format: str) -> Iterator[None]:
    try:
        yield
    except Rejected as rejected:
        found = placed(rejected.diagnostics, about.judged.tree) if about else rejected.diagnostics
        printing.messages(found, sources, message_format, as_result=False)
        raise click.exceptions.Exit(1) from None
