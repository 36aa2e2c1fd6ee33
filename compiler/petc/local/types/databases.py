"""Mends Aurora: the managed master secret, endpoints that lead to a real server, what is shown, protection."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import new_uuid
from ministack.services import rds, secretsmanager

from petc.local import environment
from petc.local.types.forms import Attributes, Made, Properties, ResourceError, flag, mapping, text
from petc.local.types.mending import Mend
from petc.resources.schemas import Json

_KEPT = {
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "DBClusterParameterGroupName": "DBClusterParameterGroup",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "EngineLifecycleSupport": "EngineLifecycleSupport",
    "KmsKeyId": "KmsKeyId",
    "MasterUsername": "MasterUsername",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "PerformanceInsightsEnabled": "PerformanceInsightsEnabled",
    "PerformanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "Tags": "TagList",
}
"""Properties that MiniStack's records leave out, and their names in `DescribeDBClusters`."""

_SHOWN = (
    "AutoMinorVersionUpgrade",
    "DatabaseInsightsMode",
    "EnabledCloudwatchLogsExports",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
)
"""What of these MiniStack would not write into the answer."""


def _cluster(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    cluster = rds._clusters[physical_id]
    for name, field in _KEPT.items():
        if name in new:
            cluster[field] = new[name]
        elif name in old:
            cluster.pop(field, None)
    secret = mapping(cluster.get("MasterUserSecret"))
    if flag(new, "ManageMasterUserPassword"):
        secret = secret or _managed_secret(physical_id, new)
        secret["KmsKeyId"] = text(mapping(new.get("MasterUserSecret")), "KmsKeyId")
    elif secret:
        secretsmanager.delete_secret_in_process(secret["SecretArn"])
        secret = {}
    cluster["MasterUserSecret"] = secret or None
    managed: Attributes = {"MasterUserSecret.SecretArn": secret["SecretArn"]} if secret else {}
    return physical_id, {**attributes, **_endpoints(cluster), **managed}


def _endpoints(cluster: dict[str, Json]) -> Attributes:
    """Let both endpoints be the host of a real server where one is named; MiniStack's own do not resolve.

    The port stays the cluster's, so the server listens there, and knows the user of the managed secret.
    """
    host = os.environ.get(environment.DATABASE, "")
    if not host:
        return {}
    cluster["Endpoint"] = cluster["ReaderEndpoint"] = host
    return {"Endpoint.Address": host, "ReadEndpoint.Address": host}


MANAGED = "rds!"
"""What the names of secrets begin with that RDS manages."""


def _managed_secret(cluster_id: str, properties: Properties) -> dict[str, Json]:
    """Make the secret that RDS keeps for the master user ("Password management with Amazon RDS")."""
    password = rds._generate_master_user_password()
    arn = secretsmanager.create_secret_in_process(
        f"{MANAGED}cluster-{new_uuid()}",
        json.dumps({"username": text(properties, "MasterUsername", "admin"), "password": password}),
        description=f"The secret associated with the primary RDS DB cluster: {cluster_id}",
    )
    rds._clusters[cluster_id]["_MasterUserPassword"] = password
    _, secret = secretsmanager._resolve(arn)
    if secret:
        # RDS rotates it every seven days from the start ("Rotating the master user password").
        secret |= {"RotationEnabled": True, "RotationRules": {"AutomaticallyAfterDays": 7}}
    return {"SecretArn": arn, "SecretStatus": "active"}


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


def enter() -> None:
    """Let `DescribeDBClusters` show what MiniStack leaves out of it, and a restart leave endpoints as they are."""
    module: Any = rds
    module.load_persisted_state = _load
    own = module._cluster_xml
    if hasattr(own, "petc"):
        return

    def shown(cluster: Mapping[str, Json]) -> str:
        return str(own(cluster)) + "".join(_element(name, cluster.get(name)) for name in _SHOWN)

    module._cluster_xml = shown
    module._cluster_xml.petc = True


def _element(name: str, value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return f"<{name}>{''.join(f'<member>{escape(str(item))}</member>' for item in value)}</{name}>"
    return f"<{name}>{escape(text({name: value}, name))}</{name}>"


MENDS = {
    "AWS::RDS::DBCluster": Mend(made=_cluster, deletable=_unprotected),
    "AWS::RDS::DBInstance": Mend(made=_instance),
}
"""The types that this module mends."""


def _load(state: dict[str, Any] | None) -> None:
    """Take what was saved, without starting the containers that MiniStack would run databases in.

    None can start here, and MiniStack then gives the clusters another address, which stacks have exported.
    """
    rds._restore_state(state, resume_runtime=False)
    for instance in rds._instances._data.values():
        instance["DBInstanceStatus"] = "available"
