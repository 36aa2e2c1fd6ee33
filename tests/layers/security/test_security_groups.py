"""Security groups: closed at first, and opened on both sides of every declared connection."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import security
from petc.layers.base import LayerTemplate
from petc.layers.security import security_groups
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

BROUGHT = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network: {existing: true}
services: {orders: {image: {tag: "1"}, port: 8000}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {vpc: vpc-0123456789abcdef0}}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return security.emit(dev)


def end(value: Any) -> str:
    """Say what one end of a rule is: a group's logical id, an imported name, an address range."""
    if isinstance(value, str):
        return value
    if "Fn::FindInMap" in value:
        return "S3"
    return str(value["Fn::GetAtt"][0] if "Fn::GetAtt" in value else value["Fn::ImportValue"])


def rules(layer: LayerTemplate) -> tuple[set[tuple[str, str, int]], set[tuple[str, str, int]]]:
    """Return the egress and the ingress rules as source, target and port."""
    egress, ingress = set(), set()
    for item in resources(layer, "AWS::EC2::SecurityGroupEgress").values():
        rule = item["Properties"]
        target = next(rule[key] for key in rule if key.startswith(("Destination", "Cidr")))
        assert rule["FromPort"] == rule["ToPort"]
        egress.add((end(rule["GroupId"]), end(target), rule["FromPort"]))
    for item in resources(layer, "AWS::EC2::SecurityGroupIngress").values():
        rule = item["Properties"]
        source = next(rule[key] for key in rule if key.startswith(("SourceSecurity", "Cidr")))
        assert rule["FromPort"] == rule["ToPort"]
        ingress.add((end(source), end(rule["GroupId"]), rule["FromPort"]))
    return egress, ingress


def test_both_sides_of_every_edge_are_open(reference: LayerTemplate) -> None:
    """Each rule between two groups has its twin; only the internet and S3 have no group of ours."""
    egress, ingress = rules(reference)
    outside = {"0.0.0.0/0", "S3"}

    assert {rule for rule in egress if rule[1] not in outside} == {
        rule for rule in ingress if rule[0] not in outside
    }


def test_ingress_is_what_the_architecture_draws(reference: LayerTemplate) -> None:
    _, ingress = rules(reference)
    named = {
        (source.removeprefix("SecurityGroup"), target.removeprefix("SecurityGroup"), port)
        for source, target, port in ingress
        if "Endpoint" not in target
    }

    assert named == {
        ("0.0.0.0/0", "LoadBalancer", 80),
        ("LoadBalancer", "CustomersService", 8080),
        ("LoadBalancer", "VetsService", 8080),
        ("LoadBalancer", "VisitsService", 8080),
        ("LoadBalancer", "AdminServer", 9090),
        ("AdminServer", "CustomersService", 8080),
        ("AdminServer", "VetsService", 8080),
        ("AdminServer", "VisitsService", 8080),
        ("OwnerDetails", "CustomersService", 8080),
        ("OwnerDetails", "VisitsService", 8080),
        ("CustomersService", "Clinic", 3306),
        ("VetsService", "Clinic", 3306),
        ("VisitsService", "Clinic", 3306),
        ("Genai", "Clinic", 3306),
    }


def test_endpoints_admit_exactly_who_calls_them(reference: LayerTemplate) -> None:
    _, ingress = rules(reference)
    callers = {source for source, target, port in ingress if "Endpoint" in target and port == 443}

    assert callers == {
        "SecurityGroupCustomersService",
        "SecurityGroupVetsService",
        "SecurityGroupVisitsService",
        "SecurityGroupAdminServer",
        "SecurityGroupGenai",
    }


def test_no_group_allows_all_egress(reference: LayerTemplate) -> None:
    groups = resources(reference, "AWS::EC2::SecurityGroup")

    assert len(groups) == 8
    for group in groups.values():
        assert [rule["CidrIp"] for rule in group["Properties"]["SecurityGroupEgress"]] == ["127.0.0.1/32"]
        assert "SecurityGroupIngress" not in group["Properties"]


def test_only_declared_parts_reach_the_internet(reference: LayerTemplate) -> None:
    """The function does because its model has no endpoint; the one that only calls services does not."""
    egress, _ = rules(reference)
    leaving = {(source, port) for source, target, port in egress if target == "0.0.0.0/0"}

    assert leaving == {
        ("SecurityGroupCustomersService", 443),
        ("SecurityGroupVetsService", 443),
        ("SecurityGroupVisitsService", 443),
        ("SecurityGroupAdminServer", 443),
        ("SecurityGroupGenai", 443),
    }


def test_s3_is_reached_by_the_prefix_list_of_the_region(prod: Stage) -> None:
    layer = security.emit(prod)
    rule = properties(layer, "EgressVetsServiceToS3443")
    mapping: Any = layer.template["Mappings"]

    assert rule["DestinationPrefixListId"] == {
        "Fn::FindInMap": ["S3PrefixList", {"Ref": "AWS::Region"}, "Id"]
    }
    assert mapping["S3PrefixList"] == {"us-east-2": {"Id": "pl-7ba54012"}, "us-west-2": {"Id": "pl-68a54001"}}


def test_internal_load_balancer_is_reached_by_the_link_alone(prod: Stage) -> None:
    _, ingress = rules(security.emit(prod))

    assert {rule for rule in ingress if rule[1] == "SecurityGroupLoadBalancer"} == {
        ("SecurityGroupLink", "SecurityGroupLoadBalancer", 443)
    }


def test_tls_opens_443_and_80_to_the_internet() -> None:
    layer = security.emit(
        specs.stage_of("""
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
load_balancer: {domain: lb.example.com}
services: {orders: {image: {tag: "1"}, port: 8000, route: {path: /orders}}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
""")
    )
    _, ingress = rules(layer)

    assert {port for source, _, port in ingress if source == "0.0.0.0/0"} == {80, 443}


def test_brought_vpc_without_endpoints_leads_to_the_internet() -> None:
    layer = security.emit(specs.stage_of(BROUGHT))

    assert rules(layer) == ({("SecurityGroupOrders", "0.0.0.0/0", 443)}, set())
    assert "Mappings" not in layer.template


def test_descriptions_say_why_in_letters_that_ec2_accepts(reference: LayerTemplate) -> None:
    rule = properties(reference, "IngressClinicFromGenai3306")

    assert rule["Description"] == "genai uses clinic"
    assert security_groups.described("the region's `list` — 80 %") == "the region s  list    80  "
    assert len(security_groups.described("x" * 300)) == 255


def test_rules_point_at_the_line_that_declares_them(reference: LayerTemplate) -> None:
    metadata = resources(reference)["IngressClinicFromGenai3306"]["Metadata"]

    assert metadata["petc"]["spec"] == "/functions/genai/uses/clinic"
