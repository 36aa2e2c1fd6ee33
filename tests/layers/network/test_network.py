"""Layer network: every noun of its list, and the other option of each switch."""

from __future__ import annotations

import pytest

from petc.layers import network
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

SHOP = """
petc: 1
name: shop
tags: {{owner: shop-team, cost-centre: shop}}
network:
  cidr: 10.0.0.0/16
  subnets:
    public: [10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24]
    app: [10.0.11.0/24, 10.0.12.0/24, 10.0.13.0/24]
    database: [10.0.21.0/24, 10.0.22.0/24, 10.0.23.0/24]
  nat: {nat}
services:
  orders: {{image: {{tag: "1"}}, port: 8000}}
stages:
  dev: {{targets: {{accounts: ["123456789012"], regions: {{eu-west-1: {{}}}}}}}}
"""

BROUGHT = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  existing: true
  endpoints: [logs, s3]
services:
  orders: {image: {tag: "1"}, port: 8000}
stages:
  dev:
    targets:
      accounts: ["123456789012"]
      regions:
        eu-west-1:
          vpc: vpc-0123456789abcdef0
          subnets: {app: [subnet-0aaaaaaaaaaaaaaa0, subnet-0aaaaaaaaaaaaaaa1]}
        eu-west-2:
          vpc: vpc-0123456789abcdef1
          subnets: {app: [subnet-0bbbbbbbbbbbbbbb0, subnet-0bbbbbbbbbbbbbbb1]}
"""

ELSEWHERE = """
petc: 1
name: quotes
tags: {owner: shop-team, cost-centre: shop}
functions: {quote: {source: ../quote, route: {path: /quote}}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return network.emit(dev)


def shop(nat: str) -> LayerTemplate:
    return network.emit(specs.stage_of(SHOP.format(nat=nat)))


def subnets(layer: LayerTemplate, tier: str) -> dict[str, object]:
    found = resources(layer, "AWS::EC2::Subnet")
    return {name: item["Properties"]["CidrBlock"] for name, item in found.items() if tier in name}


def test_vpc_resolves_names(reference: LayerTemplate) -> None:
    vpc = properties(reference, "Vpc")

    assert vpc["CidrBlock"] == "10.0.0.0/16"
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


def test_subnets_of_each_tier_lie_in_each_zone(reference: LayerTemplate) -> None:
    assert subnets(reference, "Public") == {"SubnetPublic1": "10.0.1.0/24", "SubnetPublic2": "10.0.2.0/24"}
    assert subnets(reference, "App") == {"SubnetApp1": "10.0.3.0/24", "SubnetApp2": "10.0.4.0/24"}
    assert subnets(reference, "Database") == {
        "SubnetDatabase1": "10.0.5.0/24",
        "SubnetDatabase2": "10.0.6.0/24",
    }


def test_subnet_n_lies_in_zone_n(reference: LayerTemplate) -> None:
    zones = {
        name: item["Properties"]["AvailabilityZone"]
        for name, item in resources(reference, "AWS::EC2::Subnet").items()
    }

    assert {name: zone["Fn::Select"] for name, zone in zones.items()} == {
        name: [int(name[-1]) - 1, {"Fn::GetAZs": ""}] for name in zones
    }


def test_no_subnet_hands_out_public_addresses(reference: LayerTemplate) -> None:
    found = resources(reference, "AWS::EC2::Subnet").values()

    assert [item["Properties"]["MapPublicIpOnLaunch"] for item in found] == [False] * 6


def test_internet_gateway_is_attached_and_routed_from_public_subnets(reference: LayerTemplate) -> None:
    attachment = properties(reference, "InternetGatewayAttachment")
    route = properties(reference, "RoutePublicToInternet")

    assert attachment["InternetGatewayId"] == {"Ref": "InternetGateway"}
    assert route["GatewayId"] == {"Ref": "InternetGateway"}
    assert route["DestinationCidrBlock"] == "0.0.0.0/0"
    assert properties(reference, "RouteTableAssociationPublic2")["RouteTableId"] == {
        "Ref": "RouteTablePublic"
    }


def test_nat_gateway_per_zone_stands_in_the_public_subnet_of_its_zone() -> None:
    layer = shop("per-zone")

    assert {
        name: item["Properties"]["SubnetId"]["Ref"]
        for name, item in resources(layer, "AWS::EC2::NatGateway").items()
    } == {"NatGateway1": "SubnetPublic1", "NatGateway2": "SubnetPublic2", "NatGateway3": "SubnetPublic3"}
    assert len(resources(layer, "AWS::EC2::EIP")) == 3
    assert properties(layer, "RouteApp3ToInternet")["NatGatewayId"] == {"Ref": "NatGateway3"}


def test_single_nat_gateway_serves_all_zones() -> None:
    layer = shop("single")

    assert list(resources(layer, "AWS::EC2::NatGateway")) == ["NatGateway1"]
    assert properties(layer, "RouteApp3ToInternet")["NatGatewayId"] == {"Ref": "NatGateway1"}


def test_without_nat_the_app_subnets_have_no_way_out() -> None:
    layer = shop("none")

    assert not resources(layer, "AWS::EC2::NatGateway")
    assert list(resources(layer, "AWS::EC2::Route")) == ["RoutePublicToInternet"]
    assert len([name for name in resources(layer, "AWS::EC2::RouteTable") if "App" in name]) == 3


def test_database_subnets_have_no_way_out(reference: LayerTemplate) -> None:
    routed = {
        item["Properties"]["RouteTableId"]["Ref"] for item in resources(reference, "AWS::EC2::Route").values()
    }

    assert properties(reference, "RouteTableAssociationDatabase1")["RouteTableId"] == {
        "Ref": "RouteTableDatabase"
    }
    assert "RouteTableDatabase" not in routed


def test_exports_serve_the_later_layers(reference: LayerTemplate) -> None:
    assert reference.exports == (
        "petclinic-dev-network-AppSubnets",
        "petclinic-dev-network-DatabaseSubnets",
        "petclinic-dev-network-EndpointSecurityGroup",
        "petclinic-dev-network-PublicSubnets",
        "petclinic-dev-network-VpcId",
    )


def test_endpoint_group_is_exported_only_with_interface_endpoints(prod: Stage) -> None:
    """The gateway endpoint for S3 has no network interface, so no group."""
    layer = network.emit(prod)

    assert "EndpointS3" in resources(layer)
    assert not [name for name in layer.exports if "Endpoint" in name]


def test_brought_vpc_adds_endpoints_alone() -> None:
    layer = network.emit(specs.stage_of(BROUGHT))

    assert list(resources(layer)) == ["SecurityGroupEndpoints", "EndpointLogs"]
    assert properties(layer, "EndpointLogs")["SubnetIds"] == {"Ref": "AppSubnets"}


def test_brought_vpc_without_endpoints_still_makes_a_stack_for_its_exports() -> None:
    """CloudFormation takes no template without a resource, and every other layer imports the brought ids."""
    bare = BROUGHT.replace("[logs, s3]", "[s3]")

    layer = network.emit(specs.stage_of(bare))

    assert [item["Type"] for item in resources(layer).values()] == [
        "AWS::CloudFormation::WaitConditionHandle"
    ]
    assert any(name.endswith("VpcId") for name in layer.exports)


def test_brought_ids_are_parameters_with_a_value_for_each_region() -> None:
    layer = network.emit(specs.stage_of(BROUGHT))
    values = {parameter.name: parameter.values for parameter in layer.parameters}

    assert values["VpcId"] == {"eu-west-1": "vpc-0123456789abcdef0", "eu-west-2": "vpc-0123456789abcdef1"}
    assert values["AppSubnets"]["eu-west-2"] == "subnet-0bbbbbbbbbbbbbbb0,subnet-0bbbbbbbbbbbbbbb1"


def test_brought_ids_are_exported_under_the_same_names() -> None:
    layer = network.emit(specs.stage_of(BROUGHT))

    assert layer.exports == (
        "shop-dev-network-AppSubnets",
        "shop-dev-network-EndpointSecurityGroup",
        "shop-dev-network-VpcId",
    )


def test_nothing_is_emitted_when_no_part_stands_in_a_vpc() -> None:
    layer = network.emit(specs.stage_of(ELSEWHERE))

    assert resources(layer) == {}
    assert layer.exports == ()
