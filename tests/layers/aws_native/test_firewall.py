"""The rate limit counts callers by an address that they cannot choose, forged headers included."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from petc.layers import aws_native, frontend
from petc.layers.api_gateway import layer as api_gateway
from petc.layers.frontend.viewer_address import CODE
from petc.model.types import Stage
from tests.layers.rendered import properties, resources

SECRET = [
    "{{resolve:secretsmanager:${Secret}:SecretString}}",
    {"Secret": {"Fn::ImportValue": "petclinic-prod-api-gateway-SiteSecretArn"}},
]
CLOUDFRONT = "130.176.1.1"

Headers = Mapping[str, str]


def rules(stage: Stage) -> dict[str, Any]:
    return {rule["Name"]: rule for rule in properties(aws_native.emit(stage), "WebAcl")["Rules"]}


def matches(statement: Mapping[str, Any], headers: Headers) -> bool:
    """Judge the statements that the rules use; AWS WAF Developer Guide, "Using rule statements"."""
    ((kind, body),) = statement.items()
    if kind == "NotStatement":
        return not matches(body["Statement"], headers)
    assert kind == "ByteMatchStatement" and body["PositionalConstraint"] == "EXACTLY"
    assert body["SearchString"] == {"Fn::Sub": SECRET}
    return headers.get(body["FieldToMatch"]["SingleHeader"]["Name"]) == "the secret"


def counted(stage: Stage, address: str, headers: Headers) -> list[str]:
    """Return the addresses that a request is counted by, over all rules that limit rates."""
    found = []
    for rule in rules(stage).values():
        rate = rule["Statement"].get("RateBasedStatement")
        if rate is None or (
            "ScopeDownStatement" in rate and not matches(rate["ScopeDownStatement"], headers)
        ):
            continue
        if rate["AggregateKeyType"] == "IP":
            found.append(address)
        else:
            assert rate["AggregateKeyType"] == "FORWARDED_IP"
            found.append(headers[rate["ForwardedIPConfig"]["HeaderName"].lower()].split(",")[0])
    return found


def through_site(stage: Stage, viewer: str, sent: Headers) -> Headers:
    """Return the headers that the gateway gets from the distribution for what a viewer sent."""
    layer = frontend.emit(stage)
    config = properties(layer, "Distribution")["DistributionConfig"]
    (origin,) = (item for item in config["Origins"] if item["Id"] == "api")
    custom = {item["HeaderName"]: item["HeaderValue"]["Fn::Sub"] for item in origin["OriginCustomHeaders"]}
    assert custom == {"x-site-secret": SECRET}
    assert all(
        [item["EventType"] for item in behaviour["FunctionAssociations"]] == ["viewer-request"]
        for behaviour in config["CacheBehaviors"]
    )
    assert "request.headers['x-viewer-address'] = {value: event.viewer.ip}" in CODE
    forwarded = ", ".join(filter(None, (sent.get("x-forwarded-for"), viewer)))
    return {
        **sent,
        "x-forwarded-for": forwarded,
        "x-viewer-address": viewer,
        "x-site-secret": "the secret",
    }


def test_a_viewer_of_the_site_is_counted_by_the_address_of_the_viewer(prod: Stage) -> None:
    sent = through_site(prod, "198.51.100.7", {})

    assert counted(prod, CLOUDFRONT, sent) == ["198.51.100.7"]


def test_a_forged_header_does_not_choose_the_address(prod: Stage) -> None:
    forged = {"x-forwarded-for": "192.0.2.1", "x-viewer-address": "192.0.2.2", "x-site-secret": "a guess"}

    assert counted(prod, CLOUDFRONT, through_site(prod, "198.51.100.7", forged)) == ["198.51.100.7"]
    assert counted(prod, "198.51.100.7", forged) == ["198.51.100.7"]


def test_a_caller_of_the_gateway_itself_is_counted_by_its_connection(prod: Stage) -> None:
    assert counted(prod, "203.0.113.9", {}) == ["203.0.113.9"]


def test_without_a_site_before_the_api_every_caller_is_counted_by_its_connection(prod: Stage) -> None:
    assert prod.frontend
    direct = dataclasses.replace(prod, frontend=dataclasses.replace(prod.frontend, api="direct"))

    assert counted(direct, "203.0.113.9", {"x-viewer-address": "192.0.2.2"}) == ["203.0.113.9"]
    assert "SiteSecret" not in resources(api_gateway.emit(direct))
    assert "ViewerAddress" not in resources(frontend.emit(direct))


def test_the_secret_stays_out_of_the_log_of_the_web_acl(prod: Stage) -> None:
    logging = properties(aws_native.emit(prod), "WebAclLogging")
    redacted = [field["SingleHeader"]["Name"] for field in logging["RedactedFields"]]

    assert "x-site-secret" in redacted


def test_priorities_are_unique(prod: Stage) -> None:
    priorities = [rule["Priority"] for rule in rules(prod).values()]

    assert priorities == list(range(len(priorities)))
