"""The key of layer security: made, brought, or left to AWS."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import security
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

SHOP = """
petc: 1
name: shop
tags: {{owner: shop-team, cost-centre: shop}}
encryption: {{key: {key}}}
functions: {{quote: {{source: ../quote, route: {{path: /quote}}}}}}
stages:
  dev:
    targets:
      accounts: ["123456789012"]
      regions: {{eu-west-1: {{kms_key: "arn:aws:kms:eu-west-1:123456789012:key/0a1b"}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return security.emit(dev)


def shop(key: str) -> LayerTemplate:
    return security.emit(specs.stage_of(SHOP.format(key=key)))


def policy(layer: LayerTemplate) -> dict[str, Any]:
    return {item["Sid"]: item for item in properties(layer, "Key")["KeyPolicy"]["Statement"]}


def test_customer_key_rotates_and_is_exported(reference: LayerTemplate) -> None:
    assert properties(reference, "Key")["EnableKeyRotation"] is True
    assert properties(reference, "KeyAlias")["TargetKeyId"] == {"Ref": "Key"}
    assert "petclinic-dev-security-KeyArn" in reference.exports


def test_key_outlives_its_stack_where_the_stage_keeps(dev: Stage, prod: Stage) -> None:
    assert resources(security.emit(prod))["Key"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resources(security.emit(dev))["Key"]["DeletionPolicy"] == "Delete"


def test_account_administers_the_key_and_uses_it_through_services_alone(reference: LayerTemplate) -> None:
    by_sid = policy(reference)
    administration = by_sid["AccountAdministers"]

    assert administration["Principal"] == {
        "AWS": [{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}]
    }
    assert "kms:Put*" in administration["Action"]
    assert not {"kms:*", "kms:Decrypt", "kms:CreateGrant"} & set(administration["Action"])
    via = by_sid["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert [item["Fn::Sub"].partition(".")[0] for item in via] == [
        *("ecr", "lambda", "secretsmanager", "sns", "sqs")
    ]
    assert by_sid["GrantThroughServices"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_logs_service_encrypts_log_groups_of_the_stage_and_of_waf_only(reference: LayerTemplate) -> None:
    logs = policy(reference)["Logs"]
    groups = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]

    assert [group["Fn::Sub"].rpartition(":log-group:")[2] for group in groups] == [
        "/petclinic/dev/*",
        "aws-waf-logs-*",
    ]


def test_messages_are_encrypted_for_services_that_act_for_this_account(reference: LayerTemplate) -> None:
    messages = policy(reference)["Messages"]

    assert messages["Principal"]["Service"] == ["cloudwatch.amazonaws.com", "sns.amazonaws.com"]
    assert messages["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize(
    ("sid", "context", "service"),
    [("EventsToTopics", "aws:sns:topicArn", "sns"), ("EventsToQueues", "aws:sqs:arn", "sqs")],
)
def test_events_are_encrypted_for_topics_and_queues_of_this_account(
    reference: LayerTemplate, sid: str, context: str, service: str
) -> None:
    """EventBridge sends the key no source: a condition on it would drop every event."""
    events = policy(reference)[sid]
    here = f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:*"

    assert events["Principal"]["Service"] == ["events.amazonaws.com"]
    assert events["Condition"] == {"ArnLike": {f"kms:EncryptionContext:{context}": {"Fn::Sub": here}}}


def test_trail_encrypts_for_trails_of_this_account(reference: LayerTemplate) -> None:
    trails = {"Fn::Sub": "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/*"}

    assert policy(reference)["TrailEncrypts"]["Condition"] == {
        "ArnLike": {"aws:SourceArn": trails},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
    }


def test_without_a_rotation_trigger_no_trail_uses_the_key() -> None:
    assert not [sid for sid in policy(shop("customer")) if sid.startswith("Trail")]


def test_every_wildcard_of_the_key_policy_has_its_reason(reference: LayerTemplate) -> None:
    assert set(resources(reference)["Key"]["Metadata"]["petc"]["reasons"]) == set(policy(reference))


def test_brought_key_is_a_parameter_exported_under_the_same_name() -> None:
    layer = shop("existing")

    assert not resources(layer, "AWS::KMS::Key")
    assert {item.name: item.values for item in layer.parameters}["KeyArn"] == {
        "eu-west-1": "arn:aws:kms:eu-west-1:123456789012:key/0a1b"
    }
    assert "shop-dev-security-KeyArn" in layer.exports


def test_keys_of_aws_need_no_key_and_no_export() -> None:
    layer = shop("aws")

    assert not resources(layer, "AWS::KMS::Key")
    assert not [name for name in layer.exports if "Key" in name]
