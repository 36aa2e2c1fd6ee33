"""Objects in artifact buckets that are written once and never changed: packages and templates."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import botocore.exceptions

from petc.deploy.aws import faults
from petc.deploy.aws.connection import Connection, calling
from petc.deploy.wanted import bootstrap_bucket
from petc.diagnostics import Rejected

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_UNTOLD = frozenset({"403", "AccessDenied"})
"""Who may not list a bucket is told this of an object that is not there; API reference, HeadObject."""
_TAKEN = frozenset({"412", "PreconditionFailed", "409", "ConditionalRequestConflict"})
_DIGEST = "petc-sha256"


@dataclass(frozen=True, slots=True)
class ArtifactBucket:
    """A bucket, where it is, and the account that must own it; empty when any may."""

    name: str
    region: str
    owner: str = ""

    @property
    def condition(self) -> dict[str, str]:
        """The parameter with which each call on the bucket or its objects names the owner."""
        return {"ExpectedBucketOwner": self.owner} if self.owner else {}


def bucket_of(account: str, region: str, name: str) -> ArtifactBucket:
    """Return a region's bucket: one that `petc bootstrap` names belongs to the account, others to anybody.

    Who guesses the account can take the name first, and code and templates from a bucket are run; AWS Security
    Blog and Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition".
    """
    return ArtifactBucket(name, region, account if name == bootstrap_bucket(account, region) else "")


def put_once(
    connection: Connection, bucket: ArtifactBucket, key: str, content: bytes, sha256: str, content_type: str
) -> bool:
    """See that the object lies there with these bytes, and return whether it was written now.

    `sha256` is the content's digest in hexadecimal. One call when the object is there, two when it is not.
    An object that is there is never overwritten, also when two deployments write at the same moment
    (`If-None-Match`; Amazon S3 User Guide, "How to prevent object overwrites with conditional writes").
    Raises `Rejected` with `package-differs` when it has other bytes, `artifact-bucket-missing`,
    `artifact-bucket-foreign`, or what AWS refused.
    """
    if _stands(connection, bucket, key, sha256, _ABSENT | _UNTOLD):
        return False
    client = connection.client("s3", bucket.region)
    with calling("s3:PutObject", f"{bucket.name}/{key}"):
        try:
            client.put_object(
                Bucket=bucket.name,
                Key=key,
                Body=content,
                ContentType=content_type,
                ChecksumSHA256=_base64(sha256),
                IfNoneMatch="*",
                Metadata={_DIGEST: sha256},
                **bucket.condition,
            )
        except botocore.exceptions.ClientError as fault:
            if faults.code_of(fault) in _TAKEN and _stands(connection, bucket, key, sha256, _ABSENT):
                return False  # somebody else's deployment came first, with the same bytes
            raise _of_bucket(fault, bucket) or fault from None
    return True


def _stands(
    connection: Connection, bucket: ArtifactBucket, key: str, sha256: str, absent: Collection[str]
) -> bool:
    """Return whether the object is there; raises `Rejected` when it has other bytes.

    `absent` are the answers that count as not there. HEAD has no body, so a missing bucket, too, looks like
    a missing object; PUT tells them apart.
    """
    client = connection.client("s3", bucket.region)
    with calling("s3:GetObject", f"{bucket.name}/{key}"):
        try:
            head = client.head_object(Bucket=bucket.name, Key=key, ChecksumMode="ENABLED", **bucket.condition)
        except botocore.exceptions.ClientError as fault:
            if faults.code_of(fault) not in absent:
                raise _of_bucket(fault, bucket) or fault from None
            return False
    if _same(head, sha256):
        return True
    raise Rejected.because(
        "package-differs",
        f"s3://{bucket.name}/{key} holds other bytes than these sources give",
        "find out who wrote it, delete the object, and run the command again",
    )


def _same(head: dict[str, Any], sha256: str) -> bool:
    """Whether S3's own checksum, or else what the writer noted, is this digest.

    S3 keeps the checksum that came with the upload; an object that was copied by another tool may have none.
    """
    checksum = head.get("ChecksumSHA256")
    if checksum:
        return bool(checksum == _base64(sha256))
    return bool(head.get("Metadata", {}).get(_DIGEST) == sha256)


def _of_bucket(fault: botocore.exceptions.ClientError, bucket: ArtifactBucket) -> Rejected | None:
    """Return what is wrong with the bucket itself, if anything."""
    code = faults.code_of(fault)
    if code == "NoSuchBucket":
        return Rejected.because(
            "artifact-bucket-missing",
            f"there is no artifact bucket {bucket.name} in {bucket.region}",
            "run `petc bootstrap`, which makes it",
        )
    if code in (
        "301",
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ):
        return Rejected.because(
            "artifact-bucket-missing",
            f"the artifact bucket {bucket.name} is not in {bucket.region}",
            "name a bucket of that region as targets.regions.<region>.artifact_bucket",
        )
    if code in _UNTOLD and bucket.owner:
        return Rejected.because(
            "artifact-bucket-foreign",
            f"{bucket.name} is not open to petc, or belongs to another account than {bucket.owner}",
            "compare your role with `petc bootstrap --print`, and the bucket's owner with the account",
        )
    return None


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
