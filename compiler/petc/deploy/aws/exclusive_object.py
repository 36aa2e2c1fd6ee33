"""An object in the artifact bucket that only one process can make: the lock between machines.

S3 writes conditionally: `If-None-Match: *` succeeds for one writer only, `If-Match` only while nobody else has
written (S3 User Guide, "How to prevent object overwrites with conditional writes").
"""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from typing import Any

from petc import naming
from petc.deploy.aws.artifact_bucket import ArtifactBucket, bucket_of
from petc.deploy.aws.connection import Connection, answered
from petc.deploy.execute.lock import Nowhere

_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
_GONE = ("NoSuchKey", "404")
_LONGEST = 4096
"""Bytes that are read; a holder takes a few hundred."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A lock as it lies there; `age` is seconds since its last writing, by S3's own clock."""

    content: bytes
    mark: str
    age: float


@dataclass(frozen=True, slots=True)
class LockObject:
    """The lock of a stage. Marks are S3's entity tags; every method may raise `Rejected`."""

    connection: Connection
    bucket: ArtifactBucket
    key: str

    def take(self, content: bytes) -> str:
        """Return the mark when the lock is ours now, or nothing when it is someone's.

        Raises `Nowhere` where no bucket is.
        """
        return self._put(content, IfNoneMatch="*")

    def renew(self, content: bytes, mark: str) -> str:
        """Write the lock again if it still has the mark, and return its new one; nothing if it has not."""
        return self._put(content, IfMatch=mark)

    def look(self) -> StoredObject | None:
        """Return the lock that lies there, or nothing."""
        client = self._client()

        def read() -> StoredObject:
            answer = client.get_object(Bucket=self.bucket.name, Key=self.key, **self.bucket.condition)
            date = email.utils.parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
            age = (date - answer["LastModified"]).total_seconds()
            return StoredObject(answer["Body"].read(_LONGEST), answer["ETag"], age)

        found, _ = answered("s3:GetObject", self._place, read, *_GONE, "NoSuchBucket")
        lying: StoredObject | None = found
        return lying

    def release(self, mark: str) -> None:
        """Remove the lock if it still has the mark."""
        client = self._client()
        answered(
            "s3:DeleteObject",
            self._place,
            lambda: client.delete_object(
                Bucket=self.bucket.name, Key=self.key, IfMatch=mark, **self.bucket.condition
            ),
            *_TAKEN,
            *_GONE,
        )

    @property
    def _place(self) -> str:
        return f"s3://{self.bucket.name}/{self.key}"

    def _client(self) -> Any:
        return self.connection.client("s3", self.bucket.region)

    def _put(self, content: bytes, **condition: str) -> str:
        client = self._client()
        answer, refused = answered(
            "s3:PutObject",
            self._place,
            lambda: client.put_object(
                Bucket=self.bucket.name,
                Key=self.key,
                Body=content,
                ContentType="application/json",
                **self.bucket.condition,
                **condition,
            ),
            *_TAKEN,
            *_GONE,
            "NoSuchBucket",
        )
        if refused == "NoSuchBucket":
            raise Nowhere
        if not refused:
            return str(answer["ETag"])
        # The first answer may have been lost; then the lock holds what was written.
        lying = self.look()
        return lying.mark if lying is not None and lying.content == content else ""


def of_stage(connection: Connection, bucket: str, spec: str, stage: str) -> LockObject:
    """Return the lock of a stage; `bucket` is the artifact bucket of the home region."""
    place = bucket_of(connection.account, connection.home, bucket)
    return LockObject(connection, place, naming.artifact_key(spec, stage, "lock.json"))
