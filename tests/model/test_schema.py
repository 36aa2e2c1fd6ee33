"""The schema describes every field once, and fills in what the spec leaves out."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

import pytest

from petc.diagnostics import Rejected
from petc.model import components, types
from petc.model.schema import completed, conforming, resolved, stage_schema, violations
from petc.source.tree import Json

BASE: dict[str, Json] = {"petc": 1, "name": "shop", "tags": {"owner": "a", "cost-centre": "b"}}

GIVEN_ELSEWHERE = {"name", "key", "at", "assets"}
"""Fields that no key of the spec fills: position, the name that the mapping gives, the pipeline's digests."""


def filled(**changes: Json) -> Any:
    """Return a small stage with some keys changed, complete."""
    return conforming({**BASE, **changes})


def test_conforming_refuses_with_every_violation() -> None:
    with pytest.raises(Rejected) as refusal:
        filled(nam="x", protected="yes")

    assert sorted(item.code for item in refusal.value.diagnostics) == ["unknown-key", "wrong-type"]


def test_defaults_are_filled_in_at_all_depths() -> None:
    stage = filled(services={"orders": {}})

    assert stage["gateway"]["throttle"] == {"rate": 1000, "burst": 2000}
    assert stage["monitoring"]["alarms"]["cpu_percent"] == 80
    assert stage["services"]["orders"]["health"] == {
        "path": "/",
        "interval_seconds": 30,
        "timeout_seconds": 10,
        "healthy_after": 2,
        "unhealthy_after": 3,
        "grace_seconds": 120,
    }
    assert stage["functions"] == {}
    assert "frontend" not in stage
    assert "route" not in stage["services"]["orders"]


def test_what_is_written_wins_over_the_default() -> None:
    stage = filled(databases={"db": {"capacity": {"max": 8}}})

    assert stage["databases"]["db"]["capacity"] == {"min": 0.5, "max": 8}


@pytest.mark.parametrize(
    ("section", "part", "key", "value", "inner"),
    [
        ("services", {}, "route", "/api/orders", "path"),
        ("services", {}, "health", "/health", "path"),
        ("services", {}, "image", "1.0.0", "tag"),
        ("functions", {"source": "f"}, "route", "/f", "path"),
    ],
)
def test_a_shorthand_is_written_out(
    section: str, part: dict[str, Json], key: str, value: Json, inner: str
) -> None:
    """The short form and the long form with one key are the same stage."""
    brief: dict[str, Json] = {section: {"one": {**part, key: value}}}
    long: dict[str, Json] = {section: {"one": {**part, key: {inner: value}}}}
    short = filled(**brief)

    assert short[section]["one"][key][inner] == value
    assert short == filled(**long)


def test_a_model_may_be_its_id_alone() -> None:
    assert filled(models={"m": "us.some.model-1"})["models"] == {"m": {"id": "us.some.model-1"}}


def test_filling_in_twice_changes_nothing() -> None:
    once = filled(services={"orders": {"route": "/a"}}, frontend={"content": "site"})

    assert completed(once, stage_schema()) == once


def test_the_schema_itself_stays_as_it_was() -> None:
    """A default that two stages share must not carry what one of them says into the other."""
    first = filled()
    first["network"]["subnets"]["app"].append("10.9.0.0/24")
    first["services"]["x"] = {}

    assert filled()["network"]["subnets"]["app"] == ["10.0.3.0/24", "10.0.4.0/24"]
    assert filled()["services"] == {}


def records() -> list[tuple[str, type, dict[str, Any]]]:
    """Return each dataclass of the model with its schema, found by walking both from the top."""
    found: dict[str, tuple[str, type, dict[str, Any]]] = {}

    def walk(wanted: Any, schema: dict[str, Any]) -> None:
        schema = resolved(schema)
        if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
            place = f"{wanted.__name__} {schema.get('title', '')}{sorted(schema.get('properties', ()))}"
            if place in found:
                return
            found[place] = (wanted.__name__, wanted, schema)
            hints = typing.get_type_hints(wanted)
            for field in dataclasses.fields(wanted):
                key = field.metadata.get("key", field.name)
                if key in schema.get("properties", {}):
                    walk(hints[field.name], schema["properties"][key])
            return
        arguments = typing.get_args(wanted)
        origin = typing.get_origin(wanted)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            inner = schema.get("additionalProperties")
            walk(arguments[1], inner if isinstance(inner, dict) else {})
        elif origin is tuple:
            walk(arguments[0], schema["items"])
        else:
            for argument in arguments:
                if dataclasses.is_dataclass(argument):
                    walk(argument, schema)

    walk(types.Stage, stage_schema())
    return list(found.values())


RECORDS = records()


def test_the_walk_meets_every_dataclass() -> None:
    declared = {
        name
        for module in (types, components)
        for name, item in vars(module).items()
        if dataclasses.is_dataclass(item)
    }

    assert {name for name, _, _ in RECORDS} == declared


@pytest.mark.parametrize(("name", "record", "schema"), RECORDS, ids=[name for name, _, _ in RECORDS])
def test_fields_and_keys_are_the_same(name: str, record: Any, schema: dict[str, Any]) -> None:
    """Every field has its key in the schema, and every key a field that reads it."""
    fields = {
        field.metadata.get("key", field.name)
        for field in dataclasses.fields(record)
        if field.name not in GIVEN_ELSEWHERE or field.default is field.default_factory is dataclasses.MISSING
    }
    keys = set(schema["properties"])
    if name == "Stage":
        fields.remove("stage")
        keys -= {"petc", "defaults"}

    assert fields == keys


def fields() -> list[tuple[str, dict[str, Any], bool]]:
    """Return every field of the language: its place, its schema, and whether it is required."""
    groups = {"": stage_schema(), **stage_schema()["$defs"]}
    return [
        (f"{group}/{key}", field, key in schema.get("required", ()))
        for group, schema in groups.items()
        for key, field in schema["properties"].items()
    ]


FIELDS = fields()
MAY_BE_ABSENT = {"/frontend", "/defaults", "Service/route", "Function/route", "FunctionDefaults/route"}
MAY_BE_ABSENT |= {"defaults/service", "defaults/function", "FunctionDefaults/source"}


@pytest.mark.parametrize(("place", "field", "required"), FIELDS, ids=[place for place, _, _ in FIELDS])
def test_a_field_is_described_and_its_default_and_examples_are_valid(
    place: str, field: dict[str, Any], required: bool
) -> None:
    """What an editor shows is there, and what it offers would be accepted."""
    whole = resolved(field)
    has_default = "default" in whole

    assert len(whole["description"]) > 5
    assert has_default or required or place in MAY_BE_ABSENT
    assert "examples" in whole or "const" in whole
    assert [list(violations(example, whole)) for example in whole.get("examples", ())] == [
        [] for _ in whole.get("examples", ())
    ]
    assert not has_default or list(violations(whole["default"], whole)) == []


def test_a_function_takes_no_variable_of_one_letter() -> None:
    """Lambda refuses such names, which the schema says before a layer meets it."""
    tree: Json = {
        "petc": 1,
        "name": "shop",
        "tags": {"owner": "a", "cost-centre": "b"},
        "functions": {"report": {"source": "src", "environment": {"T": "x"}}},
    }

    with pytest.raises(Rejected):
        conforming(tree)
