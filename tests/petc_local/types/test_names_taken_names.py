from __future__ import annotations

from typing import Any

import pytest

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, resource, update
from tests.petc_local.types.test_iam import TRUST

VISIBLE = {"CloudWatchMetricsEnabled": True, "MetricName": "all", "SampledRequestsEnabled": True}
NAMED = (
    resource("AWS::CloudWatch::Dashboard", DashboardName="name", DashboardBody="{}"),
    resource("AWS::ECR::Repository", RepositoryName="name"),
    resource("AWS::ECS::Cluster", ClusterName="name"),
    resource("AWS::Events::Rule", Name="name", EventPattern={"source": ["own"]}, State="ENABLED"),
    resource("AWS::IAM::Role", RoleName="name", AssumeRolePolicyDocument=TRUST),
    resource("AWS::Logs::LogGroup", LogGroupName="name"),
    resource("AWS::SNS::Topic", TopicName="name"),
    resource("AWS::SQS::Queue", QueueName="name"),
    resource("AWS::SSM::Parameter", Name="name", Type="String", Value="x"),
    resource("AWS::SecretsManager::Secret", Name="name", SecretString="x"),
    resource(
        "AWS::WAFv2::WebACL",
        Name="name",
        DefaultAction={"Allow": {}},
        Scope="REGIONAL",
        VisibilityConfig=VISIBLE,
    ),
    resource("AWS::XRay::Group", GroupName="name"),
)


@pytest.mark.parametrize("named", NAMED, ids=lambda named: str(named["Type"]))
def test_a_name_that_is_taken_is_refused_until_it_is_free(aws: LocalAws, named: dict[str, Any]) -> None:
    create(aws, {"First": named}, "first")
    refused = create(aws, {"Second": named}, "second")
    delete(aws, "second")
    delete(aws, "first")
    free = create(aws, {"Second": named}, "second")

    assert refused.status == "ROLLBACK_COMPLETE"
    assert "already exists" in refused.reasons[0]
    assert free.status == "CREATE_COMPLETE"


def test_an_alias_is_refused_for_a_second_key(aws: LocalAws) -> None:
    def keyed(alias: str) -> dict[str, Any]:
        return {
            "Key": resource("AWS::KMS::Key", KeyPolicy={}),
            "Alias": resource("AWS::KMS::Alias", AliasName=alias, TargetKeyId={"Ref": "Key"}),
        }

    create(aws, keyed("alias/main"), "first")

    assert "alias/main" in create(aws, keyed("alias/main"), "second").reasons[0]


def test_the_owner_of_a_name_is_updated_as_before(aws: LocalAws) -> None:
    create(aws, {"Group": resource("AWS::Logs::LogGroup", LogGroupName="name", RetentionInDays=7)})
    changed = update(aws, {"Group": resource("AWS::Logs::LogGroup", LogGroupName="name", RetentionInDays=14)})

    assert changed.status == "UPDATE_COMPLETE"
    assert aws.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 14
