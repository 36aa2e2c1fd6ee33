"""A site's bucket and distribution, and the note in the artifact bucket of what lies there."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from petc.deploy import codes as deploy_codes
from petc.deploy.aws.artifact_bucket import ArtifactBucket
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.package import codes as package_codes
from petc.deploy.site.inventory import Inventory, SitePlace
from petc.deploy.site.objects import SiteFile
from petc.diagnostics import Rejected

_AT_ONCE = 1000
"""Keys that one call deletes; Amazon S3 API Reference, DeleteObjects."""


def noted(connection: Connection, bucket: ArtifactBucket, key: str) -> Inventory | None:
    """Return the inventory; None when there is none, or what lies there is none. One call."""
    client = connection.client("s3", bucket.region)
    # Who may not list the bucket is answered 403 for an object that is not there; API reference, GetObject.
    answer, _ = answered(
        "s3:GetObject",
        f"{bucket.name}/{key}",
        lambda: client.get_object(Bucket=bucket.name, Key=key, **bucket.condition),
        "NoSuchKey",
        "AccessDenied",
    )
    if answer is None:
        return None
    with calling("s3:GetObject", f"{bucket.name}/{key}"):
        return Inventory.from_bytes(answer["Body"].read())


def note(connection: Connection, bucket: ArtifactBucket, key: str, inventory: Inventory) -> None:
    """Write the inventory."""
    client = connection.client("s3", bucket.region)
    with calling("s3:PutObject", f"{bucket.name}/{key}"):
        client.put_object(
            Bucket=bucket.name,
            Key=key,
            Body=inventory.to_bytes(),
            ContentType="application/json",
            **bucket.condition,
        )


def put(connection: Connection, place: SitePlace, file: SiteFile) -> None:
    """Write an object with its headers. Raises `Rejected` with `site-changed` when the file is not as it was read."""
    client = _client(connection, "s3", place)
    with _opened(file) as body:
        _, changed = answered(
            "s3:PutObject",
            f"{place.bucket}/{file.key}",
            lambda: client.put_object(
                Bucket=place.bucket,
                Key=file.key,
                Body=body,
                ContentType=file.content_type,
                CacheControl=file.cache_control,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(file.sha256)).decode("ascii"),
            ),
            "BadDigest",
            "XAmzContentChecksumMismatch",
        )
    if changed:
        raise _changed(file)


def remove(connection: Connection, place: SitePlace, keys: Sequence[str]) -> None:
    """Take objects away; older versions stay as long as the bucket's lifecycle keeps them."""
    client = _client(connection, "s3", place)
    for start in range(0, len(keys), _AT_ONCE):
        some = [{"Key": key} for key in keys[start : start + _AT_ONCE]]
        with calling("s3:DeleteObject", place.bucket):
            answer = client.delete_objects(Bucket=place.bucket, Delete={"Objects": some, "Quiet": True})
        for fault in answer.get("Errors", ()):
            raise deploy_codes.AWS_REFUSED.because(
                f"s3:DeleteObject was refused on {place.bucket}/{fault['Key']}: {fault['Code']}",
                "run the command again",
            )


def invalidate(connection: Connection, place: SitePlace, paths: Sequence[str], name: str) -> None:
    """Ask the distribution to forget what it keeps for the paths; the same name asks once, however often called.

    Returns before it has: that takes a minute or so. Amazon CloudFront API Reference, CreateInvalidation.
    """
    if not (paths and place.distribution):
        return
    client = _client(connection, "cloudfront", place)
    batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": name}
    with calling("cloudfront:CreateInvalidation", place.distribution):
        client.create_invalidation(DistributionId=place.distribution, InvalidationBatch=batch)


@contextlib.contextmanager
def _opened(file: SiteFile) -> Iterator[bytes | BinaryIO]:
    if isinstance(file.source, bytes):
        yield file.source
        return
    try:
        stream = Path(file.source).open("rb")  # noqa: SIM115 - closed below, opened apart from what uses it
    except OSError:
        raise _changed(file) from None
    with stream:
        yield stream


def _client(connection: Connection, service: str, place: SitePlace) -> Any:
    return connection.client(service, place.target.region, place.target.account, writes=True)


def _changed(file: SiteFile) -> Rejected:
    return package_codes.SITE_CHANGED.because(
        f"the site's {file.key} changed while it was uploaded", "run the command again"
    )
