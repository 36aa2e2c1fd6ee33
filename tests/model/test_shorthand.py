"""Short forms mean the same as what they stand for, wherever base, stage and defaults meet."""

from __future__ import annotations

import pytest

from petc.diagnostics import Rejected
from petc.model.shorthand import written_out
from petc.source.parse import parse
from petc.source.tree import locate, plain
from tests import specs

SPEC = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
defaults: {service: {health: /ready}}
models: {writer: some.model}
services:
  orders: {health: {grace_seconds: 300}, route: /orders}
  bills: {image: {uri: "a.example/b:1"}}
stages:
  dev:
    services: {orders: {health: {timeout_seconds: 3}, route: {prefix: keep}}, bills: {image: "2"}}
"""


def test_a_default_in_short_form_survives_a_mapping_above() -> None:
    health = specs.stage_of(SPEC).services["orders"].health

    assert (health.path, health.grace_seconds, health.timeout_seconds) == ("/ready", 300, 3)


def test_a_short_form_in_the_base_survives_a_mapping_in_the_stage() -> None:
    route = specs.stage_of(SPEC).services["orders"].route

    assert route is not None
    assert (route.path, route.prefix) == ("/orders", "keep")


def test_a_short_form_in_the_stage_keeps_the_other_keys() -> None:
    image = specs.stage_of(SPEC).services["bills"].image

    assert (image.tag, image.uri) == ("2", "a.example/b:1")


def test_what_is_written_out_stands_where_it_was_written() -> None:
    tree = written_out(parse(SPEC.encode(), "spec.yaml"))
    place = locate(tree, "/defaults/service/health/path")

    assert (place.line, place.column) == (5, 30)


def test_what_fits_no_short_form_stays() -> None:
    text = "services: {orders: {health: 5, route: [a]}}\nstages: {dev: 3}\nmodels: text\n"
    tree = written_out(parse(text.encode(), "spec.yaml"))

    assert plain(tree) == {
        "services": {"orders": {"health": 5, "route": ["a"]}},
        "stages": {"dev": 3},
        "models": "text",
    }


def test_names_of_layers_may_have_hyphens() -> None:
    text = (
        "layers: {parameter-store: settings}\n"
        "overrides: {api-gateway: {Api: {Properties: {}}}, network: {}}\n"
        "stages: {dev: {overrides: {cloud-map: {}}}}\n"
    )

    assert plain(written_out(parse(text.encode(), "spec.yaml"))) == {
        "layers": {"parameter_store": "settings"},
        "overrides": {"api_gateway": {"Api": {"Properties": {}}}, "network": {}},
        "stages": {"dev": {"overrides": {"cloud_map": {}}}},
    }


def test_both_spellings_of_a_layer_at_once_are_refused() -> None:
    text = f"{SPEC}layers: {{cloud-map: a, cloud_map: b}}\n"

    with pytest.raises(Rejected) as caught:
        specs.stage_of(text)

    (problem,) = caught.value.diagnostics
    assert "cloud-map" in problem.message
