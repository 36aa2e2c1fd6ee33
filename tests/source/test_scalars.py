"""The meaning of plain scalars."""

from __future__ import annotations

import copy
import json
import pickle

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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.10", 2.1),
        ("7210e3", 7210000.0),
        ("0x1F", 31),
        ("0o17", 15),
        ("+1", 1),
        ("-0", 0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("0.1234567890123456789", 0.12345678901234568),
        ("-0.0", 0.0),
        ("1.0", 1.0),
        ("12", 12),
    ],
)
def test_a_number_is_what_it_means_and_says_what_was_written(text: str, value: float) -> None:
    found = resolve(text)

    assert found == value
    assert str(found) == f"{found}" == text
    assert json.loads(json.dumps(found)) == value
    assert str(copy.deepcopy(found)) == str(pickle.loads(pickle.dumps(found))) == text


@pytest.mark.parametrize("text", ["1_000", "1,000", "0123", "007.5", "1.2.3", "0b1", "12:30", "1e", "--1"])
def test_what_only_looks_like_a_number_is_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9" * 20, "0x" + "F" * 17])
def test_what_no_number_can_hold_is_refused(text: str) -> None:
    with pytest.raises(OutOfRangeError):
        resolve(text)
