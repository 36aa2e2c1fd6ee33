"""An Aurora cluster: every noun of its list, and the other option of each switch."""

from __future__ import annotations

import pytest

from petc.layers import database
from petc.model.types import Stage
from tests.layers.ledger import cluster, shop
from tests.layers.rendered import properties, resources


def test_managed_master_secret(dev: Stage) -> None:
    clinic = properties(database.emit(dev), "DatabaseClinic")

    assert clinic["ManageMasterUserPassword"] is True
    assert clinic["MasterUserSecret"] == {"KmsKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]}}
    assert "MasterUserPassword" not in clinic


def test_a_refused_rotation_schedule_costs_no_database(dev: Stage) -> None:
    """It stands in layer aws-native: what fails beside a cluster rolls the cluster back."""
    assert not resources(database.emit(dev), "AWS::SecretsManager::RotationSchedule")


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
    [("8.0.mysql_aurora.3.10.6", "aurora-mysql8.0"), ("8.4.mysql_aurora.8.4.8", "aurora-mysql8.4")],
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
    assert instance == {
        "log_output": "FILE",
        "slow_query_log": "1",
        "long_query_time": "1",
        "general_log": "1",
    }


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


def test_monitoring_and_insights(prod: Stage) -> None:
    clinic = properties(database.emit(prod), "DatabaseClinic")

    assert clinic["MonitoringInterval"] == 60
    assert clinic["MonitoringRoleArn"] == {"Fn::ImportValue": "petclinic-prod-security-MonitoringRoleArn"}
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
