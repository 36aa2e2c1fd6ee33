"""Mends Aurora: the managed master secret, settings that are shown, and protection against deletion."""

from __future__ import annotations

import json

from ministack.core.responses import new_uuid
from ministack.services import rds, secretsmanager

from petc.local.types.forms import Attributes, Made, Properties, ResourceError, flag, mapping, text
from petc.local.types.mending import Mend
from petc.resources.schemas import Json

_SHOWN = {
    "DBClusterParameterGroupName": "DBClusterParameterGroup",
    "EngineLifecycleSupport": "EngineLifecycleSupport",
    "KmsKeyId": "KmsKeyId",
    "MasterUsername": "MasterUsername",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "Tags": "TagList",
}
"""Properties that MiniStack's records leave out, and their names in `DescribeDBClusters`."""


def _cluster(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    cluster = rds._clusters[physical_id]
    for name, field in _SHOWN.items():
        if name in new:
            cluster[field] = new[name]
        elif name in old:
            cluster.pop(field, None)
    if flag(new, "ManageMasterUserPassword") and not cluster.get("MasterUserSecret"):
        cluster["MasterUserSecret"] = _managed_secret(physical_id, new)
    secret = mapping(cluster.get("MasterUserSecret"))
    managed: Attributes = {"MasterUserSecret.SecretArn": secret["SecretArn"]} if secret else {}
    return physical_id, {**attributes, **managed}


def _managed_secret(cluster_id: str, properties: Properties) -> dict[str, Json]:
    """Make the secret that RDS keeps for the master user ("Password management with Amazon RDS")."""
    password = rds._generate_master_user_password()
    arn = secretsmanager.create_secret_in_process(
        f"rds!cluster-{new_uuid()}",
        json.dumps({"username": text(properties, "MasterUsername", "admin"), "password": password}),
        description=f"The secret associated with the primary RDS DB cluster: {cluster_id}",
    )
    key = text(mapping(properties.get("MasterUserSecret")), "KmsKeyId")
    rds._clusters[cluster_id]["_MasterUserPassword"] = password
    return {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key}


def _unprotected(physical_id: str, properties: Properties) -> None:
    """Refuse to delete a cluster that is protected or has members ("DeleteDBCluster")."""
    cluster = rds._clusters.get(physical_id)
    if cluster is None:
        return
    if cluster.get("DeletionProtection"):
        raise ResourceError(
            "Cannot delete protected Cluster, please disable deletion protection and try again."
        )
    if cluster.get("DBClusterMembers"):
        raise ResourceError(
            "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        )
    secret = mapping(cluster.get("MasterUserSecret"))
    if secret:
        secretsmanager.delete_secret_in_process(secret["SecretArn"])


def _instance(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Give the first member the writer's part, and every member the cluster's endpoint port and certificate."""
    instance = rds._instances[physical_id]
    if new.get("CACertificateIdentifier"):
        instance["CACertificateIdentifier"] = new["CACertificateIdentifier"]
    cluster = rds._clusters.get(text(new, "DBClusterIdentifier"))
    if cluster is not None:
        for place, member in enumerate(cluster.get("DBClusterMembers", ())):
            member["IsClusterWriter"] = place == 0
    return physical_id, attributes


MENDS = {
    "AWS::RDS::DBCluster": Mend(made=_cluster, deletable=_unprotected),
    "AWS::RDS::DBInstance": Mend(made=_instance),
}
"""The types that this module mends."""
