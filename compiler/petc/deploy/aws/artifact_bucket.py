"""Objects in artifact buckets that are written once and never changed: packages and templates."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import botocore.exceptions

from petc.deploy.aws import errors
from petc.deploy.aws.connection import Connection, calling
from petc.deploy.desired import bootstrap_bucket
from petc.deploy.execute import codes
from petc.deploy.package import codes as package_codes
from petc.diagnostics import Rejected

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_UNTOLD = frozenset({"403", "AccessDenied"})
"""Who may not list a bucket is told this of an object that is not there; API reference, HeadObject."""
_TAKEN = frozenset({"412", "PreconditionFailed", "409", "ConditionalRequestConflict"})
_COMPOSITE = "COMPOSITE"
_UNVERSIONED = "null"


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """An object that lies there with the right bytes: its version, empty without versioning; whether it is new."""

    version: str
    written: bool


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
) -> StoredArtifact:
    """See that the object lies there with these bytes, and return which version of it has them.

    `sha256` is the content's digest in hexadecimal. One call when the object is there, two when it is not.
    An object that is there is never overwritten, also when two deployments write at the same moment
    (`If-None-Match`; Amazon S3 User Guide, "How to prevent object overwrites with conditional writes").
    Raises `Rejected` with `package-differs` when it has other bytes, `artifact-bucket-missing`,
    `artifact-bucket-foreign`, or what AWS refused.
    """
    version = _verified(connection, bucket, key, sha256, len(content), _ABSENT | _UNTOLD)
    if version is not None:
        return StoredArtifact(version, written=False)
    client = connection.client("s3", bucket.region)
    with calling("s3:PutObject", f"{bucket.name}/{key}"):
        try:
            answer = client.put_object(
                Bucket=bucket.name,
                Key=key,
                Body=content,
                ContentType=content_type,
                ChecksumSHA256=_base64(sha256),
                IfNoneMatch="*",
                **bucket.condition,
            )
        except botocore.exceptions.ClientError as fault:
            if errors.code_of(fault) in _TAKEN:
                # Somebody else's deployment came first, or the first answer to this call was lost.
                version = _verified(connection, bucket, key, sha256, len(content), _ABSENT)
                if version is not None:
                    return StoredArtifact(version, written=False)
            raise _of_bucket(fault, bucket) or fault from None
    return StoredArtifact(_version(answer), written=True)


def verify(connection: Connection, bucket: ArtifactBucket, key: str, sha256: str, size: int) -> None:
    """Raise `Rejected` unless the object is there with the bytes of this digest and size.

    `artifact-gone` when it is not there, otherwise as `put_once`.
    """
    if _verified(connection, bucket, key, sha256, size, _ABSENT) is None:
        raise package_codes.ARTIFACT_GONE.because(
            f"s3://{bucket.name}/{key} was deleted after petc wrote it",
            "find out who deleted it, then run the command again, which writes it again",
        )


def _verified(
    connection: Connection, bucket: ArtifactBucket, key: str, sha256: str, size: int, absent: Collection[str]
) -> str | None:
    """Return the version of the object that has these bytes, None when it is not there; see `put_once`.

    `absent` are the answers that count as not there. HEAD has no body, so a missing bucket, too, looks like
    a missing object; PUT tells them apart.
    """
    client = connection.client("s3", bucket.region)
    place = {"Bucket": bucket.name, "Key": key, **bucket.condition}
    with calling("s3:GetObject", f"{bucket.name}/{key}"):
        try:
            head = client.head_object(**place, ChecksumMode="ENABLED")
        except botocore.exceptions.ClientError as fault:
            if errors.code_of(fault) not in absent:
                raise _of_bucket(fault, bucket) or fault from None
            return None
        if _has_checksum(head, sha256):
            return _version(head)
        if head["ContentLength"] == size:
            # Without S3's own checksum only the bytes themselves count, never what the writer noted beside them.
            found = client.get_object(**place, IfMatch=head["ETag"])
            if hashlib.sha256(found["Body"].read()).hexdigest() == sha256:
                return _version(found)
    raise package_codes.PACKAGE_DIFFERS.because(
        f"s3://{bucket.name}/{key} holds other bytes than the ones that petc would put there",
        "find out who wrote it, delete the object, and run the command again",
    )


def _has_checksum(head: dict[str, Any], sha256: str) -> bool:
    """Whether S3 has computed this digest over the object.

    S3 compares the checksum that comes with an upload to the bytes, and refuses what differs; one of a multipart
    upload is computed over the checksums of its parts (Amazon S3 User Guide, "Checking object integrity").
    """
    return head.get("ChecksumType") != _COMPOSITE and head.get("ChecksumSHA256") == _base64(sha256)


def _version(answer: dict[str, Any]) -> str:
    found = str(answer.get("VersionId", ""))
    return "" if found == _UNVERSIONED else found


def _of_bucket(fault: botocore.exceptions.ClientError, bucket: ArtifactBucket) -> Rejected | None:
    """Return what is wrong with the bucket itself, if anything."""
    code = errors.code_of(fault)
    if code == "NoSuchBucket":
        return codes.ARTIFACT_BUCKET_MISSING.because(
            f"there is no artifact bucket {bucket.name} in {bucket.region}",
            "run `petc bootstrap`, which makes it",
        )
    if code in (
        "301",
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ):
        return codes.ARTIFACT_BUCKET_MISSING.because(
            f"the artifact bucket {bucket.name} is not in {bucket.region}",
            "name a bucket of that region as targets.regions.<region>.artifact_bucket",
        )
    if code in _UNTOLD and bucket.owner:
        return package_codes.ARTIFACT_BUCKET_FOREIGN.because(
            f"{bucket.name} is not open to petc, or belongs to another account than {bucket.owner}",
            "compare your role with `petc bootstrap --print`, and the bucket's owner with the account",
        )
    return None


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
