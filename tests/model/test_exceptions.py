"""What an exception covers, and what is wrong with exceptions."""

from __future__ import annotations

from datetime import date

import pytest

from petc.diagnostics import Diagnostic, Severity
from petc.model import exceptions
from petc.model.decode import decode
from petc.model.schema import conforming
from petc.model.types import Stage
from petc.source.tree import Json

DAY = date(2026, 11, 23)
BASE: dict[str, Json] = {"petc": 1, "name": "shop", "tags": {"owner": "a", "cost-centre": "b"}}


def stage_with(
    at: str = "/load_balancer", until: str = "2027-01-01", accepts: str = "plaintext-hop"
) -> Stage:
    """Return a stage with one exception."""
    entry: Json = {"accepts": accepts, "at": at, "owner": "team", "reason": "a good reason", "until": until}
    return decode(conforming({**BASE, "exceptions": {"one": entry}}), "dev")


def warning(pointer: str | None = "/load_balancer", severity: Severity = Severity.WARNING) -> Diagnostic:
    """Return a finding."""
    return Diagnostic("plaintext-hop", severity, "in clear", pointer=pointer)


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    """Return the codes of findings."""
    return [item.code for item in found]


@pytest.mark.parametrize(
    ("at", "pointer", "is_covered"),
    [
        ("/load_balancer", "/load_balancer", True),
        ("/load_balancer", "/load_balancer/scheme", True),
        ("/load_balancer/", "/load_balancer/scheme", True),
        ("/load_balancer", "/load_balancers", False),
        ("/load_balancer", "/load", False),
        ("/load_balancer/scheme", "/load_balancer", False),
        ("", "/load_balancer", True),
        ("/", "/load_balancer", True),
        ("/load_balancer", None, False),
    ],
)
def test_an_exception_covers_its_place_and_what_lies_below(
    at: str, pointer: str | None, is_covered: bool
) -> None:
    assert exceptions.accepts(stage_with(at), warning(pointer)) is is_covered


def test_another_code_on_the_place_stays() -> None:
    item = Diagnostic("other", Severity.WARNING, "x", pointer="/load_balancer")

    assert not exceptions.accepts(stage_with(), item)


@pytest.mark.parametrize(
    ("severity", "is_covered"), [(Severity.ERROR, False), (Severity.WARNING, True), (Severity.NOTE, True)]
)
def test_an_error_is_never_accepted(severity: Severity, is_covered: bool) -> None:
    assert exceptions.accepts(stage_with(), warning(severity=severity)) is is_covered


def test_what_is_covered_goes_and_the_rest_stays() -> None:
    other = Diagnostic("other", Severity.WARNING, "x", pointer="/services")

    assert exceptions.accepted((warning(), other), stage_with(), DAY) == (other,)


def test_its_last_day_is_included() -> None:
    assert exceptions.accepted((warning(),), stage_with(until="2026-11-23"), DAY) == ()


def test_the_day_after_it_is_an_error() -> None:
    (item,) = exceptions.accepted((warning(),), stage_with(until="2026-11-22"), DAY)

    assert (item.code, item.severity, item.pointer) == (
        "expired-exception",
        Severity.ERROR,
        "/exceptions/one/until",
    )
    assert item.message == "the exception `one` held until 2026-11-22"
    assert "`plaintext-hop`" in item.help
    assert "team" in item.help


def test_one_that_covers_nothing_is_an_error() -> None:
    (item,) = exceptions.accepted((), stage_with(), DAY)

    assert (item.code, item.severity, item.pointer) == (
        "needless-exception",
        Severity.ERROR,
        "/exceptions/one",
    )
    assert item.message == (
        "the exception `one` accepts `plaintext-hop` at /load_balancer, which does not occur"
    )


def test_one_that_covers_an_error_only_is_needless() -> None:
    error = warning(severity=Severity.ERROR)

    assert codes(exceptions.accepted((error,), stage_with(), DAY)) == ["plaintext-hop", "needless-exception"]


def test_what_only_a_later_phase_finds_is_not_needless_yet() -> None:
    stage = stage_with(accepts="lint-w1234")

    assert exceptions.accepted((), stage, DAY, later=lambda code: code == "lint-w1234") == ()
    assert codes(exceptions.accepted((), stage, DAY, later=lambda code: code == "other")) == [
        "needless-exception"
    ]


def test_the_later_phase_says_what_was_needless() -> None:
    stage = stage_with(accepts="lint-w1234")
    finding = Diagnostic("lint-w1234", Severity.WARNING, "x", pointer="/load_balancer")

    assert list(exceptions.needless((finding,), stage, lambda code: True)) == []
    assert [item.code for item in exceptions.needless((), stage, lambda code: True)] == ["needless-exception"]
    assert list(exceptions.needless((), stage, lambda code: False)) == []


@pytest.mark.parametrize("until", ["2027-02-30", "2026-13-01", "0000-01-01"])
def test_a_day_that_does_not_exist(until: str) -> None:
    (item,) = exceptions.accepted((warning(),), stage_with(until=until), DAY)

    assert (item.code, item.pointer) == ("malformed-date", "/exceptions/one/until")
    assert item.message == f"`{until}` is not a day of the calendar"
