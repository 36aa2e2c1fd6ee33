"""Pointers into the tree and the places they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.diagnostics import Location
from petc.source.parse import parse
from petc.source.tree import find, locate, plain, pointer

TREE = parse(b'name: shop\nservices:\n  web: {ports: [80, 443], "a/b~c": 1}\nempty: {}\n', "f")


def place(line: int, column: int, end: int) -> Location:
    return Location("f", line, column, line, end)


def test_pointer_escapes_what_rfc_6901_asks_for() -> None:
    assert pointer("services", "a/b~c", 0) == "/services/a~1b~0c/0"
    assert pointer() == ""


@given(st.lists(st.text(max_size=5), min_size=1, max_size=4))
def test_every_key_can_be_pointed_at(keys: list[str]) -> None:
    steps = pointer(*keys)[1:].split("/")

    assert [step.replace("~1", "/").replace("~0", "~") for step in steps] == keys


def test_find_follows_keys_and_list_positions() -> None:
    found = [find(TREE, where) for where in ("/name", "/services/web/ports/1", "/services/web/a~1b~0c")]

    assert [node.value if node else None for node in found] == ["shop", 443, 1]


def test_the_empty_pointer_is_the_whole_document() -> None:
    assert find(TREE, "") is TREE


@pytest.mark.parametrize(
    "where",
    [
        "/",
        "/other",
        "/name/x",
        "/services/web/ports/2",
        "/services/web/ports/-",
        "/services/web/ports/00",
        "name",
    ],
)
def test_find_returns_none_where_nothing_stands(where: str) -> None:
    assert find(TREE, where) is None


def test_locate_gives_the_value_or_its_key() -> None:
    assert locate(TREE, "/name") == place(1, 7, 11)
    assert locate(TREE, "/name", on_key=True) == place(1, 1, 5)


def test_a_list_item_stands_for_its_own_key() -> None:
    assert locate(TREE, "/services/web/ports/1", on_key=True) == place(3, 21, 24)


def test_a_missing_key_is_placed_at_its_parents_key() -> None:
    assert locate(TREE, "/services/web/cpu") == place(3, 3, 6)
    assert locate(TREE, "/services/shop/cpu/units") == place(2, 1, 9)


def test_a_missing_top_key_is_placed_at_the_first_key() -> None:
    assert locate(TREE, "/network") == place(1, 1, 5)


def test_plain_gives_fresh_dictionaries_and_lists() -> None:
    first, second = plain(TREE), plain(TREE)

    assert first == {"name": "shop", "services": {"web": {"ports": [80, 443], "a/b~c": 1}}, "empty": {}}
    assert first is not second
