"""Layer cloud-map: namespace and services with health."""

from __future__ import annotations

from typing import Any

from petc.layers import cloud_map
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

BANK = """
petc: 1
name: bank
tags: {owner: bank-team, cost-centre: bank}
services:
  loans: {image: {tag: "1"}, port: 8000, uses: {rates: {}}}
  rates: {image: {tag: "1"}, port: 8000}
  vault: {image: {tag: "1"}, port: 8000, uses: {discovery: {}}}
functions:
  quote: {source: quote, uses: {risk: {}}}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""
BANK = BANK.replace("functions:", '  risk: {image: {tag: "1"}, port: 8000}\nfunctions:')


def test_namespace(dev: Stage) -> None:
    layer = cloud_map.emit(dev)

    assert resources(layer)["Namespace"]["Type"] == "AWS::ServiceDiscovery::PrivateDnsNamespace"
    assert properties(layer, "Namespace")["Name"] == "dev.petclinic.local"
    assert properties(layer, "Namespace")["Vpc"] == {"Fn::ImportValue": "petclinic-dev-network-VpcId"}


def test_services_with_health(dev: Stage) -> None:
    layer = cloud_map.emit(dev)
    found = resources(layer, "AWS::ServiceDiscovery::Service")
    names = [item["Properties"]["Name"] for item in found.values()]

    assert sorted(names) == ["admin-server", "customers-service", "vets-service", "visits-service"]
    for item in found.values():
        assert item["Properties"]["HealthCheckCustomConfig"] == {"FailureThreshold": 1}
        assert item["Properties"]["DnsConfig"]["RoutingPolicy"] == "MULTIVALUE"
        assert item["Properties"]["DnsConfig"]["DnsRecords"] == [{"TTL": 15, "Type": "A"}]
        assert item["Properties"]["NamespaceId"] == {"Ref": "Namespace"}


def test_only_who_is_called_or_asks_has_a_name() -> None:
    found = resources(cloud_map.emit(specs.stage_of(BANK)), "AWS::ServiceDiscovery::Service")

    assert sorted(found) == ["DiscoveryRates", "DiscoveryRisk", "DiscoveryVault"]


def test_name_and_arns_are_exported() -> None:
    layer = cloud_map.emit(specs.stage_of(BANK))
    outputs: Any = layer.template["Outputs"]

    assert layer.exports[0] == "bank-dev-cloud-map-DiscoveryServiceArnRates"
    assert outputs["NamespaceName"]["Value"] == "dev.bank.local"


def test_a_renamed_service_keeps_its_logical_id() -> None:
    renamed = BANK.replace("rates: {", "tariffs: {") + "moved: {tariffs: rates}\n"
    layer = cloud_map.emit(specs.stage_of(renamed))

    assert properties(layer, "DiscoveryRates")["Name"] == "tariffs"


def test_nobody_to_find_means_no_layer() -> None:
    lonely = BANK.replace(", uses: {rates: {}}", "").replace(", uses: {risk: {}}", "")
    layer = cloud_map.emit(specs.stage_of(lonely.replace(", uses: {discovery: {}}", "")))

    assert not resources(layer)
