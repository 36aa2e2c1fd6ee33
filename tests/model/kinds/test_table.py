"""The table of kinds is complete: every named part of a stage has a row, and the rows agree with the types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import get_args, get_origin, get_type_hints

import pytest

from petc.deploy.plan import stateful
from petc.layers.table import LAYERS
from petc.model.components import Use
from petc.model.kinds import table, words
from petc.model.kinds.kind import Interface, PartKind
from petc.model.parties import Party, PartyKind
from petc.model.types import Stage
from tests import specs

SPEC = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
stages: {dev: {}}
buckets: {b: {}}
services: {s: {route: /s, uses: {db: {}, u: {}, b: {}, f: {}, configuration: {}}}}
functions: {f: {source: f}}
databases: {db: {schema: s, user: u}}
secrets: {u: {}}
models: {m: {id: anthropic.claude-3-haiku-20240307-v1:0}}
"""


def sections() -> dict[str, type]:
    """Return the fields of a stage that hold parts, which is what has a key for names."""
    mappings = {name: hint for name, hint in get_type_hints(Stage).items() if get_origin(hint) is Mapping}
    items = {name: get_args(hint)[1] for name, hint in mappings.items()}
    return {name: item for name, item in items.items() if "key" in getattr(item, "__dataclass_fields__", ())}


def test_every_section_of_parts_has_a_row_with_its_type() -> None:
    assert {kind.section: kind.type for kind in table.KINDS} == sections()


def test_no_two_kinds_share_a_word() -> None:
    assert len(table.BY_WORD) == len(table.KINDS)


def test_every_option_of_uses_says_something_about_a_kind() -> None:
    fields = {field.metadata.get("key", field.name) for field in dataclasses.fields(Use)} - {"name", "at"}

    assert {option for kind in table.KINDS for option in kind.options} == fields


@pytest.mark.parametrize("kind", table.KINDS, ids=lambda kind: kind.word)
def test_ids_of_a_kind_are_distinct_and_stand_in_layers(kind: PartKind[object]) -> None:
    assert len(set(kind.ids)) == len(kind.ids)
    assert {made.layer for made in kind.ids} <= {layer.name for layer in LAYERS}


def test_the_plan_guards_what_holds_the_data_of_each_kind() -> None:
    held = {type_name for kind in table.KINDS for type_name in kind.holds}

    assert held <= stateful.TYPES
    assert {"AWS::RDS::DBCluster", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"} <= held


def test_a_part_is_found_by_name_and_as_a_party() -> None:
    stage = specs.stage_of(SPEC)
    found = table.find(stage, "db")

    assert found
    assert (found.kind.word, found.part) == ("database", stage.databases["db"])
    assert table.of_party(stage, Party(PartyKind.DATABASE, "db")) == found
    assert table.find(stage, "nothing") is None
    assert table.of_party(stage, Party(PartyKind.DATABASE, "f")) is None
    assert table.of_party(stage, Party(PartyKind.INTERNET)) is None


def test_what_a_part_uses_comes_kind_by_kind() -> None:
    stage = specs.stage_of(SPEC)

    assert [item.part.name for item, _ in table.used(stage, stage.services["s"])] == ["db", "b", "u", "f"]


def test_only_functions_join_the_network_by_what_they_use() -> None:
    asked = [kind.word for kind in table.KINDS if kind.interface is Interface.BY_USE]

    assert asked == ["function"]


def test_the_words_of_uses() -> None:
    assert tuple(words.BY_NAME) == ("configuration", "discovery", "internet", "notifications")
