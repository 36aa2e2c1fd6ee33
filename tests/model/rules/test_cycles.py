"""Tests of the search for circles, on graphs that no short example shows."""

from __future__ import annotations

from petc.model.rules.cycles import circles


def test_each_name_is_told_of_the_shortest_circle_through_it() -> None:
    """The way round by b is another circle, and breaking the first leaves it closed."""
    graph = {"a": ["b", "c"], "b": ["c"], "c": ["a"]}

    assert list(circles(graph)) == [("a", "c"), ("b", "c", "a")]


def test_circles_apart_are_told_each() -> None:
    """One finding for each, in the order of the graph."""
    graph = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["e"], "e": ["c"]}

    assert list(circles(graph)) == [("a", "b"), ("c", "d", "e")]


def test_a_way_into_a_circle_is_not_on_it() -> None:
    """Only names that lead back to themselves are told."""
    graph = {"start": ["a"], "a": ["b"], "b": ["a"]}

    assert list(circles(graph)) == [("a", "b")]


def test_a_name_that_leads_nowhere_ends_the_search() -> None:
    """Unknown names are another rule's."""
    assert list(circles({"a": ["nobody"]})) == []


def test_long_chains_do_not_exhaust_the_stack() -> None:
    """Ten thousand names in one circle are one finding."""
    size = 10_000
    graph = {str(n): [str((n + 1) % size)] for n in range(size)}

    (circle,) = circles(graph)

    assert len(circle) == size
