"""The published schema: what editors complete and check a whole spec file with."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from petc.cli.commands.schema import text
from petc.model.editor import editor_schema
from petc.model.schema import stage_schema
from petc.model.starter import STARTER
from petc.source.parse import parse
from petc.source.tree import plain
from tests import specs

PUBLISHED = specs.ROOT / "schemas" / "petc.schema.json"
GOLDEN = sorted((specs.ROOT / "tests" / "golden").glob("*/spec/spec.yaml"))


def complaints(tree: Any) -> list[str]:
    """Return what an editor would underline in a whole spec."""
    errors = Draft202012Validator(editor_schema()).iter_errors(tree)
    return sorted(f"{error.json_path}: {error.validator}" for error in errors)


def whole(content: bytes) -> Any:
    """Return a spec file as plain data, stages and all."""
    return plain(parse(content, "spec.yaml"))


def test_the_published_file_is_the_schema() -> None:
    """When this fails: make golden."""
    assert PUBLISHED.read_text("utf-8") == text()


def test_it_is_a_valid_schema_of_2020_12() -> None:
    schema = editor_schema()

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", [specs.REFERENCE, *GOLDEN], ids=lambda path: path.parts[-3])
def test_whole_specs_are_valid(path: Path) -> None:
    assert complaints(whole(path.read_bytes())) == []


def test_the_starter_is_valid() -> None:
    assert complaints(whole(STARTER.encode())) == []


@pytest.fixture
def starter() -> Any:
    """The starter spec as plain data."""
    return whole(STARTER.encode())


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ((), "frontend"),
        ((), "services"),
        ((), "description"),
        (("services",), "orders"),
        (("services", "orders"), "route"),
        (("services", "orders"), "health"),
        (("services", "orders", "uses"), "orders-db"),
        (("services", "orders", "uses", "orders-db"), "pool"),
        (("services", "orders", "configuration"), "LOG_FORMAT"),
        (("network",), "nat"),
        (("network",), "endpoints"),
        (("models",), "assistant"),
        (("tags",), "team"),
    ],
)
def test_null_removes_anything_in_a_stage(starter: Any, place: tuple[str, ...], key: str) -> None:
    here = starter["stages"]["dev"]
    for step in place:
        here = here.setdefault(step, {})
    here[key] = None

    assert complaints(starter) == []


def test_a_stage_without_content_is_fine(starter: Any) -> None:
    starter["stages"]["prod"] = None

    assert complaints(starter) == []


def test_a_part_may_be_spread_over_base_and_stage(starter: Any) -> None:
    starter["functions"] = {"f": {"memory": 512}}
    starter["stages"]["dev"]["functions"] = {"f": {"source": "f"}}

    assert complaints(starter) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"memmory": 1}, "$.stages.dev.services.orders: additionalProperties"),
        ({"port": "8080"}, "$.stages.dev.services.orders.port: type"),
        ({"architecture": "sparc"}, "$.stages.dev.services.orders.architecture: enum"),
        ({"private_paths": [None]}, "$.stages.dev.services.orders.private_paths[0]: type"),
        ({"route": "api"}, "$.stages.dev.services.orders.route: pattern"),
    ],
)
def test_mistakes_in_a_stage_are_found(starter: Any, change: dict[str, Any], complaint: str) -> None:
    starter["stages"]["dev"]["services"] = {"orders": change}

    assert complaints(starter) == [complaint]


@pytest.mark.parametrize("key", ["petc", "name", "stages"])
def test_three_keys_are_needed(starter: Any, key: str) -> None:
    del starter[key]

    assert complaints(starter) == ["$: required"]


@pytest.mark.parametrize("key", ["petc", "name"])
def test_a_stage_does_not_say_what_the_system_is(starter: Any, key: str) -> None:
    starter["stages"]["dev"][key] = 1

    assert complaints(starter) == ["$.stages.dev: additionalProperties"]


def test_a_property_called_like_a_keyword_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """`required`, `type` or `enum` may be the name of a key some day, and examples are data."""
    schema = copy.deepcopy(stage_schema())
    schema["properties"]["odd"] = {
        "type": "object",
        "properties": {
            "required": {"type": "string"},
            "type": {"type": "string", "description": "a kind"},
            "description": {"type": "string"},
        },
        "examples": [{"required": ["a"], "type": "string", "description": "b"}],
    }
    monkeypatch.setattr("petc.model.editor.stage_schema", lambda: schema)
    odd = editor_schema()["properties"]["odd"]

    assert odd["properties"] == {
        "required": {"type": ["string", "null"]},
        "type": {"type": ["string", "null"], "description": "a kind"},
        "description": {"type": ["string", "null"]},
    }
    assert odd["examples"] == [{"required": ["a"], "type": "string", "description": "b"}]


def test_the_stage_schema_is_not_changed_by_it() -> None:
    before = json.dumps(stage_schema())
    editor_schema()

    assert json.dumps(stage_schema()) == before
