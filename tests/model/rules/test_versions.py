"""Arithmetic of months."""

from __future__ import annotations

from datetime import date

import pytest

from petc.model.rules.versions import months_later


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 5, 14), 12, date(2026, 5, 14)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 31), 36, date(2028, 12, 31)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
