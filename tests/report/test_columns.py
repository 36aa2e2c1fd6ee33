"""Columns on a terminal."""

from __future__ import annotations

import pytest

from petc.report.columns import cell_width, columns, wrapped


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("a", "one"), ("long", "two")], 80) == ("a     one", "long  two")


def test_hangul_counts_two_cells_a_letter() -> None:
    first, second = columns([("서울", "x"), ("abcd", "y")], 80)

    assert cell_width(first) == cell_width(second)


def test_a_long_last_cell_goes_on_below_itself() -> None:
    assert columns([("a", "one two three four five six")], 25) == (
        "a  one two three four",
        "   five six",
    )


@pytest.mark.parametrize(
    "text", ["one two three", "가나다라마바사아자차카타파하", "https://example.com/very/long/path/indeed"]
)
def test_no_line_is_wider_than_asked(text: str) -> None:
    lines = wrapped(text, 8)

    assert max(map(cell_width, lines)) <= 8
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_control_characters_are_shown_as_escapes() -> None:
    assert "\x1b" not in columns([("a", "\x1b[31mred")], 80)[0]


def test_no_rows_are_no_lines() -> None:
    assert columns([], 80) == ()


def test_an_empty_column_is_left_out() -> None:
    assert columns([("a", "", "x"), ("b", "", "y")], 80) == ("a  x", "b  y")


def test_an_address_is_never_wrapped() -> None:
    (line,) = columns([("site", "https://example.com/" + "x" * 80)], 40, whole=True)

    assert line.endswith("x" * 80)
