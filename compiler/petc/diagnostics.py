"""Problems as values: where they are, how bad they are, and what helps.

A phase either returns its result or raises `Rejected` with every problem that it found.
A checker yields diagnostics and never raises.
Only the pipeline collects, sorts, places and stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum


class Severity(Enum):
    """How bad a problem is; an `ERROR` makes the command exit with status 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Sort key: errors first."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span in a file: lines and columns count from 1, the end is exclusive.

    Columns count Unicode code points, not bytes and not terminal cells.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """Return `file:line:column`, the form that editors make a link of."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a problem, such as the first of two equal keys.

    Give a `location`, or a `pointer` for the pipeline to place.
    """

    message: str
    location: Location | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    `message` is one sentence, lower case, without a full stop, that names the value and the rule.
    `help` says the way out in the same form, or is empty.
    `pointer` is a JSON pointer (RFC 6901) into the spec as written for one stage; whoever knows the
    positions turns it into `location`. `on_key` places the caret under the key, not the value.
    `stage` names the stage in which the problem shows, or is empty when it shows in every stage.
    `artifact` names the generated file and logical id that a finding of the verification is about.
    """

    code: str
    severity: Severity
    message: str
    pointer: str | None = None
    location: Location | None = None
    help: str = ""
    related: tuple[Related, ...] = ()
    on_key: bool = False
    stage: str = ""
    artifact: str = ""

    @property
    def is_error(self) -> bool:
        """Whether this problem makes the command fail."""
        return self.severity is Severity.ERROR

    def placed_at(self, location: Location | None, related: tuple[Related, ...] = ()) -> Diagnostic:
        """Return the same problem with its position filled in."""
        return replace(self, location=location, related=related or self.related)


@dataclass(slots=True)
class Rejected(Exception):
    """A phase refuses its input; carries every problem of that phase."""

    diagnostics: tuple[Diagnostic, ...] = field(default=())

    def __str__(self) -> str:
        """Return the messages, for a developer who sees this exception uncaught."""
        return "; ".join(f"{item.code}: {item.message}" for item in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Code:
    """What `petc explain` says about one diagnostic code.

    `name` is kebab-case and never changes its meaning. `title` is one line.
    `why` is a short paragraph: what breaks on AWS, and the way out.
    `bad` and `good` are YAML fragments laid over the starter spec (see `petc.model.starter`), or whole
    files when `whole_file` is set; the tests run both. Codes that no spec text can show
    (a full disk, a torn folder) leave both empty and say in `why` how they come about.
    """

    name: str
    severity: Severity
    title: str
    why: str
    bad: str = ""
    good: str = ""
    whole_file: bool = False

    def diagnostic(
        self,
        message: str,
        pointer: str | None = None,
        location: Location | None = None,
        help: str = "",
        related: tuple[Related, ...] = (),
        on_key: bool = False,
        stage: str = "",
        artifact: str = "",
    ) -> Diagnostic:
        """Return one problem of this code; the arguments are those of `Diagnostic`."""
        return Diagnostic(
            self.name, self.severity, message, pointer, location, help, related, on_key, stage, artifact
        )

    def because(self, message: str, help: str = "", *, pointer: str | None = None) -> Rejected:
        """Return the refusal for one problem of this code; the arguments are those of `Diagnostic`."""
        return Rejected((self.diagnostic(message, pointer, help=help),))


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics by position, then severity, then code; what reads the same stands once.

    A default that many parts inherit is wrong in one place, however many parts show it.
    """
    first: dict[tuple[object, ...], Diagnostic] = {}
    for item in diagnostics:
        first.setdefault((*_order(item), item.location or item.pointer), item)
    return tuple(sorted(first.values(), key=_order))


MOST = 100
"""Messages of one command; nobody reads more, and a hostile file has one per line."""

MORE = Code(
    "more-messages",
    Severity.NOTE,
    "there are more messages than are shown",
    "A command shows a hundred messages, errors before warnings, and counts the others. Most likely one mistake is "
    "behind many of them: correct those that are shown, and run the command again.",
)
CODES = (MORE,)
"""The codes that belong to no phase."""


def limited(diagnostics: Iterable[Diagnostic], most: int = MOST) -> tuple[Diagnostic, ...]:
    """Return the first `most` of ordered diagnostics, errors before others, and a note that counts the rest."""
    found = tuple(diagnostics)
    if len(found) <= most:
        return found
    worst_first = sorted(range(len(found)), key=lambda number: (found[number].severity.rank, number))
    dropped = [found[number] for number in worst_first[most:]]
    counts = [
        f"{count:,} {severity.value}{'s'[: count > 1]}"
        for severity in Severity
        if (count := sum(item.severity is severity for item in dropped))
    ]
    note = Diagnostic(
        MORE.name,
        MORE.severity,
        f"{' and '.join(counts)} more are not shown",
        help="correct those that are shown first",
    )
    return (*(found[number] for number in sorted(worst_first[:most])), note)


def _order(item: Diagnostic) -> tuple[str, int, int, int, str, str, str, str]:
    place = item.location
    return (
        place.file if place else "\uffff",
        place.line if place else 0,
        place.column if place else 0,
        item.severity.rank,
        item.code,
        item.message,
        item.stage,
        item.artifact,
    )
