"""Mends Aurora: the managed master secret, endpoints that lead to a real server, what is shown, protection."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import new_uuid
from ministack.services import rds, secretsmanager

from petc.local import environment
from petc.resources.schemas import Json
from petc_local.types.forms import Attributes, Made, Properties, ResourceError, flag, mapping, text
from petc_local.types.patching import Mend

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


def _keeps_used_subnets(physical_id: str, old: Properties, new: Properties) -> None:
    """Refuse to take subnets out of a group while a cluster or instance uses it ("ModifyDBSubnetGroup").

    RDS refuses it for subnets in which an instance is; MiniStack's instances are in none, so all of the group's
    count. That the words are these is assumed.
    """
    lost = sorted(set(_subnets(old)) - set(_subnets(new)))
    used = any(_group_of(item) == physical_id for item in (*rds._clusters.values(), *rds._instances.values()))
    if lost and used:
        raise ResourceError(
            f"Some of the subnets to be deleted are currently in use: {', '.join(lost)} (SubnetAlreadyInUse)"
        )


def _subnets(properties: Properties) -> list[str]:
    held = properties.get("SubnetIds")
    return [str(item) for item in held] if isinstance(held, list) else []


def _group_of(record: Mapping[str, Json]) -> str:
    group = record.get("DBSubnetGroup")
    return text(group, "DBSubnetGroupName") if isinstance(group, dict) else str(group)


def _engine_goes_up(physical_id: str, old: Properties, new: Properties) -> None:
    """Refuse an earlier version of the engine ("Upgrading a DB instance engine version").

    The words are those of an upgrade that is not possible (re:Post, "CloudFormation RDS resource errors").
    """
    before, after = text(old, "EngineVersion"), text(new, "EngineVersion")
    if before and after and _numbers(after) < _numbers(before):
        engine = text(new, "Engine")
        raise ResourceError(f"Cannot upgrade {engine} from {before} to {after} (InvalidParameterCombination)")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall("[0-9]+", version)]


MENDS = {
    "AWS::RDS::DBCluster": Mend(made=_cluster, deletable=_unprotected, updatable=_engine_goes_up),
    "AWS::RDS::DBInstance": Mend(made=_instance, updatable=_engine_goes_up),
    "AWS::RDS::DBSubnetGroup": Mend(updatable=_keeps_used_subnets),
}
"""The types that this module mends."""


def _load(state: dict[str, Any] | None) -> None:
    """Take what was saved, without starting the containers that MiniStack would run databases in.

    None can start here, and MiniStack then gives the clusters another address, which stacks have exported.
    """
    rds._restore_state(state, resume_runtime=False)
    for instance in rds._instances._data.values():
        instance["DBInstanceStatus"] = "available"
