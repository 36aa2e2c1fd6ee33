from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from petc.layers import aws_native
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, statement

SMALL = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
encryption: {key: aws}
security: {trail: existing}
buckets: {books: {}}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""

ROTATED = """
databases: {stock: {engine: aurora-mysql, version: 8.0.mysql_aurora.3.10.6, schema: stock}}
functions: {renew: {source: ../renew, trigger: {rotation_of: stock}}}
"""

SECRET = {"Fn::ImportValue": "petclinic-dev-database-MasterSecretArnClinic"}


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return aws_native.emit(dev)


@pytest.fixture
def hardened(prod: Stage) -> LayerTemplate:
    return aws_native.emit(prod)


def rolls(layer: LayerTemplate) -> Any:
    return properties(layer, "FunctionCredentialRefresh")["Environment"]["Variables"]["ROLLS"]["Fn::Sub"]


def test_the_rotation_event_that_rolls_services(reference: LayerTemplate) -> None:
    rule = properties(reference, "RotationCredentialRefresh")

    assert rule["EventPattern"]["detail-type"] == ["AWS Service Event via CloudTrail"]
    assert rule["EventPattern"]["detail"]["eventName"] == ["RotationSucceeded"]
    assert rule["EventPattern"]["detail"]["additionalEventData"] == {"SecretId": [SECRET]}
    assert rule["Targets"][0]["Arn"] == {"Fn::GetAtt": ["FunctionCredentialRefresh", "Arn"]}
    assert properties(reference, "RotationPermissionCredentialRefresh")["SourceArn"] == {
        "Fn::GetAtt": ["RotationCredentialRefresh", "Arn"]
    }


def test_secrets_managers_own_event_rolls_services_too(reference: LayerTemplate) -> None:
    rule = properties(reference, "RelabelledCredentialRefresh")

    assert rule["EventPattern"] == {
        "source": ["aws.secretsmanager"],
        "detail-type": ["Secret Label Updated"],
        "resources": [SECRET],
        "detail": {"labelUpdated": ["AWSCURRENT"]},
    }
    assert rule["Targets"][0]["Arn"] == {"Fn::GetAtt": ["FunctionCredentialRefresh", "Arn"]}
    assert properties(reference, "RelabelledPermissionCredentialRefresh")["SourceArn"] == {
        "Fn::GetAtt": ["RelabelledCredentialRefresh", "Arn"]
    }


def test_without_a_trail_the_own_event_alone_rolls_services(dev: Stage) -> None:
    """CloudTrail's events would never come, so nothing waits for them."""
    security = dataclasses.replace(dev.security, trail="none")
    layer = aws_native.emit(dataclasses.replace(dev, security=security))
    found = resources(layer)

    assert "RelabelledCredentialRefresh" in found
    assert not {"Trail", "TrailBucket", "RotationCredentialRefresh"} & set(found)
    assert "RotationFailuresCredentialRefresh" not in found


def test_an_event_that_cannot_be_delivered_is_kept(reference: LayerTemplate) -> None:
    target = properties(reference, "RotationCredentialRefresh")["Targets"][0]

    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["DeadLettersCredentialRefresh", "Arn"]}
    undelivered = statement(reference, "DeadLettersPolicyCredentialRefresh", "UndeliveredEvents")
    rules = ("RelabelledCredentialRefresh", "RotationCredentialRefresh")
    sources = [{"Fn::GetAtt": [rule, "Arn"]} for rule in rules]
    assert undelivered["Condition"] == {"ArnEquals": {"aws:SourceArn": sources}}


def test_rolls_names_the_holders_of_the_secret_and_nobody_else(reference: LayerTemplate) -> None:
    text, variables = rolls(reference)

    held = json.loads(text)["${Secret}"]
    assert variables["Secret"] == SECRET
    assert [entry["service"] for entry in held] == [
        "${ServiceCustomersService}",
        "${ServiceVetsService}",
        "${ServiceVisitsService}",
    ]
    assert {entry["cluster"].rsplit(":", 1)[-1] for entry in held} == {"cluster/${Cluster}"}


def test_only_the_holders_may_be_rolled(reference: LayerTemplate) -> None:
    allowed = statement(reference, "GrantFunctionCredentialRefresh", "RollHolders")

    assert allowed["Action"] == ["ecs:DescribeServices", "ecs:UpdateService"]
    services = [resource["Fn::Sub"][1]["Service"]["Fn::ImportValue"] for resource in allowed["Resource"]]
    assert services == [
        "petclinic-dev-application-ServiceNameCustomersService",
        "petclinic-dev-application-ServiceNameVetsService",
        "petclinic-dev-application-ServiceNameVisitsService",
    ]
    assert "ecs:cluster" in allowed["Condition"]["ArnEquals"]


def test_a_trail_brings_the_rotation_events(reference: LayerTemplate) -> None:
    trail = properties(reference, "Trail")

    assert trail["EnableLogFileValidation"] is True
    assert trail["EventSelectors"] == [{"IncludeManagementEvents": True, "ReadWriteType": "WriteOnly"}]
    assert "KMSKeyId" in trail
    assert resources(reference)["Trail"]["DependsOn"] == ["TrailBucketPolicy"]


def test_the_bucket_of_the_trail_admits_that_trail_only(reference: LayerTemplate) -> None:
    bucket = properties(reference, "TrailBucket")
    deliver = statement(reference, "TrailBucketPolicy", "Deliver")

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30
    assert deliver["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"].endswith(":trail/petclinic-dev")
    assert statement(reference, "TrailBucketPolicy", "TlsOnly")["Effect"] == "Deny"


def test_x_ray_groups(reference: LayerTemplate) -> None:
    groups = resources(reference, "AWS::XRay::Group")
    expression = properties(reference, "TraceGroupAll")["FilterExpression"]

    assert sorted(groups) == ["TraceGroupAll", "TraceGroupFaults", "TraceGroupSlow"]
    assert 'service("petclinic-dev/v1")' in expression
    assert 'service("petclinic-dev-slack-notifier")' in expression
    assert "petclinic-dev-genai" not in expression
    assert properties(reference, "TraceGroupSlow")["FilterExpression"].endswith("AND responsetime > 2")


def test_sampling(reference: LayerTemplate) -> None:
    rule = properties(reference, "Sampling")["SamplingRule"]

    assert rule["FixedRate"] == 0.05
    assert rule["ReservoirSize"] == 1
    assert rule["ServiceName"] == "petclinic-dev*"


def test_waf_where_asked(reference: LayerTemplate, hardened: LayerTemplate) -> None:
    assert not resources(reference, "AWS::WAFv2::WebACL")
    rules = {rule["Name"]: rule for rule in properties(hardened, "WebAcl")["Rules"]}
    assert list(rules) == ["RateByAddress", "RateByViewer", "CommonRules", "KnownBadInputs"]
    assert rules["RateByAddress"]["Statement"]["RateBasedStatement"]["Limit"] == 2000


def test_waf_only_counts_long_bodies(hardened: LayerTemplate) -> None:
    common = properties(hardened, "WebAcl")["Rules"][2]["Statement"]["ManagedRuleGroupStatement"]

    counted = [rule["Name"] for rule in common["RuleActionOverrides"] if rule["ActionToUse"] == {"Count": {}}]
    assert "SizeRestrictions_BODY" in counted
    assert all(name.endswith("_BODY") for name in counted)


def test_waf_stands_before_the_stage_and_logs(hardened: LayerTemplate) -> None:
    text, variables = properties(hardened, "WebAclAssociation")["ResourceArn"]["Fn::Sub"]

    assert text.endswith("/restapis/${Api}/stages/${Stage}")
    assert variables["Stage"] == {"Fn::ImportValue": "petclinic-prod-api-gateway-StageName"}
    assert properties(hardened, "WebAclLogs")["LogGroupName"] == "aws-waf-logs-petclinic-prod"
    assert "KmsKeyId" in properties(hardened, "WebAclLogs")
    assert statement(hardened, "WebAclLogsPolicy", "Deliver")["Principal"] == {
        "Service": ["delivery.logs.amazonaws.com"]
    }


@pytest.mark.parametrize(
    "rule",
    ["FailedDeployments", "CrashedTasks", "DatabaseEventsClinic", "RotationFailuresCredentialRefresh"],
)
def test_incidents_reach_the_topic(reference: LayerTemplate, rule: str) -> None:
    target = properties(reference, rule)["Targets"][0]

    assert target["Arn"] == {"Fn::ImportValue": "petclinic-dev-notification-TopicArn"}


def test_a_crash_is_not_a_task_that_scaling_or_a_deployment_ends(reference: LayerTemplate) -> None:
    detail = properties(reference, "CrashedTasks")["EventPattern"]["detail"]

    assert detail["stopCode"] == ["EssentialContainerExited", "TaskFailedToStart"]


def test_an_existing_trail_is_relied_upon() -> None:
    layer = aws_native.emit(specs.stage_of(SMALL.replace("stages:", f"{ROTATED.strip()}\nstages:")))

    assert "RotationRenew" in resources(layer)
    assert not resources(layer, "AWS::CloudTrail::Trail")


def test_a_rotation_without_holders_rolls_nothing() -> None:
    layer = aws_native.emit(specs.stage_of(SMALL.replace("stages:", f"{ROTATED.strip()}\nstages:")))

    assert properties(layer, "FunctionRenew")["Environment"]["Variables"]["ROLLS"] == "{}"
    assert not [name for name in layer.imports if name[1] == "application"]


def test_a_stage_with_nothing_between_services_has_no_such_layer() -> None:
    assert not resources(aws_native.emit(specs.stage_of(SMALL)))
