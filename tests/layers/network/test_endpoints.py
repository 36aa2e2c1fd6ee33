"""VPC endpoints: which ones, behind which group, under which policy."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import network
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

ACCOUNT = {"Ref": "AWS::AccountId"}

FOREIGN = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  endpoints: [ecr, lambda, sqs, sns, ecs, monitoring, bedrock-runtime]
services:
  orders: {image: {uri: 210987654321.dkr.ecr.eu-west-1.amazonaws.com/orders:7}, port: 8000}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return network.emit(dev)


def statements(layer: LayerTemplate, name: str) -> dict[str, Any]:
    return {item["Sid"]: item for item in properties(layer, name)["PolicyDocument"]["Statement"]}


def test_interface_endpoints_have_private_names_in_the_app_subnets(reference: LayerTemplate) -> None:
    made = {
        name: item["Properties"]
        for name, item in resources(reference, "AWS::EC2::VPCEndpoint").items()
        if item["Properties"]["VpcEndpointType"] == "Interface"
    }

    assert sorted(
        item["ServiceName"]["Fn::Sub"].rpartition("${AWS::Region}.")[2] for item in made.values()
    ) == [
        "ecr.api",
        "ecr.dkr",
        "kms",
        "logs",
        "secretsmanager",
        "ssm",
        "xray",
    ]
    for item in made.values():
        assert item["PrivateDnsEnabled"] is True
        assert item["SubnetIds"] == [{"Ref": "SubnetApp1"}, {"Ref": "SubnetApp2"}]
        assert item["SecurityGroupIds"] == [{"Ref": "SecurityGroupEndpoints"}]


def test_endpoint_security_group_has_no_default_egress(reference: LayerTemplate) -> None:
    egress = properties(reference, "SecurityGroupEndpoints")["SecurityGroupEgress"]

    assert [rule["CidrIp"] for rule in egress] == ["127.0.0.1/32"]
    assert "SecurityGroupIngress" not in properties(reference, "SecurityGroupEndpoints")


def test_gateway_endpoint_for_s3_serves_the_app_route_tables(reference: LayerTemplate) -> None:
    endpoint = properties(reference, "EndpointS3")

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["RouteTableIds"] == [{"Ref": "RouteTableApp1"}, {"Ref": "RouteTableApp2"}]


def test_endpoint_policies_admit_this_account_only(reference: LayerTemplate) -> None:
    """Every statement names the caller's account, but for ECR's own signed links to image layers."""
    open_to_others = [
        (name, item["Sid"])
        for layer in (reference, network.emit(specs.stage_of(FOREIGN)))
        for name, endpoint in resources(layer, "AWS::EC2::VPCEndpoint").items()
        for item in endpoint["Properties"]["PolicyDocument"]["Statement"]
        if item.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalAccount") != ACCOUNT
    ]

    assert open_to_others == [("EndpointS3", "ImageLayers")]


def test_endpoint_policies_keep_to_resources_of_this_account(reference: LayerTemplate) -> None:
    for name in ("EndpointLogs", "EndpointSsm", "EndpointSecretsmanager"):
        condition = statements(reference, name)["OfThisAccount"]["Condition"]

        assert condition["StringEquals"]["aws:ResourceAccount"] == ACCOUNT


def test_gateway_endpoint_policy_reads_own_buckets_and_image_layers(reference: LayerTemplate) -> None:
    found = statements(reference, "EndpointS3")

    assert found["OwnBuckets"]["Condition"]["StringEquals"]["aws:ResourceAccount"] == ACCOUNT
    assert found["ImageLayers"]["Action"] == ["s3:GetObject"]
    assert found["ImageLayers"]["Resource"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"}
    ]


def test_every_wildcard_of_an_endpoint_policy_has_its_reason(reference: LayerTemplate) -> None:
    for item in resources(reference, "AWS::EC2::VPCEndpoint").values():
        wide = {
            found["Sid"]
            for found in item["Properties"]["PolicyDocument"]["Statement"]
            if "*" in found["Resource"]
        }

        assert wide <= set(item["Metadata"]["petc"]["reasons"])


def test_registry_of_another_account_is_admitted_when_an_image_comes_from_it() -> None:
    pull = statements(network.emit(specs.stage_of(FOREIGN)), "EndpointEcrApi")["Pull"]

    assert [item["Fn::Sub"] for item in pull["Resource"]] == [
        "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*",
        "arn:${AWS::Partition}:ecr:${AWS::Region}:210987654321:repository/*",
    ]
