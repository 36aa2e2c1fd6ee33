from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from petc.local import environment
from tests.petc_local.running import LocalAws, local_aws
from tests.petc_local.types.deploying import att, create, delete, ref, resource, update
from tests.petc_local.types.networking import network


def database(protected: bool = False, **properties: Any) -> dict[str, Any]:
    cluster = resource(
        "AWS::RDS::DBCluster",
        Engine="aurora-mysql",
        MasterUsername="root",
        ManageMasterUserPassword=True,
        DeletionProtection=protected,
        **properties,
    )
    instance = resource(
        "AWS::RDS::DBInstance",
        Engine="aurora-mysql",
        DBInstanceClass="db.serverless",
        DBClusterIdentifier=ref("Cluster"),
    )
    return {"Cluster": {**cluster, "DeletionPolicy": "Delete"}, "Writer": instance}


def shown(aws: LocalAws) -> dict[str, Any]:
    (found,) = aws.client("rds").describe_db_clusters()["DBClusters"]
    return dict(found)


def test_the_managed_secret_holds_user_and_password(aws: LocalAws) -> None:
    made = create(aws, database(), outputs={"Arn": att("Cluster", "MasterUserSecret.SecretArn")})
    value = aws.client("secretsmanager").get_secret_value(SecretId=made.outputs["Arn"])
    held = json.loads(value["SecretString"])

    assert shown(aws)["MasterUserSecret"]["SecretArn"] == made.outputs["Arn"]
    assert value["Name"].startswith("rds!cluster-")
    assert held["username"] == "root"
    assert held["password"]


def test_settings_are_shown_and_change_in_place(aws: LocalAws) -> None:
    made = create(aws, database(DatabaseInsightsMode="standard", EnableCloudwatchLogsExports=["audit"]))
    before = shown(aws)
    update(aws, database(DatabaseInsightsMode="advanced", EnableCloudwatchLogsExports=["audit", "error"]))
    after = shown(aws)

    assert before["DatabaseInsightsMode"] == "standard"
    assert after["DatabaseInsightsMode"] == "advanced"
    assert after["EnabledCloudwatchLogsExports"] == ["audit", "error"]
    assert after["DBClusterIdentifier"] == made.ids["Cluster"]
    assert after["MasterUserSecret"] == before["MasterUserSecret"]


def test_a_protected_cluster_is_not_deleted(aws: LocalAws) -> None:
    create(aws, database(protected=True))
    refused = delete(aws)

    assert refused.status == "DELETE_FAILED"
    assert "Cannot delete protected Cluster" in refused.reasons[0]
    assert shown(aws)["Status"] == "available"


def test_deleting_takes_the_managed_secret_along(aws: LocalAws) -> None:
    create(aws, database())
    ended = delete(aws)

    assert ended.status == "DELETE_COMPLETE"
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


def test_the_first_instance_is_the_writer(aws: LocalAws) -> None:
    two = database()
    two["Reader"] = {**two["Writer"], "DependsOn": "Writer"}
    made = create(aws, two)
    members = {
        item["DBInstanceIdentifier"]: item["IsClusterWriter"] for item in shown(aws)["DBClusterMembers"]
    }

    assert members == {made.ids["Writer"]: True, made.ids["Reader"]: False}


def test_own_passwords_end_the_managed_secret(aws: LocalAws) -> None:
    create(aws, database())
    own = database()
    own["Cluster"]["Properties"] |= {"ManageMasterUserPassword": False, "MasterUserPassword": "word-of-mine"}
    update(aws, own)

    assert "MasterUserSecret" not in shown(aws)
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


def test_without_a_server_of_ones_own_the_endpoints_are_names_of_aws(aws: LocalAws) -> None:
    made = create(aws, database(), outputs={"Host": att("Cluster", "Endpoint.Address")})

    assert made.outputs["Host"].endswith(".us-west-2.rds.amazonaws.com")


def test_both_endpoints_lead_to_a_server_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.DATABASE, "127.0.0.1")
    outputs = {
        "Writer": att("Cluster", "Endpoint.Address"),
        "Reader": att("Cluster", "ReadEndpoint.Address"),
    }
    with local_aws(tmp_path) as own:
        made = create(own, database(), outputs=outputs)
        found = shown(own)

    assert made.outputs == {"Writer": "127.0.0.1", "Reader": "127.0.0.1"}
    assert (found["Endpoint"], found["ReaderEndpoint"]) == ("127.0.0.1", "127.0.0.1")


def test_a_restart_leaves_endpoints_as_they_are(tmp_path: Path) -> None:
    with local_aws(tmp_path) as before:
        create(before, database())
        first = shown(before)["Endpoint"]
    with local_aws(tmp_path) as after:
        second = shown(after)["Endpoint"]
        (instance,) = after.client("rds").describe_db_instances()["DBInstances"]

    assert second == first
    assert instance["DBInstanceStatus"] == "available"


def grouped(*subnets: str) -> dict[str, Any]:
    group = resource(
        "AWS::RDS::DBSubnetGroup", DBSubnetGroupDescription="d", SubnetIds=list(map(ref, subnets))
    )
    return {**network(), "Group": group, **database(DBSubnetGroupName=ref("Group"))}


def test_a_group_in_use_keeps_its_subnets(aws: LocalAws) -> None:
    create(aws, grouped("SubnetA", "SubnetB"))
    changed = update(aws, grouped("SubnetA"))

    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert changed.reasons[0].startswith("Some of the subnets to be deleted are currently in use")


def test_a_group_in_use_may_get_more(aws: LocalAws) -> None:
    create(aws, grouped("SubnetA"))

    assert update(aws, grouped("SubnetA", "SubnetB")).status == "UPDATE_COMPLETE"


def test_an_engine_does_not_go_back(aws: LocalAws) -> None:
    create(aws, database(EngineVersion="8.0.mysql_aurora.3.10.0"))
    changed = update(aws, database(EngineVersion="8.0.mysql_aurora.3.8.0"))

    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert changed.reasons[0].startswith("Cannot upgrade aurora-mysql from 8.0.mysql_aurora.3.10.0 to")
