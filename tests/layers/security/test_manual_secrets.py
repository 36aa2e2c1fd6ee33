"""Hand-put secrets: made without a value, granted to who uses them."""

from __future__ import annotations

import pytest

from petc.layers import security
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

SHOP = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
encryption: {key: aws}
secrets: {map-key: {description: Key of the map provider.}, tax-key: {}}
services: {orders: {image: {tag: "1"}, port: 8000, uses: {map-key: {}, tax-key: {}}}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
"""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return security.emit(dev)


@pytest.fixture
def shop() -> LayerTemplate:
    return security.emit(specs.stage_of(SHOP))


def test_secret_has_no_value_and_says_how_to_put_one(reference: LayerTemplate) -> None:
    secret = properties(reference, "SecretSlackWebhook")

    assert not {"SecretString", "GenerateSecretString"} & set(secret)
    assert "Incoming webhook" in secret["Description"]
    assert "aws secretsmanager put-secret-value" in secret["Description"]
    assert secret["KmsKeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}


def test_secret_is_exported_by_its_arn(reference: LayerTemplate) -> None:
    assert "petclinic-dev-security-SecretArnSlackWebhook" in reference.exports


def test_who_uses_a_secret_may_read_it_and_decrypt_by_secrets_manager_only(reference: LayerTemplate) -> None:
    policy = "GrantFunctionSlackNotifier"
    read = statement(reference, policy, "ReadSecrets")
    decrypt = statement(reference, policy, "DecryptSecrets")

    assert properties(reference, policy)["RoleName"] == {"Ref": "FunctionRoleSlackNotifier"}
    assert read["Resource"] == [{"Ref": "SecretSlackWebhook"}]
    assert decrypt["Resource"] == [{"Fn::GetAtt": ["Key", "Arn"]}]
    assert "kms:ViaService" in decrypt["Condition"]["StringEquals"]


def test_nobody_else_reads_it(reference: LayerTemplate) -> None:
    holders = [
        name
        for name, item in resources(reference, "AWS::IAM::RolePolicy").items()
        if "SecretSlackWebhook" in str(item)
    ]

    assert holders == ["GrantFunctionSlackNotifier"]


def test_service_reads_its_secrets_by_the_execution_role_in_one_statement(shop: LayerTemplate) -> None:
    policy = "GrantExecutionOrders"

    assert properties(shop, policy)["RoleName"] == {"Ref": "ExecutionRoleOrders"}
    assert statement(shop, policy, "ReadSecrets")["Resource"] == [
        {"Ref": "SecretMapKey"},
        {"Ref": "SecretTaxKey"},
    ]


def test_keys_of_aws_need_no_right_to_decrypt(shop: LayerTemplate) -> None:
    assert sids(shop, "GrantExecutionOrders") == ["ReadSecrets"]
    assert "KmsKeyId" not in properties(shop, "SecretMapKey")
