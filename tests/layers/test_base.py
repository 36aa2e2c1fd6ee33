"""The draft: what every resource gets without its layer saying so."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from troposphere import Ref, apigateway, ec2, ecs, s3, ssm

from petc.layers import contracts
from petc.layers.base import CONTEXT, Draft, LayerTemplate
from petc.layers.contracts import Value
from petc.model.types import Stage
from tests.specs import stage_of

SPEC = """
petc: 1
name: shop
description: A shop
tags: {owner: a, cost-centre: b}
on_delete: %s
layers: {parameter_store: settings}
targets: {regions: {us-west-2: {kms_key: "arn:aws:kms:us-west-2:123456789012:key/1"}, us-east-1: {}}}
stages: {dev: {}}
"""


def stage(on_delete: str = "keep") -> Stage:
    """Return the stage."""
    return stage_of(SPEC % on_delete)


def draft(on_delete: str = "keep") -> Draft:
    """Return an empty draft of the layer of the network."""
    return Draft(stage(on_delete), "network", 1, "Network")


def finished(made: Draft) -> Any:
    """Return the template as plain values."""
    return made.finish().template


def test_a_resource_says_where_it_comes_from_and_what_for() -> None:
    made = draft()
    made.add(ec2.VPC("Vpc", CidrBlock="10.0.0.0/16"), "/network", why="the network")

    assert finished(made)["Resources"]["Vpc"]["Metadata"] == {
        "petc": {"spec": "/network"},
        CONTEXT: {"why": "the network"},
    }


def test_reasons_and_accepted_rules_are_noted() -> None:
    made = draft()
    made.add(
        ec2.VPC("Vpc", CidrBlock="10.0.0.0/16"),
        "/network",
        why="the network",
        accepted={"W2": "because", "W1": "so"},
        reasons={"Sid": "no resource level"},
    )
    metadata = finished(made)["Resources"]["Vpc"]["Metadata"]

    assert metadata["petc"] == {
        "spec": "/network",
        "reasons": {"Sid": "no resource level"},
        "accepted": {"W1": "so", "W2": "because"},
    }
    assert metadata["cfn-lint"] == {"config": {"ignore_checks": ["W1", "W2"]}}


def test_it_waits_for_what_it_is_told_to_once_and_sorted() -> None:
    made = draft()
    first = made.add(ec2.VPC("Vpc", CidrBlock="10.0.0.0/16"), "/network", why="w")
    made.add(ec2.InternetGateway("Gateway"), "/network", why="w", after=[first, "Vpc", "Another"])
    found = finished(made)["Resources"]

    assert found["Gateway"]["DependsOn"] == ["Another", "Vpc"]
    assert "DependsOn" not in found["Vpc"]


TAGS = {"cost-centre": "b", "layer": "network", "owner": "a", "project": "shop", "stage": "dev"}


def test_tags_in_each_form_that_types_take() -> None:
    made = draft()
    made.add(
        ec2.VPC("List", CidrBlock="10.0.0.0/16"), "/network", why="w", tags={"Name": "main", "owner": "z"}
    )
    made.add(ssm.Parameter("Map", Type="String", Value="v"), "/network", why="w")
    made.add(ec2.VPCGatewayAttachment("None", VpcId="v", InternetGatewayId="i"), "/network", why="w")
    found = finished(made)["Resources"]

    assert found["List"]["Properties"]["Tags"] == [
        {"Key": key, "Value": value} for key, value in sorted({**TAGS, "Name": "main", "owner": "z"}.items())
    ]
    assert found["Map"]["Properties"]["Tags"] == TAGS
    assert "Tags" not in found["None"]["Properties"]


@pytest.mark.parametrize(
    "resource",
    [
        ecs.Cluster("R"),
        s3.Bucket("R"),
        apigateway.RestApi("R", Name="n"),
    ],
    ids=lambda resource: resource.resource_type,
)
def test_tags_of_other_types_are_a_list(resource: Any) -> None:
    made = draft()
    made.add(resource, "/network", why="w")

    assert finished(made)["Resources"]["R"]["Properties"]["Tags"][0] == {"Key": "cost-centre", "Value": "b"}


def test_the_layer_s_tag_is_its_label() -> None:
    assert Draft(stage(), "parameter_store", 4, "t").tags["layer"] == "settings"


@pytest.mark.parametrize(
    ("on_delete", "snapshot", "deleted", "replaced"),
    [
        ("keep", False, "RetainExceptOnCreate", "Retain"),
        ("keep", True, "Snapshot", "Snapshot"),
        ("discard", False, "Delete", "Delete"),
        ("discard", True, "Delete", "Delete"),
    ],
)
def test_what_holds_data_outlives_its_stack_where_the_stage_keeps(
    on_delete: str, snapshot: bool, deleted: str, replaced: str
) -> None:
    made = draft(on_delete)
    made.add_stateful(s3.Bucket("Data"), "/buckets/data", why="w", snapshot=snapshot)
    found = finished(made)["Resources"]["Data"]

    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == (deleted, replaced)


def test_values_travel_under_one_name() -> None:
    made = draft()
    made.export(contracts.VPC_ID, Ref("Vpc"), description="the VPC")
    made.export(Value("network", "Thing"), Ref("Thing"), "order-service")
    layer = made.finish()
    outputs: Any = layer.template["Outputs"]
    other = Draft(stage(), "database", 3, "t")

    assert outputs["VpcId"] == {
        "Description": "the VPC",
        "Value": {"Ref": "Vpc"},
        "Export": {"Name": "shop-dev-network-VpcId"},
    }
    assert outputs["ThingOrderService"]["Export"] == {"Name": "shop-dev-network-ThingOrderService"}
    assert layer.exports == ("shop-dev-network-ThingOrderService", "shop-dev-network-VpcId")
    assert other.imported(contracts.VPC_ID).to_dict() == {"Fn::ImportValue": "shop-dev-network-VpcId"}
    assert other.imported(contracts.APP_SUBNETS).to_dict() == {
        "Fn::Split": [",", {"Fn::ImportValue": "shop-dev-network-AppSubnets"}]
    }
    assert other.finish().imports == (
        ("shop-dev-network-AppSubnets", "network"),
        ("shop-dev-network-VpcId", "network"),
    )
    assert other.finish().producers == ("network",)


def test_export_names_carry_the_label_of_their_layer() -> None:
    assert contracts.export_name(stage(), contracts.PARAMETER_ROOT) == "shop-dev-settings-Root"
    assert contracts.label(stage(), "cloud_map") == "cloud-map"


def test_a_layer_exports_its_own_values_and_imports_others() -> None:
    with pytest.raises(AssertionError):
        draft().export(contracts.KEY_ARN, "x")
    with pytest.raises(AssertionError):
        draft().imported(contracts.VPC_ID)


def test_a_parameter_has_a_value_for_each_region_and_stands_once() -> None:
    made = draft()
    first = made.parameter("KeyArn", "The key", lambda region: region.kms_key, AllowedPattern="^arn:.*$")
    again = made.parameter("KeyArn", "Another text", default="x")
    layer = made.finish()

    assert first is again
    assert dict(layer.parameters[0].values) == {
        "us-west-2": "arn:aws:kms:us-west-2:123456789012:key/1",
        "us-east-1": "",
    }
    assert layer.template["Parameters"] == {
        "KeyArn": {"Type": "String", "Description": "The key", "AllowedPattern": "^arn:.*$"}
    }


def test_an_empty_default_is_a_default() -> None:
    made = draft()
    made.parameter("A", "a", default="")

    assert finished(made)["Parameters"]["A"]["Default"] == ""


def test_a_finished_layer_knows_its_file() -> None:
    layer = Draft(stage(), "parameter_store", 4, "Settings").finish()

    assert isinstance(layer, LayerTemplate)
    assert (layer.stem, layer.label) == ("04-settings", "settings")
    assert layer.template["Description"] == "shop dev: Settings - A shop"
    assert "Resources" not in layer.template or layer.template["Resources"] == {}


def test_a_long_description_is_cut_where_cloudformation_ends() -> None:
    """1,024 bytes at most; AWS CloudFormation User Guide, "Template description"."""
    long = dataclasses.replace(stage(), description="가" * 1000)
    text = str(Draft(long, "network", 1, "Network").finish().template["Description"])

    assert len(text.encode()) <= 1024
