"""Private data buckets: encrypted, versioned, tidied up, reached over TLS only.

There are no server access logs: they need a bucket of their own for each, arrive late and incomplete, and say
less than the data events of a trail, which the account may switch on for all its buckets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from awacs import kms
from awacs import s3 as actions
from awacs.aws import Bool, Condition, Deny, Principal, Statement
from troposphere import GetAtt, Ref, Sub, s3

from petc import naming
from petc.layers import contracts, data_key, iam
from petc.layers.base import Draft
from petc.model.grants import Grant
from petc.model.graph import Access
from petc.model.types import Bucket

UPLOAD_DAYS = 7
"""After how long the parts of an upload that was never completed are thrown away."""

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
            BucketEncryption=_encryption(key),
            LifecycleConfiguration=s3.LifecycleConfiguration(Rules=list(_lifecycle(bucket))),
            OwnershipControls=s3.OwnershipControls(
                Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                BlockPublicAcls=True,
                BlockPublicPolicy=True,
                IgnorePublicAcls=True,
                RestrictPublicBuckets=True,
            ),
            VersioningConfiguration=s3.VersioningConfiguration(Status=versioning),
        ),
        bucket.at,
        why=bucket.description or f"objects of {bucket.name}",
    )
    draft.add(
        s3.BucketPolicy(
            naming.logical_id("BucketPolicy", bucket.key),
            Bucket=Ref(resource),
            PolicyDocument=iam.policy(_tls_only(resource)),
        ),
        bucket.at,
        why=f"nobody reaches {bucket.name} without TLS",
        reasons={"TlsOnly": "a denial, for everyone and everything in this one bucket"},
    )
    draft.export(contracts.BUCKET_NAME, Ref(resource), bucket.key, f"Name of bucket {bucket.name}")
    return resource


def statements(bucket: Bucket, grant: Grant, key: Any | None) -> list[Statement]:
    """Return what a grant of reading or writing objects allows."""
    arn = GetAtt(naming.logical_id("Bucket", bucket.key), "Arn")
    objects = Sub("${Bucket}/*", Bucket=arn)
    if grant.access is Access.READ_OBJECTS:
        # With the right to list, a missing object is reported as missing, not as forbidden.
        return [
            iam.allow("ListObjects", [actions.ListBucket], [arn]),
            iam.allow("ReadObjects", [actions.GetObject], [objects]),
            *data_key.through(key, "DecryptObjects", "s3", kms.Decrypt),
        ]
    writes = [actions.PutObject, actions.DeleteObject, actions.AbortMultipartUpload]
    return [
        iam.allow("WriteObjects", writes, [objects]),
        # An upload in parts is decrypted once, when its parts are joined.
        *data_key.through(key, "EncryptObjects", "s3", kms.GenerateDataKey, kms.Decrypt),
    ]


def _encryption(key: Any | None) -> s3.BucketEncryption:
    if key is None:
        default = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        rule = s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)
    else:
        default = s3.ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
        # One data key for many objects: S3 asks KMS, and pays, far less often.
        rule = s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BucketKeyEnabled=True)
    return s3.BucketEncryption(ServerSideEncryptionConfiguration=[rule])


def _lifecycle(bucket: Bucket) -> Iterator[s3.LifecycleRule]:
    yield s3.LifecycleRule(
        Id="abandoned-uploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=UPLOAD_DAYS),
    )
    if bucket.expire_days:
        yield s3.LifecycleRule(Id="expire", Status="Enabled", ExpirationInDays=bucket.expire_days)
    # Also where versioning is suspended now: old versions from before stay otherwise for ever.
    yield s3.LifecycleRule(
        Id="previous-versions",
        Status="Enabled",
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=bucket.noncurrent_days),
    )


def _tls_only(bucket: s3.Bucket) -> Statement:
    arn = GetAtt(bucket, "Arn")
    return Statement(
        Sid="TlsOnly",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[actions.Action("*")],
        Resource=[arn, Sub("${Bucket}/*", Bucket=arn)],
        Condition=Condition(Bool({"aws:SecureTransport": "false"})),
    )
