"""Roles: execution, task and function roles, their boundary, and what they may do from the start."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import security
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

BOUNDED = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
security: {permissions_boundary: team-boundary}
databases: {ledger: {monitoring_seconds: 0}}
services: {orders: {image: {tag: "1"}, port: 8000}}
functions: {quote: {source: ../quote, route: {path: /quote}, uses: {ledger: {pool: 1}}}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return security.emit(dev)


@pytest.fixture
def produced(prod: Stage) -> LayerTemplate:
    return security.emit(prod)


@pytest.fixture
def bounded() -> LayerTemplate:
    return security.emit(specs.stage_of(BOUNDED))


def trusted(layer: LayerTemplate, name: str) -> Any:
    return properties(layer, name)["AssumeRolePolicyDocument"]["Statement"][0]


def test_execution_role_and_task_role_for_each_service(dev: Stage, reference: LayerTemplate) -> None:
    for role in ("ExecutionRole", "TaskRole"):
        made = [name for name in resources(reference, "AWS::IAM::Role") if name.startswith(role)]

        assert len(made) == len(dev.services)
        for name in made:
            assert trusted(reference, name)["Principal"] == {"Service": ["ecs-tasks.amazonaws.com"]}
            assert "aws:SourceAccount" in trusted(reference, name)["Condition"]["StringEquals"]
            assert f"petclinic-dev-security-{name}" in reference.exports


def test_function_role_for_each_function(dev: Stage, reference: LayerTemplate) -> None:
    made = [name for name in resources(reference, "AWS::IAM::Role") if name.startswith("FunctionRole")]

    assert len(made) == len(dev.functions)
    for name in made:
        assert trusted(reference, name)["Principal"] == {"Service": ["lambda.amazonaws.com"]}
        assert f"petclinic-dev-security-{name}" in reference.exports


def test_permissions_boundary_bounds_every_role(bounded: LayerTemplate) -> None:
    bounds = {
        name: item["Properties"].get("PermissionsBoundary")
        for name, item in resources(bounded, "AWS::IAM::Role").items()
    }

    assert set(bounds) == {"ExecutionRoleOrders", "TaskRoleOrders", "FunctionRoleQuote", "RoleFlowLogs"}
    for bound in bounds.values():
        assert bound == {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/team-boundary"}


def test_without_a_boundary_in_the_spec_roles_have_that_of_the_stage(reference: LayerTemplate) -> None:
    for item in resources(reference, "AWS::IAM::Role").values():
        named = item["Properties"]["PermissionsBoundary"]["Fn::Sub"]

        assert named.endswith(":policy/petc-petclinic-dev-workloads")


def test_no_role_has_a_managed_policy(reference: LayerTemplate) -> None:
    for item in resources(reference, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in item["Properties"]


def test_function_in_the_vpc_may_make_network_interfaces_with_its_group(reference: LayerTemplate) -> None:
    create = statement(reference, "NetworkInterfacesGenai", "CreateInterfaces")
    arn, names = create["Resource"][2]["Fn::Sub"]

    assert create["Action"] == ["ec2:CreateNetworkInterface"]
    assert arn.endswith(":security-group/${Group}")
    assert names == {"Group": {"Fn::GetAtt": ["SecurityGroupGenai", "GroupId"]}}


def test_code_of_a_function_may_not_touch_network_interfaces(reference: LayerTemplate) -> None:
    """The actions are Lambda's own to take; the denial holds for calls that come from the function."""
    policy = "NetworkInterfacesGenai"
    allowed = {
        action
        for sid in sids(reference, policy)
        if sid != "KeepCodeOut"
        for action in statement(reference, policy, sid)["Action"]
    }
    denial = statement(reference, policy, "KeepCodeOut")
    source = denial["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]["Fn::Sub"]

    assert denial["Effect"] == "Deny"
    assert set(denial["Action"]) == allowed
    assert source.endswith(":lambda:${AWS::Region}:${AWS::AccountId}:function:petclinic-dev-genai")


def test_function_outside_the_vpc_touches_no_network_interface(reference: LayerTemplate) -> None:
    made = [name for name in resources(reference) if name.startswith("NetworkInterfaces")]

    assert made == ["NetworkInterfacesGenai", "NetworkInterfacesOwnerDetails"]


def test_monitoring_role_writes_to_the_group_of_rds(produced: LayerTemplate) -> None:
    write = statement(produced, "MonitoringWrite", "WriteStreams")

    assert trusted(produced, "RoleMonitoring")["Principal"] == {"Service": ["monitoring.rds.amazonaws.com"]}
    assert all(":log-group:RDSOSMetrics" in item["Fn::Sub"] for item in write["Resource"])
    assert "petclinic-prod-security-MonitoringRoleArn" in produced.exports


def test_monitoring_role_makes_its_group_under_either_spelling_of_the_arn(produced: LayerTemplate) -> None:
    """IAM sees `…:log-group:NAME:log-stream:` where a group is made, as AWS's own policy for RDS allows."""
    keep = statement(produced, "MonitoringWrite", "KeepGroup")
    patterns = [item["Fn::Sub"].rpartition(":log-group:")[2] for item in keep["Resource"]]

    assert patterns == ["RDSOSMetrics", "RDSOSMetrics:*"]


def test_without_enhanced_monitoring_no_role_for_it(bounded: LayerTemplate) -> None:
    assert "RoleMonitoring" not in resources(bounded)
    assert "shop-dev-security-MonitoringRoleArn" not in bounded.exports
