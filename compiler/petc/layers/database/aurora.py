"""An Aurora cluster with all that belongs to it: groups, logs, writer and readers, managed credentials.

The cluster's name is generated, so that a deleted one never stands in the way of the next. Its log groups
bear that name, so they come after the cluster and before the instances, which are what writes to them. There
is one for each log that Aurora knows, exported or not: an export that is switched on later finds its group.
"""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, Sub, logs, rds

from petc import naming
from petc.layers import contracts, key_use, log_groups
from petc.layers.base import Draft
from petc.model import engines
from petc.model.components import Database

MASTER = "admin"
"""The master user; its password is RDS's to make and to rotate."""

AUTHORITY = "rds-ca-rsa2048-g1"
"""The certificate authority of the instances, in every region; Amazon Aurora User Guide, "Using SSL/TLS"."""

INSIGHTS_DAYS = 7
"""Days of query load that Database Insights keeps without charge."""


def add_cluster(draft: Draft, database: Database, key: Any | None) -> rds.DBCluster:
    """Add one database, encrypted by `key` or AWS's own, and export what others need of it."""
    cluster = _cluster(draft, database, key)
    groups = [_log_group(draft, database, cluster, log, key) for log in engines.of(database).logs]
    writer = _instance(draft, database, cluster, 0, after=groups)
    for number in range(1, database.readers + 1):
        # The first instance of a cluster becomes its writer, so the readers come after it.
        _instance(draft, database, cluster, number, after=[writer])
    _publish(draft, database, cluster)
    return cluster


def secret_arn(database: Database) -> GetAtt:
    """Return the ARN of the managed master secret, inside the layer that makes the cluster."""
    return GetAtt(naming.logical_id("Database", database.key), "MasterUserSecret.SecretArn")


def _cluster(draft: Draft, database: Database, key: Any | None) -> rds.DBCluster:
    optional: dict[str, Any] = {**key_use.given(key, "KmsKeyId")}
    if key is not None:
        optional["MasterUserSecret"] = rds.MasterUserSecret(KmsKeyId=key)
    if database.monitoring_seconds:
        optional["MonitoringRoleArn"] = draft.imported(contracts.MONITORING_ROLE_ARN)
    insights: dict[str, Any] = {"PerformanceInsightsEnabled": database.insights}
    if database.insights:
        insights |= {"DatabaseInsightsMode": "standard", "PerformanceInsightsRetentionPeriod": INSIGHTS_DAYS}
        insights |= key_use.given(key, "PerformanceInsightsKmsKeyId")
    return draft.add_stateful(
        rds.DBCluster(
            naming.logical_id("Database", database.key),
            Engine=database.engine,
            EngineVersion=database.version,
            # Past its standard support a version gets dearer by the hour, unless the spec moves on first.
            EngineLifecycleSupport="open-source-rds-extended-support-disabled",
            # The version is the spec's to say; an upgrade beside it would be undone by the next deployment.
            AutoMinorVersionUpgrade=False,
            ServerlessV2ScalingConfiguration=_capacity(database),
            DatabaseName=database.schema,
            Port=database.port,
            MasterUsername=MASTER,
            ManageMasterUserPassword=True,
            # IAM login needs a driver of its own; what is not used is not open.
            EnableIAMDatabaseAuthentication=False,
            DBSubnetGroupName=Ref(_subnets(draft, database)),
            VpcSecurityGroupIds=[draft.imported(contracts.SECURITY_GROUP, database.key)],
            DBClusterParameterGroupName=Ref(_cluster_parameters(draft, database)),
            StorageEncrypted=True,
            BackupRetentionPeriod=database.backup_days,
            PreferredBackupWindow=database.backup_window,
            PreferredMaintenanceWindow=database.maintenance_window,
            CopyTagsToSnapshot=True,
            DeletionProtection=database.deletion_protection,
            EnableCloudwatchLogsExports=list(database.log_exports),
            MonitoringInterval=database.monitoring_seconds,
            **optional,
            **insights,
        ),
        database.at,
        why=f"database {database.name}: storage, credentials and endpoints",
        snapshot=True,
    )


def _capacity(database: Database) -> rds.ServerlessV2ScalingConfiguration:
    capacity = rds.ServerlessV2ScalingConfiguration()
    # Set below troposphere's own checks, which know neither a minimum of 0 nor more than 128.
    capacity.properties["MinCapacity"] = database.capacity.min
    capacity.properties["MaxCapacity"] = database.capacity.max
    return capacity


def _subnets(draft: Draft, database: Database) -> rds.DBSubnetGroup:
    return draft.add(
        rds.DBSubnetGroup(
            naming.logical_id("DatabaseSubnets", database.key),
            DBSubnetGroupDescription=f"Database subnets of {database.name}",
            SubnetIds=draft.imported(contracts.DATABASE_SUBNETS),
        ),
        database.at,
        why=f"keeps {database.name} in the database subnets of every zone",
    )


def _cluster_parameters(draft: Draft, database: Database) -> rds.DBClusterParameterGroup:
    engine = engines.of(database)
    return draft.add(
        rds.DBClusterParameterGroup(
            naming.logical_id("ClusterParameters", database.key),
            Description=f"Cluster parameters of {database.name}",
            Family=engine.family(database.version),
            Parameters=dict(engine.cluster_parameters(database)),
        ),
        database.at,
        why=f"what all instances of {database.name} ask of a connection, and audit",
    )


def _instance_parameters(draft: Draft, database: Database) -> rds.DBParameterGroup:
    engine = engines.of(database)
    return draft.add(
        rds.DBParameterGroup(
            naming.logical_id("InstanceParameters", database.key),
            Description=f"Instance parameters of {database.name}",
            Family=engine.family(database.version),
            Parameters=dict(engine.instance_parameters(database)),
        ),
        database.at,
        why=f"what each instance of {database.name} logs and admits",
    )


def _log_group(
    draft: Draft, database: Database, cluster: rds.DBCluster, log: str, key: Any | None
) -> logs.LogGroup:
    return log_groups.add(
        draft,
        naming.logical_id("DatabaseLog", database.key, log),
        Sub(f"/aws/rds/cluster/${{{cluster.title}}}/{log}"),
        f"{database.at}/log_exports",
        why=f"the {log} log of {database.name}, kept as long as other logs",
        key=key,
    )


def _instance(
    draft: Draft, database: Database, cluster: rds.DBCluster, number: int, after: list[Any]
) -> rds.DBInstance:
    """Add the writer (0) or a reader; monitoring and insights are the cluster's to set for all of them."""
    role = "reader" if number else "writer"
    title = naming.logical_id(role.capitalize(), database.key) + (str(number) if number else "")
    group = naming.logical_id("InstanceParameters", database.key)
    parameters = group if number else _instance_parameters(draft, database).title
    return draft.add(
        rds.DBInstance(
            title,
            # An instance holds no data of its own, and a kept one would keep the cluster from going.
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            DBClusterIdentifier=Ref(cluster),
            DBInstanceClass="db.serverless",
            Engine=database.engine,
            DBParameterGroupName=Ref(parameters),
            # The first reader is the successor: of tier 0 or 1 it is always as large as the writer.
            PromotionTier=number,
            CACertificateIdentifier=AUTHORITY,
            AutoMinorVersionUpgrade=False,
            PubliclyAccessible=False,
        ),
        f"{database.at}/readers" if number else database.at,
        why=f"{role} of {database.name}",
        after=after,
    )


def _publish(draft: Draft, database: Database, cluster: rds.DBCluster) -> None:
    name = database.name
    host = GetAtt(cluster, "Endpoint.Address")
    draft.export(contracts.WRITER_HOST, host, database.key, f"Where {name} is read and written")
    if database.readers:
        reader = GetAtt(cluster, "ReadEndpoint.Address")
        draft.export(contracts.READER_HOST, reader, database.key, f"Where {name} is read")
    draft.export(contracts.MASTER_SECRET_ARN, secret_arn(database), database.key, f"Credentials of {name}")
    draft.export(contracts.CLUSTER_ID, Ref(cluster), database.key, f"Cluster of {name}")
    port = GetAtt(cluster, "Endpoint.Port")
    endpoint = Sub("${Host}:${Port}", Host=host, Port=port)
    draft.output(naming.logical_id("Endpoint", database.key), endpoint, f"Where {name} is, inside the VPC")
