"""Which resources hold data that goes with them, and what a deletion policy leaves of them."""

from __future__ import annotations

from collections.abc import Mapping

from petc.model.kinds import table
from petc.source.tree import Json
from petc.verify.rendered import mapping

TYPES = frozenset(type_name for kind in table.KINDS for type_name in kind.holds) | frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::CloudTrail::EventDataStore",
        "AWS::Cognito::UserPool",
        "AWS::DocDB::DBCluster",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Volume",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::FSx::FileSystem",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::Kinesis::Stream",
        "AWS::MSK::Cluster",
        "AWS::Neptune::DBCluster",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBInstance",
        "AWS::RDS::GlobalCluster",
        "AWS::Redshift::Cluster",
        "AWS::Route53::HostedZone",
        "AWS::S3Express::DirectoryBucket",
        "AWS::Timestream::Table",
    }
)
"""What is lost with the resource and that no template makes again: of kinds of parts, and of what else there is.

A key makes everything unreadable that it encrypted. A secret's value may have been entered by hand. A queue
holds messages that nobody has handled yet, a dead-letter queue those that must not be forgotten. A hosted
zone that is made anew gets other name servers than the domain points at. Parameters of the parameter store
are not among them: the template holds their value.
"""

_SNAPSHOT_BY_DEFAULT = frozenset({"AWS::RDS::DBCluster"})
"""CloudFormation User Guide, "DeletionPolicy attribute": the default is Snapshot for clusters and for
instances that are in no cluster."""


def holds_data(type_name: str, properties: Mapping[str, Json]) -> bool:
    """Whether replacing or deleting the resource loses data.

    An instance of an Aurora cluster holds none: its data lie in the cluster's volume (Amazon Aurora User
    Guide, "Amazon Aurora storage").
    """
    return type_name in TYPES and not (
        type_name == "AWS::RDS::DBInstance" and "DBClusterIdentifier" in properties
    )


def kept(body: Mapping[str, Json], policy: str) -> str:
    """Return `Retain` or `Snapshot` where the policy (`DeletionPolicy`, `UpdateReplacePolicy`) leaves that."""
    told = body.get(policy)
    if told in ("Retain", "RetainExceptOnCreate"):
        return "Retain"
    if told == "Snapshot":
        return "Snapshot"
    if told is None and policy == "DeletionPolicy":
        type_name = str(body.get("Type", ""))
        alone = type_name == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in mapping(
            body.get("Properties")
        )
        return "Snapshot" if alone or type_name in _SNAPSHOT_BY_DEFAULT else ""
    return ""
