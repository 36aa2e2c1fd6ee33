"""The packages that a plan needs, brought into the artifact bucket of each region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from petc.deploy.aws.artifact_bucket import ArtifactBucket, bucket_of, put_once, verify
from petc.deploy.aws.concurrency import together
from petc.deploy.aws.connection import Connection
from petc.deploy.package.package import FunctionSource, Packed, packed
from petc.deploy.plan.types import Package

_ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Published:
    """A package in a region; `written` says whether it came there now, `size` is in bytes."""

    function: str
    region: str
    bucket: str
    key: str
    sha256: str
    size: int
    written: bool


def publish(
    connection: Connection,
    packages: Iterable[Package],
    sources: Iterable[FunctionSource],
    buckets: Mapping[str, str],
    cache: Path,
) -> tuple[Published, ...]:
    """Build the packages and see that each lies under its key in the bucket of each of its regions.

    `buckets` names the bucket of each region (`Wanted.buckets`), `cache` keeps wheels. A package is built
    once, and an object that is there is compared, never written again. Raises `Rejected` with the problems
    of every package and region; nothing that was written needs to be taken back, for keys are digests.
    """
    known = {source.key: source for source in sources}
    wanted = tuple(packages)
    built = together(lambda item: packed(known[item.key], cache), wanted)
    jobs = [
        (made, bucket_of(connection.account, region, buckets[region]))
        for item, made in zip(wanted, built, strict=True)
        for region in item.regions
    ]
    return together(lambda job: _published(connection, *job), jobs)


def require_intact(connection: Connection, packages: Iterable[Published]) -> None:
    """Raise `Rejected` unless each package still lies there with the bytes that were published.

    A template names a package by its key, without a version, so this is asked just before each use.
    """
    for one in packages:
        place = bucket_of(connection.account, one.region, one.bucket)
        verify(connection, place, one.key, one.sha256, one.size)


def _published(connection: Connection, made: Packed, bucket: ArtifactBucket) -> Published:
    stored = put_once(connection, bucket, made.key, made.content, made.sha256, _ZIP)
    size = len(made.content)
    return Published(made.function, bucket.region, bucket.name, made.key, made.sha256, size, stored.written)
