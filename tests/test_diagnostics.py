"""Problems as values: sorted, once each, placed."""

from __future__ import annotations

import pytest

from petc.diagnostics import Diagnostic, Location, Rejected, Related, Severity, limited, ordered

HERE = Location("b.yaml", 3, 5, 3, 9)


def item(code: str = "code", severity: Severity = Severity.ERROR, **changes: object) -> Diagnostic:
    """Return a diagnostic."""
    return Diagnostic(code, severity, "text", **changes)  # type: ignore[arg-type]


def test_a_place_reads_as_editors_take_it() -> None:
    assert str(HERE) == "b.yaml:3:5"


def test_sorted_by_place_then_severity_then_code() -> None:
    elsewhere = item(location=Location("a.yaml", 9, 1, 9, 2))
    later = item(location=Location("b.yaml", 10, 1, 10, 2))
    warning = item("a", Severity.WARNING, location=HERE)
    second, first = item("b", location=HERE), item("a", location=HERE)
    nowhere = item()

    assert ordered((nowhere, later, warning, second, first, elsewhere)) == (
        elsewhere,
        first,
        second,
        warning,
        later,
        nowhere,
    )


def test_the_order_of_finding_plays_no_role() -> None:
    items = [item(chr(97 + number % 7), location=HERE, stage=str(number)) for number in range(20)]

    assert ordered(items) == ordered(reversed(items))


def test_said_once() -> None:
    assert ordered((item(), item())) == (item(),)


@pytest.mark.parametrize(("severity", "is_error"), [(Severity.ERROR, True), (Severity.WARNING, False)])
def test_only_errors_fail_a_command(severity: Severity, is_error: bool) -> None:
    assert item(severity=severity).is_error is is_error


def test_errors_rank_first() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTE,
    ]


def test_placing_keeps_what_is_related_unless_something_else_is() -> None:
    related = (Related("first"),)

    assert item(related=related).placed_at(HERE) == item(location=HERE, related=related)
    assert item(related=related).placed_at(HERE, (Related("b"),)).related == (Related("b"),)


def test_a_refusal_reads_as_its_problems() -> None:
    assert str(Rejected((item("a"), item("b")))) == "a: text; b: text"


def test_of_very_many_the_worst_are_shown_and_the_rest_counted() -> None:
    warnings = tuple(
        item("w", severity=Severity.WARNING, location=Location("f", n, 1, n, 1)) for n in range(1, 8)
    )
    errors = tuple(item("e", location=Location("f", n, 1, n, 1)) for n in range(8, 12))
    found = limited((*warnings, *errors), 5)

    assert found[:5] == (warnings[0], *errors)
    assert (found[5].code, found[5].severity) == ("more-messages", Severity.NOTE)
    assert found[5].message == "6 warnings more are not shown"
    assert limited(warnings, 7) == warnings
    assert limited(errors, 1)[1].message == "3 errors more are not shown"
