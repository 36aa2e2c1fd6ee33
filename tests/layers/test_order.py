"""Deployment in waves, from imports alone."""

from __future__ import annotations

import pytest

from petc.layers.base import LayerTemplate
from petc.layers.order import waves


def layer(name: str, number: int, *producers: str) -> LayerTemplate:
    """Return an empty layer that imports from others."""
    imports = tuple((f"shop-dev-{producer}-Value", producer) for producer in producers)
    return LayerTemplate(name, number, name, {}, (), imports, (), ())


def order(*layers: LayerTemplate) -> list[list[str]]:
    """Return the waves by name."""
    return [[item.layer for item in wave] for wave in waves(layers)]


def test_nothing_has_no_wave() -> None:
    assert order() == []


def test_each_stands_after_all_that_it_imports_from_as_early_as_it_can() -> None:
    assert order(
        layer("a", 1), layer("b", 2, "a"), layer("c", 3), layer("d", 4, "b", "c"), layer("e", 5, "c")
    ) == [
        ["a", "c"],
        ["b", "e"],
        ["d"],
    ]


def test_numbers_are_only_labels() -> None:
    assert order(layer("a", 12), layer("b", 1, "a")) == [["a"], ["b"]]


def test_within_a_wave_the_numbers_sort_whatever_the_order_of_giving() -> None:
    layers = [layer("a", 3), layer("c", 1), layer("b", 2)]

    assert order(*layers) == order(*reversed(layers)) == [["c", "b", "a"]]


def test_a_layer_that_is_not_there_is_waited_for_by_nobody() -> None:
    assert order(layer("a", 1, "gone")) == [["a"]]


@pytest.mark.parametrize("second", ["a", "b"])
def test_a_circle_ends_in_one_last_wave(second: str) -> None:
    """The link check reports it; here it must only come to an end."""
    assert order(layer("z", 9), layer("a", 1, "b"), layer("b", 2, second), layer("c", 3, "b")) == [
        ["z"],
        ["a", "b", "c"],
    ]
