"""The meaning of plain scalars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.source.scalars import OutOfRangeError, resolve


def test_a_leading_zero_makes_text_of_a_number() -> None:
    assert resolve("012345678901") == "012345678901"


def test_a_zero_alone_is_a_number() -> None:
    assert (resolve("0"), resolve("-0"), resolve("0.5")) == (0, 0, 0.5)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_integer_of_64_bits_means_itself(number: int) -> None:
    assert resolve(str(number)) == number


@given(st.text(max_size=12))
def test_any_text_resolves_or_is_out_of_range(text: str) -> None:
    try:
        value = resolve(text)
    except OutOfRangeError:
        return
    assert value is None or isinstance(value, str | int | float)


@pytest.mark.parametrize("text", ["-0x1F", "+0o7", "0b11", "1.5.2", "10.0.0.0/16", "1-2", "e5", "nULL"])
def test_near_misses_are_text(text: str) -> None:
    assert resolve(text) == text
