"""A stage merged over the base, with every node's own position."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petc.diagnostics import Diagnostic, Location, Rejected
from petc.source.build import MAX_PROBLEMS
from petc.source.overlay import overlay, stage_names
from petc.source.parse import parse
from petc.source.tree import Json, Node, locate, plain

BASE = """\
name: shop
services:
  web: {cpu: 256, ports: [80, null]}
stages:
  dev:
  prod:
    services:
      web: {cpu: 512}
      api: {cpu: 1024}
"""


def tree(text: str) -> Node:
    return parse(text.encode(), "f")


def problems(text: str, stage: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(Rejected) as caught:
        overlay(tree(text), stage)
    return caught.value.diagnostics


def test_stage_names_keep_their_order() -> None:
    assert stage_names(tree(BASE)) == ("dev", "prod")


@pytest.mark.parametrize(
    "text", ["name: shop\n", "stages:\n", "stages: [dev]\n", "stages: dev\n", "stages: {}\n"]
)
def test_no_mapping_of_stages_means_no_names(text: str) -> None:
    assert stage_names(tree(text)) == ()


def test_mappings_merge_and_new_keys_follow() -> None:
    assert plain(overlay(tree(BASE), "prod")) == {
        "name": "shop",
        "services": {"web": {"cpu": 512, "ports": [80, None]}, "api": {"cpu": 1024}},
    }


def test_a_stage_without_content_changes_nothing() -> None:
    base = tree(BASE)
    merged = overlay(base, "dev")

    assert merged.location == base.location
    assert plain(merged) == {"name": "shop", "services": {"web": {"cpu": 256, "ports": [80, None]}}}
    assert locate(merged, "/services/web/cpu") == locate(base, "/services/web/cpu")


def test_each_node_keeps_the_place_that_it_was_written_at() -> None:
    merged = overlay(tree(BASE), "prod")

    assert locate(merged, "/services/web/cpu") == Location("f", 8, 18, 8, 21)
    assert locate(merged, "/services/web/cpu", on_key=True) == Location("f", 8, 13, 8, 16)
    assert locate(merged, "/services/web", on_key=True) == Location("f", 3, 3, 3, 6)
    assert locate(merged, "/services/web/ports/0") == Location("f", 3, 27, 3, 29)
    assert locate(merged, "/services/api", on_key=True) == Location("f", 9, 7, 9, 10)


def test_lists_and_scalars_replace() -> None:
    merged = overlay(tree("a: [1, 2]\nb: {c: 1}\nstages: {dev: {a: [3], b: 4}}\n"), "dev")

    assert plain(merged) == {"a": [3], "b": 4}


def test_a_mapping_replaces_what_is_no_mapping() -> None:
    assert plain(overlay(tree("a: 1\nb:\nstages: {dev: {a: {x: 1}, b: {y: 2}}}\n"), "dev")) == {
        "a": {"x": 1},
        "b": {"y": 2},
    }


def test_null_removes() -> None:
    merged = overlay(tree("a: 1\nb: {c: 1, d: 2}\nstages: {dev: {a: null, b: {c: ~}}}\n"), "dev")

    assert plain(merged) == {"b": {"d": 2}}


def test_null_in_a_list_is_a_value() -> None:
    assert plain(overlay(tree("a: [1]\nstages: {dev: {a: [null]}}\n"), "dev")) == {"a": [None]}


def test_removing_what_is_not_there_is_refused_with_a_suggestion() -> None:
    (problem,) = problems("services: {web: 1}\nstages: {dev: {services: {wbe: null}}}\n", "dev")

    assert problem.code == "removes-nothing"
    assert problem.location == Location("f", 2, 27, 2, 30)
    assert problem.help == "did you mean 'web'"
    assert problem.stage == "dev"


def test_null_in_a_mapping_that_the_stage_adds_removes_nothing() -> None:
    assert [item.code for item in problems("stages: {dev: {a: {b: null}}}\n", "dev")] == ["removes-nothing"]


def test_all_removals_of_nothing_come_at_once_up_to_a_limit() -> None:
    many = ", ".join(f"k{number}: null" for number in range(500))

    assert len(problems("a: 1\nstages: {dev: {b: null, c: null}}\n", "dev")) == 2
    assert len(problems(f"stages: {{dev: {{{many}}}}}\n", "dev")) == MAX_PROBLEMS


def test_an_unknown_stage_suggests_the_one_that_was_meant() -> None:
    (problem,) = problems(BASE, "prd")

    assert problem.code == "unknown-stage"
    assert "'prd'" in problem.message
    assert "dev, prod" in problem.message
    assert problem.help == "did you mean 'prod'"
    assert problem.location == Location("f", 4, 1, 4, 7)


@pytest.mark.parametrize("text", ["a: 1\n", "a: 1\nstages:\n", "a: 1\nstages: {}\n"])
def test_a_stage_of_a_spec_without_stages_is_unknown(text: str) -> None:
    assert [item.code for item in problems(text, "dev")] == ["unknown-stage"]


@pytest.mark.parametrize(
    "text", ["stages: [dev]\n", "stages: dev\n", "stages: {dev: 1}\n", "stages: {dev: [a]}\n"]
)
def test_stages_and_a_stage_are_mappings(text: str) -> None:
    assert [item.code for item in problems(text, "dev")] == ["not-a-mapping"]


def test_the_base_is_left_as_it_was() -> None:
    base = tree(BASE)
    before = plain(base)
    overlay(base, "prod")

    assert plain(base) == before


_KEYS = st.text("abc", min_size=1, max_size=2)
_TREES = st.recursive(
    st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2),
    lambda inner: st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=10,
)
_MAPPINGS = st.dictionaries(_KEYS, _TREES, max_size=4)


@given(_MAPPINGS)
@settings(deadline=None)
def test_an_empty_stage_is_identity(data: dict[str, Json]) -> None:
    alone = tree(json.dumps(data))
    merged = overlay(tree(json.dumps({**data, "stages": {"dev": {}}})), "dev")

    assert plain(merged) == data
    assert isinstance(alone.value, type(merged.value))
    for key in data:
        assert locate(merged, f"/{key}") == locate(alone, f"/{key}")


def _expected(base: Json, over: Json) -> Json:
    if isinstance(base, dict) and isinstance(over, dict):
        return {key: _expected(base.get(key), over.get(key, base.get(key))) for key in {**base, **over}}
    return over


@given(_MAPPINGS, _MAPPINGS)
@settings(deadline=None)
def test_merging_agrees_with_its_definition_and_keeps_positions(
    base: dict[str, Json], over: dict[str, Json]
) -> None:
    # Base and stage on lines of their own, so that a line tells where a node came from.
    text = json.dumps(base)[:-1] + (", " if base else "") + '"stages": {"dev":\n' + json.dumps(over) + "}}"
    merged = overlay(tree(text), "dev")

    assert plain(merged) == _expected(base, over)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        assert locate(merged, f"/{key}").line == (1 if both else 2)
    for key in base.keys() - over.keys():
        assert locate(merged, f"/{key}").line == 1
