"""Who may invoke a function that has a route, whatever else triggers it."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import aws_native, functions, notification
from petc.layers.api_gateway import layer as api_gateway
from tests import specs
from tests.layers.rendered import properties, resources

KITE = """
petc: 1
name: kite
tags: {{owner: kite-team, cost-centre: kite}}
databases: {{sky: {{schema: sky}}}}
services: {{wind: {{image: {{tag: "1"}}, uses: {{sky: {{}}}}}}}}
functions:
  gust: {{source: gust, route: {{path: /gust, methods: [GET]}}, trigger: {trigger}, uses: {{sky: {{}}}}}}
stages:
  dev: {{targets: {{accounts: ["123456789012"], regions: {{eu-west-1: {{}}}}}}}}
"""

LAYERS = {
    "api_gateway": api_gateway,
    "functions": functions,
    "notification": notification,
    "aws_native": aws_native,
}
BY_TRIGGER = [
    ("{}", "functions", "api_gateway"),
    ("{schedule: rate(1 hour)}", "functions", "api_gateway"),
    ("{alarms: true}", "notification", "api_gateway"),
    ("{rotation_of: sky}", "aws_native", "aws_native"),
    ("{rotation_of: sky, alarms: true}", "aws_native", "aws_native"),
]


def permissions(layer: Any) -> dict[str, Any]:
    """Return what lets the API in, by its source."""
    found = [item["Properties"] for item in resources(layer, "AWS::Lambda::Permission").values()]
    api = [item for item in found if item["Principal"] == "apigateway.amazonaws.com"]
    return {item["SourceArn"]["Fn::Sub"][0].partition("${Api}")[2]: item for item in api}


@pytest.mark.parametrize(("trigger", "home", "admits"), BY_TRIGGER)
def test_one_layer_alone_lets_the_api_in(trigger: str, home: str, admits: str) -> None:
    stage = specs.stage_of(KITE.format(trigger=trigger))
    by_layer = {name: sorted(permissions(module.emit(stage))) for name, module in LAYERS.items()}
    wanted = ["/v1/GET/gust", "/v1/GET/gust/*"]

    assert {name: found for name, found in by_layer.items() if found} == {admits: wanted}
    assert "FunctionGust" in resources(LAYERS[home].emit(stage))


@pytest.mark.parametrize(("trigger", "home", "admits"), BY_TRIGGER)
def test_the_permission_stands_for_the_stages_api_and_a_function_that_exists(
    trigger: str, home: str, admits: str
) -> None:
    stage = specs.stage_of(KITE.format(trigger=trigger))
    layer = LAYERS[admits].emit(stage)
    (one, _) = permissions(layer).values()

    if admits == home:
        assert one["FunctionName"] == {"Ref": "FunctionGust"}
        assert one["SourceArn"]["Fn::Sub"][1]["Api"] == {"Fn::ImportValue": "kite-dev-api-gateway-ApiId"}
    else:
        assert one["FunctionName"]["Fn::ImportValue"] in LAYERS[home].emit(stage).exports
        assert one["SourceArn"]["Fn::Sub"][1]["Api"] == {"Ref": "Api"}


@pytest.mark.parametrize(("trigger", "home", "admits"), BY_TRIGGER)
def test_the_api_never_waits_for_a_layer_that_comes_after_it(trigger: str, home: str, admits: str) -> None:
    stage = specs.stage_of(KITE.format(trigger=trigger))

    assert "aws_native" not in api_gateway.emit(stage).producers
    assert properties(api_gateway.emit(stage), "MethodGetGust")["Integration"]["Type"] == "AWS_PROXY"
