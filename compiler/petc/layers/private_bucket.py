"""What every bucket has, whatever it is for: encryption, owner, no public access, TLS, unfinished uploads."""

from __future__ import annotations

from typing import Any

from awacs import s3 as actions
from awacs.aws import Statement
from troposphere import GetAtt, Sub, s3

from petc.layers import iam

UPLOAD_DAYS = 7
"""After how long the parts of an upload that was never completed are thrown away."""


def guards(key: Any | None = None, ownership: str = "BucketOwnerEnforced") -> dict[str, Any]:
    """Return the properties that keep a bucket private, encrypted by `key` or S3's own."""
    return {
        "BucketEncryption": _encryption(key),
        "OwnershipControls": s3.OwnershipControls(
            Rules=[s3.OwnershipControlsRule(ObjectOwnership=ownership)]
        ),
        "PublicAccessBlockConfiguration": s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
    }


def tls_only(bucket: s3.Bucket) -> Statement:
    """Return the statement that nobody reaches the bucket or its objects without TLS."""
    return iam.tls_only(actions.Action("*"), GetAtt(bucket, "Arn"), Sub(f"${{{bucket.title}.Arn}}/*"))


def abandoned_uploads() -> s3.LifecycleRule:
    """Return the rule that throws away the parts of uploads that were never completed."""
    return s3.LifecycleRule(
        Id="abandoned-uploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=UPLOAD_DAYS),
    )


def _encryption(key: Any | None) -> s3.BucketEncryption:
    if key is None:
        default = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        rule = s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)
    else:
        default = s3.ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
        # One data key for many objects: S3 asks KMS, and pays, far less often.
        rule = s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BucketKeyEnabled=True)
    return s3.BucketEncryption(ServerSideEncryptionConfiguration=[rule])
