"""Accepted warnings: entries of `exceptions` take warnings off the list, as long as they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from petc.diagnostics import Code, Diagnostic, Severity
from petc.model.types import Acceptance, Stage

_EXAMPLE = """\
load_balancer: {{scheme: internet-facing}}
exceptions:
  no-domain-yet:
    accepts: plaintext-hop
    at: /load_balancer
    owner: shop-team
    reason: no domain yet, and only the gateway's requests pass
    until: {until}
"""

EXPIRED_EXCEPTION = Code(
    "expired-exception",
    Severity.ERROR,
    "an accepted warning has passed its last day",
    "An exception holds until the day that it names. Mend the cause, or decide anew and write a later day.",
    bad=_EXAMPLE.format(until="2020-01-31"),
    good=_EXAMPLE.format(until="2099-12-31"),
)

NEEDLESS_EXCEPTION = Code(
    "needless-exception",
    Severity.ERROR,
    "an exception accepts a warning that does not occur",
    "An exception that matches nothing hides the next warning on its place. Delete it, or mend its place.",
    bad="""\
exceptions:
  no-domain-yet:
    accepts: plaintext-hop
    at: /load_balancer
    owner: shop-team
    reason: the load balancer is internal, so nothing is to accept
    until: 2099-12-31
""",
    good="exceptions: {}\n",
)

MALFORMED_DATE = Code(
    "malformed-date",
    Severity.ERROR,
    "a date that does not exist",
    "Dates are written YYYY-MM-DD and must exist in the calendar.",
    bad=_EXAMPLE.format(until="2027-02-30"),
    good="exceptions: {}\n",
)

CODES: tuple[Code, ...] = (
    EXPIRED_EXCEPTION,
    NEEDLESS_EXCEPTION,
    MALFORMED_DATE,
)


def accepted(
    found: Iterable[Diagnostic],
    stage: Stage,
    today: date,
    *,
    later: Callable[[str], bool] = lambda code: False,
) -> tuple[Diagnostic, ...]:
    """Return the findings without those that an exception accepts, and with what is wrong with exceptions.

    Errors cannot be accepted. An exception covers its place and what lies below it. `later` knows the codes
    that only a later phase finds, of which nobody can say yet whether they occur.
    """
    findings = tuple(found)
    remaining = [item for item in findings if not accepts(stage, item)]
    for entry in stage.exceptions.values():
        remaining += _out_of_date(entry, today)
    return (*remaining, *needless(findings, stage, lambda code: not later(code)))


def accepts(stage: Stage, item: Diagnostic) -> bool:
    """Return whether an exception of the stage covers a finding; errors are never covered."""
    return any(_covers(entry, item) for entry in stage.exceptions.values())


def needless(
    found: Iterable[Diagnostic], stage: Stage, judged: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    """Yield an error for each exception that covers none of the findings, if its code is `judged` now."""
    findings = tuple(found)
    for entry in stage.exceptions.values():
        if judged(entry.accepts) and not any(_covers(entry, item) for item in findings):
            yield NEEDLESS_EXCEPTION.diagnostic(
                f"the exception `{entry.name}` accepts `{entry.accepts}` at {entry.place or '/'}, "
                "which does not occur",
                pointer=entry.at,
                help="delete it, or mend `accepts` and `at`; "
                "`petc validate --format json` shows the places of warnings",
                on_key=True,
            )


def _covers(entry: Acceptance, item: Diagnostic) -> bool:
    place = item.pointer or ""
    below = place == entry.place or place.startswith(entry.place.rstrip("/") + "/")
    return item.severity is not Severity.ERROR and item.code == entry.accepts and below


def _out_of_date(entry: Acceptance, today: date) -> Iterator[Diagnostic]:
    try:
        last = date.fromisoformat(entry.until)
    except ValueError:
        message = f"`{entry.until}` is not a day of the calendar"
        yield MALFORMED_DATE.diagnostic(message, pointer=f"{entry.at}/until", help="YYYY-MM-DD")
        return
    if last < today:
        yield EXPIRED_EXCEPTION.diagnostic(
            f"the exception `{entry.name}` held until {entry.until}",
            pointer=f"{entry.at}/until",
            help=f"mend the cause of `{entry.accepts}`, or have {entry.owner} decide anew and write a later day",
        )
