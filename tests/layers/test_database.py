"""Layer database: every noun of its list, and the other option of each switch."""

from __future__ import annotations

from typing import Any

import pytest
from tests import specs
from tests.layers.rendered import properties, resources, statement

from petc.layers import database
from petc.layers.base import LayerTemplate
from petc.model.types import Stage

SHOP = """
petc: 1
name: shop
tags: {{owner: shop-team, cost-centre: shop}}
encryption: {{key: {key}}}
databases:
  ledger: {{{ledger}}}
secrets:
  clerk: {{description: user of the application}}
services:
  orders: {{image: {{tag: "1"}}, port: 8000, uses: {{ledger: {{}}}}}}
functions:
  report: {{source: report, uses: {{ledger: {{}}}}}}
stages:
  dev:
    on_delete: {on_delete}
    targets:
      accounts: ["123456789012"]
      regions:
        eu-west-1: {{kms_key: "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"}}
"""

CREDENTIALS = {"Fn::GetAtt": ["DatabaseLedger", "MasterUserSecret.SecretArn"]}


def shop(ledger: str = "", key: str = "customer", on_delete: str = "keep") -> LayerTemplate:
    return database.emit(specs.stage_of(SHOP.format(ledger=ledger, key=key, on_delete=on_delete)))


def cluster(layer: LayerTemplate) -> Any:
    return properties(layer, "DatabaseLedger")


def test_managed_master_secret(dev: Stage) -> None:
    clinic = properties(database.emit(dev), "DatabaseClinic")

    assert clinic["ManageMasterUserPassword"] is True
    assert clinic["MasterUserSecret"] == {"KmsKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]}}
    assert "MasterUserPassword" not in clinic


def test_rotation_every_30_days_without_a_lambda(dev: Stage) -> None:
    layer = database.emit(dev)
    rotation = resources(layer)["RotationClinic"]

    assert rotation["Properties"] == {
        "SecretId": {"Fn::GetAtt": ["DatabaseClinic", "MasterUserSecret.SecretArn"]},
        "RotateImmediatelyOnUpdate": False,
        "RotationRules": {"AutomaticallyAfterDays": 30},
    }
    assert rotation["DeletionPolicy"] == "Retain"
    assert not resources(layer, "AWS::Lambda::Function")


def test_customer_kms_key(dev: Stage) -> None:
    layer = database.emit(dev)

    assert properties(layer, "DataKey")["EnableKeyRotation"] is True
    assert properties(layer, "DataKeyAlias")["AliasName"] == "alias/petclinic-dev-data"
    assert properties(layer, "DatabaseClinic")["StorageEncrypted"] is True
    assert properties(layer, "DatabaseClinic")["KmsKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert "petclinic-dev-database-DataKeyArn" in layer.exports


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
    assert "shop-dev-database-DataKeyArn" in layer.exports


def test_without_a_key_aws_keys_encrypt_and_none_is_exported() -> None:
    layer = shop(key="aws")
    grant = properties(layer, "GrantExecutionOrders")["PolicyDocument"]["Statement"]

    assert cluster(layer)["StorageEncrypted"] is True
    assert not {"KmsKeyId", "MasterUserSecret", "PerformanceInsightsKmsKeyId"} & set(cluster(layer))
    assert not any("DataKeyArn" in name for name in layer.exports)
    assert [item["Sid"] for item in grant] == ["ReadDatabaseCredentials"]


@pytest.mark.parametrize(("tls", "value"), [("true", "ON"), ("false", "OFF")])
def test_tls_required(tls: str, value: str) -> None:
    parameters = properties(shop(f"tls: {tls}"), "ClusterParametersLedger")["Parameters"]

    assert parameters["require_secure_transport"] == value


def test_subnet_group(dev: Stage) -> None:
    layer = database.emit(dev)
    subnets = {"Fn::Split": [",", {"Fn::ImportValue": "petclinic-dev-network-DatabaseSubnets"}]}

    assert properties(layer, "DatabaseSubnetsClinic")["SubnetIds"] == subnets
    assert properties(layer, "DatabaseClinic")["DBSubnetGroupName"] == {"Ref": "DatabaseSubnetsClinic"}


@pytest.mark.parametrize(
    ("version", "family"),
    [("8.0.mysql_aurora.3.10.1", "aurora-mysql8.0"), ("8.4.mysql_aurora.8.4.8", "aurora-mysql8.4")],
)
def test_parameter_groups_follow_the_engine_version(version: str, family: str) -> None:
    layer = shop(f"version: {version}")

    assert properties(layer, "ClusterParametersLedger")["Family"] == family
    assert properties(layer, "InstanceParametersLedger")["Family"] == family
    assert cluster(layer)["DBClusterParameterGroupName"] == {"Ref": "ClusterParametersLedger"}
    assert properties(layer, "WriterLedger")["DBParameterGroupName"] == {"Ref": "InstanceParametersLedger"}
    assert properties(layer, "ReaderLedger1")["DBParameterGroupName"] == {"Ref": "InstanceParametersLedger"}


def test_log_exports_switch_the_logs_on() -> None:
    layer = shop("log_exports: [audit, general, slowquery]")
    instance = properties(layer, "InstanceParametersLedger")["Parameters"]

    assert cluster(layer)["EnableCloudwatchLogsExports"] == ["audit", "general", "slowquery"]
    assert properties(layer, "ClusterParametersLedger")["Parameters"]["server_audit_logging"] == "1"
    assert instance == {"log_output": "FILE", "slow_query_log": "1", "long_query_time": "1", "general_log": "1"}


def test_without_log_exports_no_log_is_switched_on() -> None:
    layer = shop("log_exports: []")

    assert "server_audit_logging" not in properties(layer, "ClusterParametersLedger")["Parameters"]
    assert properties(layer, "InstanceParametersLedger")["Parameters"] == {"log_output": "FILE"}


def test_log_groups_stand_between_cluster_and_instances() -> None:
    layer = shop("log_exports: [error]")
    groups = resources(layer, "AWS::Logs::LogGroup")
    slow = groups["DatabaseLogLedgerSlowquery"]

    assert slow["Properties"]["LogGroupName"] == {"Fn::Sub": "/aws/rds/cluster/${DatabaseLedger}/slowquery"}
    assert slow["Properties"]["RetentionInDays"] == 30
    assert slow["Properties"]["KmsKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert resources(layer)["WriterLedger"]["DependsOn"] == sorted(groups)
    assert len(groups) == 4


def test_monitoring_and_insights(dev: Stage) -> None:
    clinic = properties(database.emit(dev), "DatabaseClinic")

    assert clinic["MonitoringInterval"] == 60
    assert clinic["MonitoringRoleArn"] == {"Fn::ImportValue": "petclinic-dev-security-MonitoringRoleArn"}
    assert clinic["DatabaseInsightsMode"] == "standard"
    assert clinic["PerformanceInsightsEnabled"] is True
    assert clinic["PerformanceInsightsKmsKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}


def test_monitoring_and_insights_switched_off() -> None:
    ledger = cluster(shop("monitoring_seconds: 0, insights: false"))

    assert ledger["MonitoringInterval"] == 0
    assert "MonitoringRoleArn" not in ledger
    assert ledger["PerformanceInsightsEnabled"] is False
    assert "PerformanceInsightsKmsKeyId" not in ledger


@pytest.mark.parametrize(
    ("on_delete", "policies"), [("keep", ("Snapshot", "Snapshot")), ("discard", ("Delete", "Delete"))]
)
def test_deletion_and_update_policies_by_stage(on_delete: str, policies: tuple[str, str]) -> None:
    found = resources(shop(on_delete=on_delete))["DatabaseLedger"]

    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == policies


def test_instances_never_keep_the_cluster_from_going(prod: Stage) -> None:
    instances = resources(database.emit(prod), "AWS::RDS::DBInstance")

    assert {item["DeletionPolicy"] for item in instances.values()} == {"Delete"}
    assert len(instances) == 3


def test_backups_windows_and_protection(prod: Stage) -> None:
    clinic = properties(database.emit(prod), "DatabaseClinic")

    assert clinic["BackupRetentionPeriod"] == 35
    assert clinic["DeletionProtection"] is True
    assert clinic["CopyTagsToSnapshot"] is True
    assert clinic["PreferredBackupWindow"] == "07:00-07:30"
    assert clinic["PreferredMaintenanceWindow"] == "sun:08:00-sun:08:30"


@pytest.mark.parametrize("low", [0, 0.5, 256])
def test_capacity_in_the_whole_range_of_aurora(low: float) -> None:
    scaling = cluster(shop(f"capacity: {{min: {low}, max: 256}}"))["ServerlessV2ScalingConfiguration"]

    assert scaling == {"MinCapacity": low, "MaxCapacity": 256}


def test_writer_and_readers_in_order_of_promotion() -> None:
    layer = shop("readers: 2")
    found = resources(layer, "AWS::RDS::DBInstance")
    tiers = {name: item["Properties"]["PromotionTier"] for name, item in found.items()}

    assert tiers == {"WriterLedger": 0, "ReaderLedger1": 1, "ReaderLedger2": 2}
    assert found["ReaderLedger1"]["DependsOn"] == ["WriterLedger"]
    assert {item["Properties"]["PubliclyAccessible"] for item in found.values()} == {False}
    assert {item["Properties"]["DBInstanceClass"] for item in found.values()} == {"db.serverless"}


def test_without_readers_there_is_no_reader_host() -> None:
    layer = shop("readers: 0")

    assert "shop-dev-database-ReaderHostLedger" not in layer.exports
    assert list(resources(layer, "AWS::RDS::DBInstance")) == ["WriterLedger"]


def test_max_connections_only_where_asked() -> None:
    asked = properties(shop("max_connections: 500"), "InstanceParametersLedger")["Parameters"]
    not_asked = properties(shop(), "InstanceParametersLedger")["Parameters"]

    assert asked["max_connections"] == "500"
    assert "max_connections" not in not_asked


def test_no_extended_support_and_no_login_by_iam() -> None:
    ledger = cluster(shop())

    assert ledger["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert ledger["EnableIAMDatabaseAuthentication"] is False


@pytest.mark.parametrize("policy", ["GrantExecutionOrders", "GrantFunctionReport"])
def test_who_uses_a_database_reads_exactly_its_secret(policy: str) -> None:
    layer = shop()
    read = statement(layer, policy, "ReadDatabaseCredentials")
    decrypt = statement(layer, policy, "DecryptDatabaseCredentials")
    via = {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}

    assert (read["Action"], read["Resource"]) == (["secretsmanager:GetSecretValue"], [CREDENTIALS])
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [{"Fn::GetAtt": ["DataKey", "Arn"]}])
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": [via]}}


def test_an_application_user_leaves_the_master_secret_alone() -> None:
    layer = shop("user: clerk")

    assert not resources(layer, "AWS::IAM::RolePolicy")


def test_exports_and_outputs(dev: Stage) -> None:
    layer = database.emit(dev)
    outputs: Any = layer.template["Outputs"]
    names = ("ClusterIdClinic", "DataKeyArn", "MasterSecretArnClinic", "ReaderHostClinic", "WriterHostClinic")

    assert layer.exports == tuple(f"petclinic-dev-database-{name}" for name in names)
    assert "Export" not in outputs["EndpointClinic"]


def test_a_renamed_database_keeps_its_names() -> None:
    text = SHOP.format(ledger="", key="customer", on_delete="keep")
    renamed = text.replace("ledger: {", "books: {") + "moved: {books: ledger}\n"
    before, after = resources(shop()), resources(database.emit(specs.stage_of(renamed)))

    assert list(before) == list(after)


def test_without_databases_and_buckets_there_is_no_layer() -> None:
    text = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
services:
  orders: {image: {tag: "1"}, port: 8000}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""
    layer = database.emit(specs.stage_of(text))

    assert not resources(layer)
    assert not layer.exports
