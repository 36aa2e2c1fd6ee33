"""The key of databases and buckets: made, brought, or left to AWS."""

from __future__ import annotations

from typing import Any

from petc.layers import database
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests.layers.ledger import cluster, shop
from tests.layers.rendered import properties, resources


def outputs(layer: LayerTemplate) -> dict[str, Any]:
    found: Any = layer.template["Outputs"]
    return dict(found)


def test_customer_kms_key(dev: Stage) -> None:
    layer = database.emit(dev)

    assert properties(layer, "DataKey")["EnableKeyRotation"] is True
    assert properties(layer, "DataKeyAlias")["AliasName"] == "alias/petclinic-dev-data"
    assert properties(layer, "DatabaseClinic")["StorageEncrypted"] is True
    assert properties(layer, "DatabaseClinic")["KmsKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert outputs(layer)["DataKeyArn"]["Value"] == {"Fn::GetAtt": ["DataKey", "Arn"]}


def test_key_is_used_through_services_of_the_account_alone() -> None:
    layer = shop()
    policy = properties(layer, "DataKey")["KeyPolicy"]["Statement"]
    by_sid = {item["Sid"]: item for item in policy}
    via = [
        {"Fn::Sub": f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}"}
        for service in ("rds", "s3", "secretsmanager")
    ]
    reasons = resources(layer)["DataKey"]["Metadata"]["petc"]["reasons"]

    assert by_sid["UseThroughServices"]["Condition"]["StringEquals"] == {
        "kms:CallerAccount": {"Ref": "AWS::AccountId"},
        "kms:ViaService": via,
    }
    assert "kms:Decrypt" not in by_sid["AccountAdministers"]["Action"]
    assert sorted(reasons) == sorted(by_sid)


def test_existing_key_is_a_parameter_with_its_value_by_region() -> None:
    layer = shop(key="existing")

    assert not resources(layer, "AWS::KMS::Key")
    assert cluster(layer)["KmsKeyId"] == {"Ref": "KeyArn"}
    assert layer.parameters[0].values["eu-west-1"].startswith("arn:aws:kms:eu-west-1:")
    assert outputs(layer)["DataKeyArn"]["Value"] == {"Ref": "KeyArn"}


def test_without_a_key_aws_keys_encrypt_and_none_is_exported() -> None:
    layer = shop(key="aws")
    grant = properties(layer, "GrantExecutionOrders")["PolicyDocument"]["Statement"]

    assert cluster(layer)["StorageEncrypted"] is True
    assert not {"KmsKeyId", "MasterUserSecret", "PerformanceInsightsKmsKeyId"} & set(cluster(layer))
    assert "DataKeyArn" not in outputs(layer)
    assert [item["Sid"] for item in grant] == ["ReadDatabaseCredentials"]
