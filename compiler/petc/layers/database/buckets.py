"""Private data buckets: encrypted, versioned, tidied up, reached over TLS only.

There are no server access logs: they need a bucket of their own for each, arrive late and incomplete, and say
less than the data events of a trail, which the account may switch on for all its buckets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from awacs import kms
from awacs import s3 as actions
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub, s3

from petc import naming
from petc.layers import contracts, iam, key_use, private_bucket
from petc.layers.base import Draft
from petc.model.components import Bucket
from petc.model.grants import Grant
from petc.model.graph import Access

_OBJECTS = "the application names the objects, within this one bucket"
REASONS = {"ReadObjects": _OBJECTS, "WriteObjects": _OBJECTS}
"""Reasons for a `*`, by the statement's Sid."""


def add_bucket(draft: Draft, bucket: Bucket, key: Any | None) -> s3.Bucket:
    """Add one bucket, encrypted by `key` or S3's own, and export its name."""
    title = naming.logical_id("Bucket", bucket.key)
    versioning = "Enabled" if bucket.versioning else "Suspended"
    resource = draft.add_stateful(
        s3.Bucket(
            title,
            LifecycleConfiguration=s3.LifecycleConfiguration(Rules=list(_lifecycle(bucket))),
            VersioningConfiguration=s3.VersioningConfiguration(Status=versioning),
            **private_bucket.guards(key),
        ),
        bucket.at,
        why=bucket.description or f"objects of {bucket.name}",
    )
    draft.add(
        s3.BucketPolicy(
            naming.logical_id("BucketPolicy", bucket.key),
            Bucket=Ref(resource),
            PolicyDocument=iam.policy(private_bucket.tls_only(resource)),
        ),
        bucket.at,
        why=f"nobody reaches {bucket.name} without TLS",
        reasons={"TlsOnly": "a denial, for everyone and everything in this one bucket"},
    )
    draft.export(contracts.BUCKET_NAME, Ref(resource), bucket.key, f"Name of bucket {bucket.name}")
    return resource


def statements(draft: Draft, grant: Grant, key: Any | None) -> list[Statement]:
    """Return what a grant of reading or writing objects allows."""
    bucket = draft.stage.buckets[grant.target.name]
    arn = GetAtt(naming.logical_id("Bucket", bucket.key), "Arn")
    objects = Sub("${Bucket}/*", Bucket=arn)
    if grant.access == Access.READ_OBJECTS:
        # With the right to list, a missing object is reported as missing, not as forbidden.
        return [
            iam.allow("ListObjects", [actions.ListBucket], [arn]),
            iam.allow("ReadObjects", [actions.GetObject], [objects]),
            *key_use.through(key, "DecryptObjects", "s3", kms.Decrypt),
        ]
    writes = [actions.PutObject, actions.DeleteObject, actions.AbortMultipartUpload]
    return [
        iam.allow("WriteObjects", writes, [objects]),
        # An upload in parts is decrypted once, when its parts are joined.
        *key_use.through(key, "EncryptObjects", "s3", kms.GenerateDataKey, kms.Decrypt),
    ]


def _lifecycle(bucket: Bucket) -> Iterator[s3.LifecycleRule]:
    yield private_bucket.abandoned_uploads()
    if bucket.expire_days:
        yield s3.LifecycleRule(Id="expire", Status="Enabled", ExpirationInDays=bucket.expire_days)
    # Also where versioning is suspended now: old versions from before stay otherwise for ever.
    yield s3.LifecycleRule(
        Id="previous-versions",
        Status="Enabled",
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=bucket.noncurrent_days),
    )
