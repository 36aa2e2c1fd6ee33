from __future__ import annotations

from typing import Any

import pytest

from petc.layers import functions
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

JOBS = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
encryption: {key: aws}
models: {writer: {id: anthropic.claude-3-haiku-20240307-v1:0}}
functions:
  nightly:
    source: ../jobs/nightly
    trigger: {schedule: cron(0 3 * * ? *)}
    uses: {quotes: {}, writer: {}}
  quotes: {source: ../jobs/quotes, architecture: arm64}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {artifact_bucket: packages}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return functions.emit(dev)


@pytest.fixture
def jobs() -> LayerTemplate:
    return functions.emit(specs.stage_of(JOBS))


def environment(layer: LayerTemplate, name: str) -> Any:
    return properties(layer, name)["Environment"]["Variables"]


def test_log_group(reference: LayerTemplate) -> None:
    group = resources(reference)["LogGroupGenai"]

    assert group["Properties"]["LogGroupName"] == "/petclinic/dev/function/genai"
    assert group["Properties"]["RetentionInDays"] == 30
    assert "KmsKeyId" in group["Properties"]
    assert group["DeletionPolicy"] == "Delete"
    assert properties(reference, "FunctionGenai")["LoggingConfig"]["LogGroup"] == {"Ref": "LogGroupGenai"}
    assert properties(reference, "FunctionGenai")["LoggingConfig"]["LogFormat"] == "JSON"


def test_a_kept_log_group_outlives_its_stack(prod: Stage) -> None:
    group = resources(functions.emit(prod))["LogGroupGenai"]

    assert group["DeletionPolicy"] == "RetainExceptOnCreate"


def test_vpc(reference: LayerTemplate) -> None:
    vpc = properties(reference, "FunctionGenai")["VpcConfig"]

    assert vpc["SecurityGroupIds"] == [{"Fn::ImportValue": "petclinic-dev-security-SecurityGroupGenai"}]
    assert vpc["SubnetIds"] == {"Fn::Split": [",", {"Fn::ImportValue": "petclinic-dev-network-AppSubnets"}]}


def test_a_function_that_uses_nothing_inside_stays_outside_the_vpc(jobs: LayerTemplate) -> None:
    assert "VpcConfig" not in properties(jobs, "FunctionQuotes")
    assert sids(jobs, "GrantFunctionQuotes") == ["WriteOwnLogs"]


def test_environment(reference: LayerTemplate) -> None:
    variables = environment(reference, "FunctionGenai")

    assert variables["CLINIC_HOST"] == {"Fn::ImportValue": "petclinic-dev-database-WriterHostClinic"}
    assert variables["CLINIC_SECRET_ARN"] == {
        "Fn::ImportValue": "petclinic-dev-database-MasterSecretArnClinic"
    }
    assert variables["ASSISTANT_MODEL_ID"] == "us.anthropic.claude-haiku-5-5"
    assert properties(reference, "FunctionGenai")["KmsKeyArn"] == {
        "Fn::ImportValue": "petclinic-dev-security-KeyArn"
    }
    assert statement(reference, "GrantFunctionGenai", "DecryptEnvironment")["Action"] == ["kms:Decrypt"]


def test_model_permissions_follow_the_inference_profile_to_each_destination_region(
    reference: LayerTemplate,
) -> None:
    allowed = statement(reference, "GrantFunctionGenai", "ConverseAssistant")

    assert allowed["Resource"] == [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/anthropic.claude-haiku-5-5"}
        for region in ("us-east-1", "us-east-2", "us-west-2")
    ]


def test_reserved_concurrency(reference: LayerTemplate) -> None:
    assert properties(reference, "FunctionGenai")["ReservedConcurrentExecutions"] == 4
    assert "ReservedConcurrentExecutions" not in properties(reference, "FunctionOwnerDetails")


def test_dead_letters_for_what_is_invoked_asynchronously(jobs: LayerTemplate) -> None:
    queue = properties(jobs, "DeadLettersNightly")
    asynchronous = properties(jobs, "AsynchronousNightly")

    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["SqsManagedSseEnabled"] is True
    destination = {"Fn::GetAtt": ["DeadLettersNightly", "Arn"]}
    assert asynchronous["DestinationConfig"]["OnFailure"]["Destination"] == destination
    assert asynchronous["MaximumRetryAttempts"] == 2
    assert statement(jobs, "GrantFunctionNightly", "KeepDeadLetters")["Resource"] == [destination]


def test_what_is_only_called_has_no_dead_letters(reference: LayerTemplate) -> None:
    assert not resources(reference, "AWS::SQS::Queue")


def test_a_schedule_invokes_by_a_rule_that_alone_may(jobs: LayerTemplate) -> None:
    rule = properties(jobs, "ScheduleNightly")
    permission = properties(jobs, "SchedulePermissionNightly")

    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert rule["Targets"][0]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["DeadLettersNightly", "Arn"]}
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == {"Fn::GetAtt": ["ScheduleNightly", "Arn"]}


def test_a_function_may_call_exactly_the_function_it_uses(jobs: LayerTemplate) -> None:
    called = statement(jobs, "GrantFunctionNightly", "CallFunctions")

    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-dev-quotes"
    assert called["Resource"] == [{"Fn::Sub": arn}]
    assert environment(jobs, "FunctionNightly")["QUOTES_FUNCTION"] == "shop-dev-quotes"


def test_a_function_waits_for_its_grants(reference: LayerTemplate) -> None:
    assert resources(reference)["FunctionGenai"]["DependsOn"] == ["GrantFunctionGenai"]


def test_code_is_named_by_its_digest_in_the_artifact_bucket_of_the_region(jobs: LayerTemplate) -> None:
    code = properties(jobs, "FunctionQuotes")["Code"]

    assert code == {
        "S3Bucket": {"Ref": "ArtifactBucket"},
        "S3Key": f"shop/dev/functions/quotes/{specs.DIGEST}.zip",
    }
    assert [dict(item.values) for item in jobs.parameters] == [{"eu-west-1": "packages"}]
    assert [item.function for item in jobs.assets] == ["nightly", "quotes"]


def test_tracing_and_its_absence(reference: LayerTemplate, jobs: LayerTemplate) -> None:
    assert properties(reference, "FunctionGenai")["TracingConfig"] == {"Mode": "Active"}
    assert statement(reference, "GrantFunctionGenai", "SendTraces")["Resource"] == ["*"]
    assert properties(jobs, "FunctionQuotes")["TracingConfig"] == {"Mode": "PassThrough"}


def test_every_star_has_its_reason(reference: LayerTemplate) -> None:
    for policy in resources(reference, "AWS::IAM::RolePolicy").values():
        starred = [
            item["Sid"]
            for item in policy["Properties"]["PolicyDocument"]["Statement"]
            if "*" in item["Resource"]
        ]

        assert set(starred) <= set(policy["Metadata"]["petc"].get("reasons", {}))


def test_architecture(jobs: LayerTemplate) -> None:
    assert properties(jobs, "FunctionQuotes")["Architectures"] == ["arm64"]
    assert properties(jobs, "FunctionNightly")["Architectures"] == ["x86_64"]


def test_exports_name_and_arn(jobs: LayerTemplate) -> None:
    assert "shop-dev-functions-FunctionArnQuotes" in jobs.exports
    assert "shop-dev-functions-FunctionNameQuotes" in jobs.exports
    assert "shop-dev-functions-DeadLettersNameNightly" in jobs.exports


def test_functions_of_alarms_and_rotations_stand_elsewhere(reference: LayerTemplate) -> None:
    assert sorted(resources(reference, "AWS::Lambda::Function")) == ["FunctionGenai", "FunctionOwnerDetails"]


def test_no_function_no_resource() -> None:
    without = JOBS[: JOBS.index("functions:")] + JOBS[JOBS.index("stages:") :]

    assert not resources(functions.emit(specs.stage_of(without)))
