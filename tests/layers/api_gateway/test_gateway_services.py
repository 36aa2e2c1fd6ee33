"""What the gateway tells services about the way that a request came."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers.api_gateway import layer as api_gateway
from tests import specs
from tests.layers.rendered import properties

KITE = """
petc: 1
name: kite
tags: {{owner: kite-team, cost-centre: kite}}
gateway: {{stage_name: live}}
load_balancer: {{scheme: {scheme}}}
services:
  wind: {{image: {{tag: "1"}}, route: {{path: {path}, aliases: [/gust], prefix: {prefix}}}}}
stages:
  dev: {{targets: {{accounts: ["123456789012"], regions: {{eu-west-1: {{}}}}}}}}
"""


def sent(path: str, prefix: str, method: str, scheme: str = "internal") -> dict[str, Any]:
    """Return the headers of one method's integration."""
    layer = api_gateway.emit(specs.stage_of(KITE.format(path=path, prefix=prefix, scheme=scheme)))
    parameters = properties(layer, method)["Integration"]["RequestParameters"]
    start = "integration.request.header."
    return {name.removeprefix(start): value for name, value in parameters.items() if name.startswith(start)}


@pytest.mark.parametrize(
    ("path", "prefix", "expected"),
    [
        ("/wind", "strip", "'/live/wind'"),
        # Spring's filter replaces the context path by the prefix, so the prefix must contain it.
        ("/wind", "context-path", "'/live/wind'"),
        ("/wind", "keep", "'/live'"),
    ],
)
def test_a_service_learns_where_callers_see_its_root(path: str, prefix: str, expected: str) -> None:
    for method in ("MethodAnyWind", "ProxyMethodAnyWind"):
        assert sent(path, prefix, method)["X-Forwarded-Prefix"] == expected


def test_an_alias_is_seen_as_itself() -> None:
    assert sent("/wind", "strip", "MethodAnyGust")["X-Forwarded-Prefix"] == "'/live/gust'"


def test_at_the_root_the_prefix_is_the_stage() -> None:
    assert sent("/", "context-path", "ProxyMethodAny")["X-Forwarded-Prefix"] == "'/live'"


@pytest.mark.parametrize("scheme", ["internal", "internet-facing"])
def test_a_service_learns_the_apis_own_address_by_tls(scheme: str) -> None:
    headers = sent("/wind", "strip", "MethodAnyWind", scheme)
    host = "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"

    assert headers["Forwarded"] == {"Fn::Sub": f"'proto=https;host={host}'"}
    assert headers["X-Forwarded-Host"] == "context.domainName"
