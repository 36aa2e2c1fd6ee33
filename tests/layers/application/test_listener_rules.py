from __future__ import annotations

import json
from typing import Any

import pytest

from petc.layers import application
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests.layers.rendered import properties, resources


@pytest.fixture
def layer(dev: Stage) -> LayerTemplate:
    return application.emit(dev)


def headers(rule: Any) -> dict[str, Any]:
    found = [item["HttpHeaderConfig"] for item in rule["Conditions"] if item["Field"] == "http-header"]
    return {item["HttpHeaderName"]: item["Values"] for item in found}


def test_what_is_forwarded_carries_the_gateways_secret(layer: LayerTemplate) -> None:
    wanted = headers(properties(layer, "ForwardVetsService"))

    value = {"Fn::Sub": "{{resolve:secretsmanager:${HeaderSecret}:SecretString}}"}
    assert wanted["x-gateway-secret"] == [value]


def test_what_is_forwarded_came_by_the_services_route(layer: LayerTemplate) -> None:
    assert headers(properties(layer, "ForwardVetsService"))["x-gateway-route"] == ["/api/vets"]


def test_a_service_is_forwarded_to_its_own_target_group(layer: LayerTemplate) -> None:
    (action,) = properties(layer, "ForwardVetsService")["Actions"]

    assert action == {"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroupVetsService"}}


def test_a_refusal_looks_like_a_path_that_does_not_exist(layer: LayerTemplate) -> None:
    refusal = properties(layer, "DenyVetsService")["Actions"][0]["FixedResponseConfig"]

    assert refusal == properties(layer, "HttpListener")["DefaultActions"][0]["FixedResponseConfig"]


def test_aliases_share_the_one_dynamic_reference_of_their_rule(layer: LayerTemplate) -> None:
    assert str(layer.template).count("{{resolve:secretsmanager") == 4


def test_a_context_path_is_not_rewritten(layer: LayerTemplate) -> None:
    assert "Transforms" not in properties(layer, "ForwardAdminServer")
    assert properties(layer, "ForwardVetsService")["Transforms"][0]["Type"] == "url-rewrite"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("GuardPaths", "/load_balancer"),
        ("DenyVetsService", "/services/vets-service/private_paths"),
        ("ForwardVetsService", "/services/vets-service/route"),
    ],
)
def test_a_rule_leads_to_its_line_of_the_spec(layer: LayerTemplate, name: str, place: str) -> None:
    assert resources(layer)[name]["Metadata"]["petc"]["spec"] == place


def test_every_fixed_answer_is_an_error_object_that_pages_can_read(layer: LayerTemplate) -> None:
    refusals = [rule["Actions"][0] for rule in _every(layer, "ListenerRule")]
    refusals += [listener["DefaultActions"][0] for listener in _every(layer, "Listener")]
    bodies = [
        json.loads(item["FixedResponseConfig"]["MessageBody"])
        for item in refusals
        if item["Type"] == "fixed-response"
    ]

    assert len(bodies) > 1
    for body in bodies:
        assert body == {"status": 404, "error": "Not Found", "errors": []}


def _every(layer: LayerTemplate, kind: str) -> list[Any]:
    found = resources(layer, f"AWS::ElasticLoadBalancingV2::{kind}").values()
    return [item["Properties"] for item in found]
