"""Parameter values of sets and overrides of instances."""

from __future__ import annotations

import pytest

from petc_local.stack_sets import parameters
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.parameters import Given

DEFAULTS = {"A": "a", "B": None}


def test_what_is_not_given_falls_back_to_the_default() -> None:
    values = parameters.values_of_set((Given("B", "b"),), DEFAULTS, {"A": "before"})

    assert values == (("A", "a"), ("B", "b"))


def test_a_previous_value_is_kept_where_there_is_one() -> None:
    values = parameters.values_of_set((Given("A", None), Given("B", None)), DEFAULTS, {"B": "before"})

    assert values == (("A", "a"), ("B", "before"))


def test_a_value_may_be_empty() -> None:
    assert parameters.values_of_set((Given("B", ""),), {"B": None}, {}) == (("B", ""),)


@pytest.mark.parametrize(
    ("sent", "says"),
    [((), r"\[B\] must have values"), ((Given("B", "b"), Given("C", "c")), r"\[C\] do not exist")],
)
def test_missing_and_unknown_parameters_are_refused(sent: tuple[Given, ...], says: str) -> None:
    with pytest.raises(RequestRefused, match=says):
        parameters.values_of_set(sent, DEFAULTS, {})


def test_without_a_list_overrides_stay() -> None:
    assert parameters.overrides_after((("A", "own"),), None) == (("A", "own"),)


def test_an_empty_list_puts_everything_back() -> None:
    assert parameters.overrides_after((("A", "own"),), ()) == ()


def test_a_list_sets_keeps_and_puts_back() -> None:
    before = (("A", "own"), ("B", "own"))

    after = parameters.overrides_after(before, (Given("A", None), Given("C", "new"), Given("D", None)))

    assert after == (("A", "own"), ("C", "new"))


def test_a_stack_gets_the_values_of_its_set_under_its_overrides() -> None:
    values = parameters.values_of_stack((("A", "a"), ("B", "b")), (("B", "own"), ("Gone", "x")))

    assert values == (("A", "a"), ("B", "own"))
