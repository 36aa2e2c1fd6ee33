"""Flow logs: their group, the role that writes them, and the switch."""

from __future__ import annotations

import pytest

from petc.layers import security
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, statement

UNLOGGED = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network: {flow_logs: false}
services: {orders: {image: {tag: "1"}, port: 8000}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return security.emit(dev)


def test_flow_logs_record_accepted_and_rejected_connections_of_the_vpc(reference: LayerTemplate) -> None:
    flow_log = properties(reference, "FlowLog")

    assert flow_log["ResourceId"] == {"Fn::ImportValue": "petclinic-dev-network-VpcId"}
    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["LogGroupName"] == {"Ref": "LogGroupFlowLogs"}
    assert flow_log["DeliverLogsPermissionArn"] == {"Fn::GetAtt": ["RoleFlowLogs", "Arn"]}


def test_log_group_is_encrypted_and_kept_for_the_days_of_the_stage(dev: Stage, prod: Stage) -> None:
    kept = resources(security.emit(prod))["LogGroupFlowLogs"]

    assert properties(security.emit(dev), "LogGroupFlowLogs") | {"Tags": []} == {
        "LogGroupName": "/petclinic/dev/flow-logs",
        "RetentionInDays": 30,
        "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
        "Tags": [],
    }
    assert kept["Properties"]["RetentionInDays"] == 365
    assert kept["DeletionPolicy"] == "RetainExceptOnCreate"


def test_role_writes_to_its_group_alone(reference: LayerTemplate) -> None:
    write = statement(reference, "FlowLogsWrite", "WriteFlowLogs")

    assert [item["Fn::Sub"].partition(":log-group:")[2] for item in write["Resource"]] == [
        "/petclinic/dev/flow-logs",
        "/petclinic/dev/flow-logs:log-stream:*",
    ]


def test_flow_log_waits_for_the_rights_of_its_role(reference: LayerTemplate) -> None:
    assert resources(reference)["FlowLog"]["DependsOn"] == ["FlowLogsWrite"]


def test_flow_logs_can_be_switched_off() -> None:
    layer = security.emit(specs.stage_of(UNLOGGED))

    assert not [name for name in resources(layer) if "FlowLog" in name]
