"""What `petc-execution` may do for a stage."""

from __future__ import annotations

import dataclasses
import re
from fnmatch import fnmatchcase
from functools import cache

import pytest

from petc.deploy.bootstrap import execution_policies
from petc.deploy.bootstrap.execution_policies import (
    MANAGED_POLICY,
    POLICIES_OF_A_ROLE,
    PolicyStage,
    documents,
    size,
)
from petc.deploy.bootstrap.permissions import needed, unasked
from petc.deploy.bootstrap.tag_conditions import Tags
from petc.verify.rendered import Json, Rendered, View, mapping, resources, sequence
from tests.deploy.bootstrap.stages import stages

NAMES = (
    "petclinic-dev",
    "petclinic-prod",
    "quotes-live",
    "photos-live",
    "museum-open",
    "parcels-live",
    "depot-live",
)


def about(name: str) -> PolicyStage:
    stage, _ = stages()[name]
    regions = tuple(sorted(stage.targets.regions))
    tags, packages = Tags(stage.name, stage.stage), ("arn:${AWS::Partition}:s3:::b/x/*",)
    boundary = f"petc-{name}-workloads"
    return PolicyStage(_view(name), name, tags, stage.root, regions, "StackSet-", boundary, packages)


@cache
def _view(name: str) -> View:
    return stages()[name][1].view


def statements(stage: PolicyStage) -> list[dict[str, Json]]:
    return [mapping(item) for document in documents(stage) for item in sequence(document["Statement"])]


def sid(stage: PolicyStage, name: str) -> list[dict[str, Json]]:
    return [item for item in statements(stage) if item["Sid"] == name]


def test_every_reference_and_golden_stage_is_looked_at() -> None:
    assert set(NAMES) == set(stages())


@pytest.mark.parametrize("name", NAMES)
def test_each_policy_has_the_size_that_iam_takes(name: str) -> None:
    found = documents(about(name))

    assert max(map(size, found)) <= MANAGED_POLICY
    assert len(found) <= POLICIES_OF_A_ROLE // 2  # two stages fit into one account
    assert len(found) < 2 or min(map(size, found[:-1])) > MANAGED_POLICY * 0.8


@pytest.mark.parametrize("name", NAMES)
def test_every_action_of_every_type_is_granted(name: str) -> None:
    stage = about(name)
    types = {item.type for item in resources(stage.view)}
    granted = {str(action) for item in statements(stage) for action in sequence(item["Action"])}
    left_out = set(needed(types, stage.regions[0], unasked(stage.view))) - granted

    # Without managed policies in a template none is attached, and no boundary is taken off.
    assert left_out <= {
        "iam:AttachRolePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteServiceLinkedRole",
        "iam:DetachRolePolicy",
        "iam:GetServiceLinkedRoleDeletionStatus",
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_names_that_templates_give_fit_the_patterns(name: str) -> None:
    """A name that fits no pattern could not be made by the role."""
    stage = about(name)
    named = {
        "AWS::Lambda::Function": ("lambda:CreateFunction", "FunctionName", ":function:"),
        "AWS::ECR::Repository": ("ecr:CreateRepository", "RepositoryName", ":repository/"),
        "AWS::SSM::Parameter": ("ssm:PutParameter", "Name", ":parameter"),
        "AWS::Logs::LogGroup": ("logs:CreateLogGroup", "LogGroupName", ":log-group:"),
        "AWS::CloudTrail::Trail": ("cloudtrail:CreateTrail", "TrailName", ":trail/"),
        "AWS::CloudWatch::Dashboard": ("cloudwatch:PutDashboard", "DashboardName", ":dashboard/"),
        "AWS::Events::Rule": ("events:PutRule", "Name", ":rule/"),
        "AWS::CloudWatch::Alarm": ("cloudwatch:PutMetricAlarm", "AlarmName", ":alarm:"),
    }
    wrong = []
    for resource in resources(stage.view):
        if resource.type not in named:
            continue
        action, key, kind = named[resource.type]
        value = resource.properties.get(key)
        text = mapping(value).get("Fn::Sub", value)
        if not isinstance(text, str):
            continue
        text = text.replace("${DatabaseClinic}", f"stackset-{name}-03-database-x")
        text = re.sub(r"\$\{Database\w+\}", f"stackset-{name}-03-database-x", text)
        patterns = [
            str(pattern).rpartition(kind)[2]
            for item in statements(stage)
            if action in sequence(item["Action"])
            for pattern in sequence(item["Resource"])
            if kind in str(pattern)
        ]
        if not any(fnmatchcase(text, pattern) for pattern in patterns):
            wrong.append((resource.artifact, text, patterns))

    assert wrong == []


def test_roles_are_passed_only_to_services_that_trust_them() -> None:
    (passing,) = sid(about("petclinic-dev"), "PassRoles")
    services = mapping(mapping(passing["Condition"])["StringEquals"])["iam:PassedToService"]

    assert "ecs-tasks.amazonaws.com" in sequence(services)
    assert "ec2.amazonaws.com" not in sequence(services)
    assert passing["Resource"] == [
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/StackSet-petclinic-dev-*"
    ]


def test_managed_policies_cannot_be_attached_where_no_template_does() -> None:
    granted = {
        str(action) for item in statements(about("petclinic-dev")) for action in sequence(item["Action"])
    }

    assert not granted & {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}


@pytest.mark.parametrize("boundary", ["workloads", "petc-petclinic-dev-workloads"])
def test_roles_get_permissions_with_the_boundary_only(boundary: str) -> None:
    (making,) = sid(dataclasses.replace(about("petclinic-dev"), boundary=boundary), "MakeRoles")
    granted = {
        str(action) for item in statements(about("petclinic-dev")) for action in sequence(item["Action"])
    }

    assert making["Action"] == ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    assert making["Condition"] == {
        "StringEquals": {
            "iam:PermissionsBoundary": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{boundary}"
        }
    }
    assert "iam:DeleteRolePermissionsBoundary" not in granted


def test_drift_and_private_dns_have_their_permissions() -> None:
    """Neither is listed by a handler: User Guide, "Detect drift"; Service Authorization Reference, "Amazon EC2"."""
    (templates,) = sid(about("petclinic-dev"), "Templates")
    zones = {
        str(action) for item in sid(about("petclinic-dev"), "Zones") for action in sequence(item["Action"])
    }

    assert templates["Resource"] == ["*"]
    assert {
        "cloudformation:BatchDescribeTypeConfigurations",
        "cloudformation:DescribeStackDriftDetectionStatus",
    } <= set(map(str, sequence(templates["Action"])))
    assert "route53:AssociateVPCWithHostedZone" in zones


def test_what_no_property_asks_for_is_not_granted() -> None:
    granted = {
        str(action) for item in statements(about("petclinic-dev")) for action in sequence(item["Action"])
    }

    assert not granted & {
        "cloudtrail:StopLogging",
        "rds:RestoreDBClusterFromSnapshot",
        "secretsmanager:ReplicateSecretToRegions",
        "ec2:AcceptAddressTransfer",
    }


def test_regional_actions_are_limited_to_the_stage_s_regions() -> None:
    found = sid(about("petclinic-prod"), "InRegions")

    assert found
    assert all(
        item["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["us-east-2", "us-west-2"]}}
        for item in found
    )


def test_a_reason_stands_for_each_service_with_a_star() -> None:
    stage = about("petclinic-prod")
    starred = {
        str(action).partition(":")[0]
        for item in statements(stage)
        if item["Resource"] == ["*"]
        for action in sequence(item["Action"])
    }

    assert set(execution_policies.reasons(stage)) == starred


def test_a_queue_may_invoke_the_functions_of_the_stage_alone() -> None:
    stage = about("quotes-live")
    mapping_of = Rendered(
        "functions", "f", {"Resources": {"Map": {"Type": "AWS::Lambda::EventSourceMapping"}}}, 0, ""
    )
    with_queue = dataclasses.replace(stage, view=(*stage.view, mapping_of))

    assert not sid(stage, "EventSources")
    made = [*sid(with_queue, "NewEventSources"), *sid(with_queue, "EventSources")]
    assert {str(action) for item in made for action in sequence(item["Action"])} == {
        f"lambda:{verb}EventSourceMapping" for verb in ("Create", "Delete", "Get", "Update")
    }
    functions = "arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:quotes-live-*"
    for item in made:
        assert mapping(mapping(item["Condition"])["ArnLike"]) == {"lambda:FunctionArn": [functions]}
    mappings = "arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:event-source-mapping:*"
    assert {
        str(one) for item in sid(with_queue, "TagEventSources") for one in sequence(item["Resource"])
    } == {mappings}
