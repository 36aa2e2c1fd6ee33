"""What a deletion needs beforehand and leaves behind: buckets to empty, log groups and snapshots that stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.concurrency import each
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.targets import Target

_BATCH = 1000
"""Keys in one DeleteObjects; Amazon S3 API reference."""


def physical_names(
    connection: Connection, target: Target, stack_id: str, logical_ids: Iterable[str]
) -> dict[str, str]:
    """Return the physical ids of resources of a stack by logical id."""
    client = connection.client("cloudformation", target.region, target.account)
    wanted = set(logical_ids)
    with calling("cloudformation:ListStackResources", stack_id):
        pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages
            for item in page["StackResourceSummaries"]
            if item["LogicalResourceId"] in wanted and item.get("PhysicalResourceId")
        }


def holds_objects(connection: Connection, target: Target, bucket: str) -> bool | None:
    """Whether a bucket holds a version of an object or a delete marker; None where that may not be asked.

    Who may not list versions is asked for the objects that show. A bucket that is gone holds nothing.
    """
    client = connection.client("s3", target.region, target.account)
    denied = ("AccessDenied", "AllAccessDisabled", "403")
    found, code = answered(
        "s3:ListBucketVersions",
        bucket,
        lambda: client.list_object_versions(Bucket=bucket, MaxKeys=1),
        "NoSuchBucket",
        *denied,
    )
    if found is not None:
        return bool(found.get("Versions") or found.get("DeleteMarkers"))
    if code == "NoSuchBucket":
        return False
    found, code = answered(
        "s3:ListBucket",
        bucket,
        lambda: client.list_objects_v2(Bucket=bucket, MaxKeys=1),
        "NoSuchBucket",
        *denied,
    )
    if found is not None:
        # An empty answer does not tell of old versions.
        return True if found.get("Contents") else None
    return False if code == "NoSuchBucket" else None


def empty_bucket(places: Places, target: Target, bucket: str) -> int:
    """Delete every version of every object, and return how many there were.

    None of petc's own roles in a target may do that: `places` takes one that may, in accounts that it reaches.
    """
    client = places.client("s3", target)
    count = 0
    with calling("s3:DeleteObject", bucket):
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found: list[dict[str, Any]] = [
                {"Key": item["Key"], "VersionId": item["VersionId"]}
                for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            ]
            for start in range(0, len(found), _BATCH):
                part = found[start : start + _BATCH]
                answer = client.delete_objects(Bucket=bucket, Delete={"Objects": part, "Quiet": True})
                count += len(part) - len(answer.get("Errors", ()))
    return count


def log_groups(connection: Connection, targets: Iterable[Target], prefixes: Iterable[str]) -> tuple[str, ...]:
    """Return the log groups whose names begin so, each with its target: services make some by themselves."""
    sought = tuple(prefixes)

    def of(target: Target) -> list[str]:
        client = connection.client("logs", target.region, target.account)
        found = []
        for prefix in sought:
            with calling("logs:DescribeLogGroups", str(target)):
                pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
                found += [
                    f"{item['logGroupName']} in {target}" for page in pages for item in page["logGroups"]
                ]
        return found

    return tuple(item for found in each(of, targets) for item in found)


def snapshots(connection: Connection, targets: Iterable[Target], prefix: str) -> tuple[str, ...]:
    """Return the manual snapshots of clusters whose names begin so; a deletion with `Snapshot` makes them."""

    def of(target: Target) -> list[str]:
        client = connection.client("rds", target.region, target.account)
        with calling("rds:DescribeDBClusterSnapshots", str(target)):
            pages = client.get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual")
            return [
                f"{item['DBClusterSnapshotIdentifier']} in {target}"
                for page in pages
                for item in page["DBClusterSnapshots"]
                if prefix in item["DBClusterSnapshotIdentifier"].lower()
            ]

    return tuple(item for found in each(of, targets) for item in found)
