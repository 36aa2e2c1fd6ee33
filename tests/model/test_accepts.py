"""The quick answer agrees with jsonschema wherever it says yes."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from petc.model.accepts import _CHECKS, _SILENT, accepts
from petc.model.schema import stage_schema
from petc.model.stage_tree import stage_tree
from petc.source.parse import parse
from petc.source.tree import Json, plain
from tests import specs

TREE = plain(stage_tree(parse(specs.REFERENCE.read_bytes(), "spec.yaml"), "dev"))
DEFINITIONS = stage_schema()["$defs"]

VALUES: tuple[Json, ...] = (
    None,
    True,
    False,
    0,
    1,
    3,
    -1,
    1.5,
    2.0,
    "",
    "a",
    "a-b",
    "10.0.0.0/16",
    [],
    ["a", "a"],
    {},
    {"a": 1},
)
STRAY: tuple[Json, ...] = (*VALUES, "x\n", 10**9, {"uses": {}}, [[]], {"cpu": 256})


def really(value: Json, schema: dict[str, Any]) -> bool:
    return bool(Draft202012Validator({**schema, "$defs": DEFINITIONS}).is_valid(value))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer"},
        {"type": "number"},
        {"type": "boolean"},
        {"type": ["string", "null"]},
        {"type": "object"},
        {"type": "array"},
        {"enum": [1, "a", None]},
        {"const": True},
        {"const": 1},
        {"pattern": "^[a-z]+$"},
        {"minLength": 1, "maxLength": 3},
        {"minimum": 1, "maximum": 2},
        {"multipleOf": 0.5},
        {"minItems": 1, "maxItems": 1},
        {"uniqueItems": True},
        {"items": {"type": "string"}},
        {"properties": {"a": {"type": "integer"}}, "additionalProperties": False},
        {"properties": {"b": {}}, "additionalProperties": {"type": "string"}},
        {"propertyNames": {"maxLength": 1}},
        {"required": ["a"]},
    ],
    ids=str,
)
def test_what_is_accepted_conforms_and_plain_values_that_conform_are_accepted(schema: dict[str, Any]) -> None:
    accepted = [value for value in VALUES if accepts(value, schema, DEFINITIONS)]
    # A whole float is an integer in JSON, and equals one; petc asks jsonschema about those.
    plain = [value for value in VALUES if really(value, schema) and not isinstance(value, float)]

    assert all(really(value, schema) for value in accepted)
    assert [value for value in accepted if not isinstance(value, float)] == plain


def test_an_unknown_keyword_accepts_nothing() -> None:
    assert not accepts("a", {"format": "ipv4"}, {})


def test_the_schema_of_the_spec_has_no_keyword_that_is_unknown_here() -> None:
    def keywords(schema: Any) -> set[str]:
        found = set(schema)
        for key in ("properties", "$defs"):
            for inner in schema.get(key, {}).values():
                found |= keywords(inner)
        for key in ("items", "additionalProperties", "propertyNames"):
            if isinstance(schema.get(key), dict):
                found |= keywords(schema[key])
        return found

    assert keywords(stage_schema()) <= _SILENT | _CHECKS.keys()


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_spec_that_is_accepted_conforms(seed: int) -> None:
    chance = random.Random(seed)
    tree: Any = copy.deepcopy(TREE)
    place = tree
    while isinstance(place, dict) and place:
        key = chance.choice(sorted(place))
        if not isinstance(place[key], dict) or not place[key] or chance.random() < 0.3:
            place[chance.choice([key, "stray"])] = chance.choice(STRAY)
            break
        place = place[key]

    assert accepts(tree, stage_schema(), DEFINITIONS) <= really(tree, stage_schema())


def test_a_right_spec_does_not_import_jsonschema() -> None:
    code = (
        "import sys; from tests import specs; specs.reference('dev'); sys.exit('jsonschema' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=specs.ROOT).returncode == 0
