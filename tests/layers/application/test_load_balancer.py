from __future__ import annotations

from typing import Any

import pytest

from petc.layers import application
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests.layers import shop
from tests.layers.rendered import properties, resources

BODY = """
encryption: {key: aws}
load_balancer: BALANCER
services:
  web: {route: {path: /web, prefix: context-path}, health: /ready, stop_seconds: 45, port: 9000}
"""
CERTIFICATE = "arn:aws:acm:us-west-2:123456789012:certificate/0d0c1f6e-6f0e-4c0e-9a57-2d9f4f1f0001"
PROVEN = f"certificate: '{CERTIFICATE}'"


def balanced(balancer: str = "{}", region: str = "") -> LayerTemplate:
    return shop.layer(BODY.replace("BALANCER", balancer), region)


def tls(scheme: str) -> LayerTemplate:
    zone = f"{PROVEN}, hosted_zone: Z0123456789ABCDEFGHIJ"
    return balanced(f"{{scheme: {scheme}, domain: lb.example.com}}", zone)


def attributes(layer: LayerTemplate) -> dict[str, Any]:
    found = properties(layer, "LoadBalancer")["LoadBalancerAttributes"]
    return {item["Key"]: item["Value"] for item in found}


def test_internet_facing_stands_in_the_public_subnets() -> None:
    balancer = properties(balanced(), "LoadBalancer")

    assert balancer["Scheme"] == "internet-facing"
    assert balancer["Subnets"]["Fn::Split"][1] == {"Fn::ImportValue": "shop-dev-network-PublicSubnets"}
    assert balancer["SecurityGroups"] == [{"Fn::ImportValue": "shop-dev-security-SecurityGroupLoadBalancer"}]


def test_internal_stands_in_the_app_subnets_without_a_secret() -> None:
    layer = balanced("{scheme: internal}")

    balancer = properties(layer, "LoadBalancer")
    assert balancer["Scheme"] == "internal"
    assert balancer["Subnets"]["Fn::Split"][1] == {"Fn::ImportValue": "shop-dev-network-AppSubnets"}
    assert not resources(layer, "AWS::SecretsManager::Secret")
    assert "{{resolve" not in str(layer.template)


def test_invalid_headers_are_dropped_and_idle_connections_closed() -> None:
    found = attributes(balanced("{idle_seconds: 30}"))

    assert found["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert found["idle_timeout.timeout_seconds"] == "30"


def test_idle_connections_close_before_tomcat_closes_them_and_after_the_gateway_gave_up(dev: Stage) -> None:
    """A task that closes first makes the load balancer answer 502 to whoever comes at that moment."""
    listed = properties(application.emit(dev), "LoadBalancer")["LoadBalancerAttributes"]
    seconds = {item["Key"]: item["Value"] for item in listed}["idle_timeout.timeout_seconds"]

    assert 29 < int(seconds) < 60


def test_a_protected_stage_protects_it_from_deletion(dev: Stage, prod: Stage) -> None:
    assert attributes(application.emit(dev))["deletion_protection.enabled"] == "false"
    assert attributes(balanced())["deletion_protection.enabled"] == "false"
    assert attributes(application.emit(prod))["deletion_protection.enabled"] == "true"


def test_without_a_domain_port_80_forwards() -> None:
    layer = balanced()

    assert list(resources(layer, "AWS::ElasticLoadBalancingV2::Listener")) == ["HttpListener"]
    listener = properties(layer, "HttpListener")
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")


def test_what_no_rule_forwards_is_not_found() -> None:
    for layer, name in ((balanced(), "HttpListener"), (tls("internal"), "HttpsListener")):
        (action,) = properties(layer, name)["DefaultActions"]

        assert action["FixedResponseConfig"]["StatusCode"] == "404"


def test_with_a_domain_port_443_has_the_certificate_and_a_modern_policy() -> None:
    layer = tls("internet-facing")

    listener = properties(layer, "HttpsListener")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["Certificates"] == [{"CertificateArn": {"Ref": "Certificate"}}]
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    given = {item.name: item.values for item in layer.parameters}
    assert given["Certificate"] == {"us-west-2": CERTIFICATE}


def test_port_80_redirects_in_public_and_is_closed_behind_the_link() -> None:
    (action,) = properties(tls("internet-facing"), "HttpListener")["DefaultActions"]

    assert action["RedirectConfig"] == {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    assert "HttpListener" not in resources(tls("internal"))


def test_the_domains_record_where_the_zone_is_known() -> None:
    record = properties(tls("internet-facing"), "DomainRecord")

    assert (record["Name"], record["HostedZoneId"]) == ("lb.example.com", {"Ref": "HostedZone"})
    assert record["Region"] == {"Ref": "AWS::Region"}
    assert "DomainRecord" not in resources(balanced("{domain: lb.example.com}", PROVEN))


def test_nobody_looks_up_an_internal_load_balancer() -> None:
    assert "DomainRecord" not in resources(tls("internal"))


def test_the_header_secret_is_generated_without_punctuation(dev: Stage) -> None:
    secret = properties(balanced(), "HeaderSecret")

    assert secret["GenerateSecretString"] == {"PasswordLength": 48, "ExcludePunctuation": True}
    assert "KmsKeyId" not in secret
    assert "KmsKeyId" in properties(application.emit(dev), "HeaderSecret")


def test_the_target_group_checks_health_below_the_context_path() -> None:
    group = properties(balanced(), "TargetGroupWeb")

    assert (group["TargetType"], group["Port"]) == ("ip", 9000)
    assert group["HealthCheckPath"] == "/web/ready"
    assert group["Matcher"] == {"HttpCode": "200"}


def test_a_stopping_task_is_left_in_time_and_nobody_sticks_to_it() -> None:
    group = properties(balanced(), "TargetGroupWeb")

    found = {item["Key"]: item["Value"] for item in group["TargetGroupAttributes"]}
    assert found == {"deregistration_delay.timeout_seconds": "45", "stickiness.enabled": "false"}


@pytest.mark.parametrize(
    ("site", "origin"), [("", "*"), (", domain: shop.example.com", "https://shop.example.com")]
)
def test_pages_that_call_the_api_directly_may_read_the_answers(site: str, origin: str) -> None:
    body = BODY.replace("BALANCER", "{domain: lb.example.com}")
    layer = shop.layer(f"{body}frontend: {{content: site, api: direct{site}}}", PROVEN)
    key = "routing.http.response.access_control_allow_origin.header_value"

    assert properties(layer, "HttpsListener")["ListenerAttributes"] == [{"Key": key, "Value": origin}]
    assert "ListenerAttributes" not in properties(layer, "HttpListener")


def test_pages_of_the_same_origin_need_no_leave() -> None:
    body = BODY.replace("BALANCER", "{}")
    layer = shop.layer(body + "frontend: {content: site, api: same-origin}")

    assert "ListenerAttributes" not in properties(layer, "HttpListener")


def test_target_groups_have_two_equal_forms_of_which_either_replaces_the_other() -> None:
    """A stage that stands has the first: with no property that it did not have, nothing is replaced."""
    layer: Any = balanced().template
    group = properties(balanced(), "TargetGroupWeb")

    turn = layer["Parameters"]["TargetGroupTurn"]
    assert group["ProtocolVersion"]["Fn::If"][1:] == ["HTTP1", {"Ref": "AWS::NoValue"}]
    assert layer["Conditions"][group["ProtocolVersion"]["Fn::If"][0]] == {
        "Fn::Equals": [{"Ref": "TargetGroupTurn"}, "even"]
    }
    assert turn["Default"] == "odd"
