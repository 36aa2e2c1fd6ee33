"""`defaults` laid under each service and function."""

from __future__ import annotations

import pytest

from petc.diagnostics import Rejected
from petc.model.inherit import inherited
from petc.source.overlay import overlay
from petc.source.parse import parse
from petc.source.tree import Json, Node, locate, plain

SPEC = """\
defaults:
  service:
    port: 9000
    scale: {min: 2, max: 6}
    private_paths: [/actuator]
  function:
    memory: 512
services:
  orders:
    scale: {max: 3}
  stock:
    port: 7000
    private_paths: []
functions:
  quotes:
    source: q
stages:
  dev: {}
"""


def tree(text: str = SPEC) -> Node:
    """Return the stage `dev` with its defaults laid under."""
    return inherited(overlay(parse(text.encode(), "spec.yaml"), "dev"))


def values(text: str = SPEC) -> dict[str, Json]:
    """Return the same without positions."""
    found = plain(tree(text))
    assert isinstance(found, dict)
    return found


def test_each_service_starts_from_the_default() -> None:
    assert values()["services"] == {
        "orders": {"port": 9000, "scale": {"min": 2, "max": 3}, "private_paths": ["/actuator"]},
        "stock": {"port": 7000, "scale": {"min": 2, "max": 6}, "private_paths": []},
    }


def test_functions_have_a_default_of_their_own() -> None:
    assert values()["functions"] == {"quotes": {"memory": 512, "source": "q"}}


def test_null_removes_a_default() -> None:
    found = values(SPEC.replace("    scale: {max: 3}", "    scale: null"))

    assert found["services"]["orders"] == {"port": 9000, "private_paths": ["/actuator"]}  # type: ignore[index,call-overload]


def test_null_for_a_default_that_is_not_there_is_refused() -> None:
    """Every such place is named, not the first alone."""
    text = SPEC.replace("    scale: {max: 3}", "    cpu: null").replace("    port: 7000", "    memory: null")
    with pytest.raises(Rejected) as refusal:
        tree(text)

    assert [(item.code, str(item.location)) for item in refusal.value.diagnostics] == [
        ("removes-nothing", "spec.yaml:10:5"),
        ("removes-nothing", "spec.yaml:12:5"),
    ]


def test_what_is_inherited_stands_where_it_was_written() -> None:
    found = tree()

    assert str(locate(found, "/services/orders/port")) == "spec.yaml:3:11"
    assert str(locate(found, "/services/orders/scale/min")) == "spec.yaml:4:18"
    assert str(locate(found, "/services/orders/scale/max")) == "spec.yaml:10:18"
    assert str(locate(found, "/services/stock/port")) == "spec.yaml:12:11"


def test_the_parts_themselves_stand_where_they_stood() -> None:
    assert str(locate(tree(), "/services/stock", on_key=True)) == "spec.yaml:11:3"


def test_a_stage_changes_the_default_of_all() -> None:
    found = values(SPEC.replace("  dev: {}", "  dev: {defaults: {service: {port: 9999}}}"))

    assert [part["port"] for part in found["services"].values()] == [9999, 7000]  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize(
    "text",
    ["services: {a: {port: 1}}\nstages: {dev: {}}\n", "defaults: {service: {port: 1}}\nstages: {dev: {}}\n"],
)
def test_without_defaults_or_without_parts_nothing_changes(text: str) -> None:
    base = overlay(parse(text.encode(), "spec.yaml"), "dev")

    assert plain(inherited(base)) == plain(base)


@pytest.mark.parametrize("services", ["services: 5", "services: [a]", "services: {a: 5}", "services: {a: }"])
def test_wrong_shapes_are_left_to_the_schema(services: str) -> None:
    text = f"defaults: {{service: {{port: 1}}}}\n{services}\nstages: {{dev: {{}}}}\n"
    base = overlay(parse(text.encode(), "spec.yaml"), "dev")

    assert plain(inherited(base)) == plain(base)
