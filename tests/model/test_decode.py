"""From a conforming tree to the typed stage: positions, names, keys that survive a rename; all frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from petc.model.decode import decode
from petc.model.schema import conforming
from petc.model.types import Stage
from petc.source.tree import Json

BASE: dict[str, Json] = {"petc": 1, "name": "shop", "tags": {"owner": "a", "cost-centre": "b"}}


def typed(**changes: Json) -> Stage:
    """Return a small stage with some keys changed, typed."""
    return decode(conforming({**BASE, **changes}), "dev")


def test_the_stage_knows_its_name_and_the_spec_s() -> None:
    stage = typed()

    assert (stage.stage, stage.name, stage.root) == ("dev", "shop", "/shop/dev")


def test_each_part_knows_its_name_and_its_place() -> None:
    stage = typed(
        databases={"orders-db": {}},
        services={"orders": {"route": "/api/orders", "uses": {"orders-db": {}}}},
        functions={"quotes": {"source": "q", "route": "/q"}},
        frontend={"content": "site"},
        targets={"regions": {"us-west-2": {}}},
        overrides={"application": {"ServiceOrders": {"reason": "a good reason"}}},
    )
    orders = stage.services["orders"]

    assert (orders.name, orders.key, orders.at) == ("orders", "orders", "/services/orders")
    assert orders.route is not None
    assert orders.route.at == "/services/orders/route"
    assert (orders.uses["orders-db"].name, orders.uses["orders-db"].at) == (
        "orders-db",
        "/services/orders/uses/orders-db",
    )
    assert stage.databases["orders-db"].at == "/databases/orders-db"
    assert stage.functions["quotes"].at == "/functions/quotes"
    assert stage.frontend is not None
    assert stage.frontend.at == "/frontend"
    assert (stage.targets.regions["us-west-2"].name, stage.targets.regions["us-west-2"].at) == (
        "us-west-2",
        "/targets/regions/us-west-2",
    )
    override = stage.overrides["application"]["ServiceOrders"]
    assert (override.name, override.at) == ("ServiceOrders", "/overrides/application/ServiceOrders")


def test_a_key_of_the_spec_that_python_reserves() -> None:
    """`as` and an exception's `at` have other names in the record, which holds its own position in `at`."""
    stage = typed(
        secrets={"hook": {}},
        services={"orders": {"uses": {"hook": {"as": "WEBHOOK"}}}},
        exceptions={
            "e": {
                "accepts": "x",
                "at": "/gateway",
                "owner": "a",
                "reason": "a good reason",
                "until": "2027-01-01",
            }
        },
    )

    assert stage.services["orders"].uses["hook"].as_ == "WEBHOOK"
    assert (stage.exceptions["e"].place, stage.exceptions["e"].at) == ("/gateway", "/exceptions/e")


def test_moved_keeps_the_key_of_a_renamed_part_alone() -> None:
    stage = typed(services={"sales": {}, "stock": {}}, moved={"sales": "orders"})

    assert (stage.services["sales"].name, stage.services["sales"].key) == ("sales", "orders")
    assert (stage.services["stock"].name, stage.services["stock"].key) == ("stock", "stock")


def test_a_place_plays_no_role_in_comparisons() -> None:
    one = typed(services={"orders": {}}).services["orders"]

    assert dataclasses.replace(one, at="/elsewhere") == one


def test_what_is_not_there_is_none() -> None:
    stage = typed(services={"orders": {}})

    assert stage.frontend is None
    assert stage.services["orders"].route is None


def test_a_whole_number_with_a_point_is_a_whole_number() -> None:
    """JSON Schema takes 8080.0 for an integer; a template would say 8080.0."""
    port = typed(services={"orders": {"port": 8080.0}}).services["orders"].port

    assert (port, type(port)) == (8080, int)


def test_a_number_is_a_float_however_it_is_written() -> None:
    assert type(typed(databases={"db": {"capacity": {"max": 4}}}).databases["db"].capacity.max) is float


def test_a_setting_keeps_its_type() -> None:
    """`true`, `1` and `"1"` are different settings."""
    settings = typed(configuration={"a": True, "b": 1, "c": "1", "d": 1.5}).configuration

    assert [(value, type(value)) for value in settings.values()] == [
        (True, bool),
        (1, int),
        ("1", str),
        (1.5, float),
    ]


def mutable(value: Any, place: str = "") -> list[str]:
    """Return where a list, a dict or a set lies in a stage."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [
            found
            for field in dataclasses.fields(value)
            for found in mutable(getattr(value, field.name), f"{place}/{field.name}")
        ]
    if isinstance(value, MappingProxyType):
        return [found for key, item in value.items() for found in mutable(item, f"{place}/{key}")]
    if isinstance(value, tuple):
        return [found for item in value for found in mutable(item, place)]
    return [place] if isinstance(value, list | Mapping | set) else []


def test_nothing_in_a_stage_can_be_changed() -> None:
    stage = typed(
        services={"orders": {"uses": {"internet": {}}, "after": ["x"]}},
        overrides={"network": {}},
        configuration={},
    )

    assert mutable(stage) == []
    with pytest.raises(dataclasses.FrozenInstanceError):
        stage.name = "other"  # type: ignore[misc]
