"""Buckets: private data buckets on S3, whose objects are read and written by permission."""

from __future__ import annotations

from collections.abc import Iterator

from petc.model.components import Bucket, Use
from petc.model.injected import Injected, Known, SettingReference, upper
from petc.model.kinds.kind import LogicalId, PartKind
from petc.model.parties import Access, Caller, Edge, Party, PartyKind


def _reached(caller: Caller, bucket: Bucket, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.BUCKET, bucket.name)
    because = caller.because(bucket.name)
    for word, access in (("read", Access.READ_OBJECTS), ("write", Access.WRITE_OBJECTS)):
        if word in use.access:
            yield Edge(caller.party, target, access, use.at, because, role=caller.calls, calls=("s3",))


def _given(bucket: Bucket, use: Use) -> Iterator[Injected]:
    name = {"b": SettingReference(Known.BUCKET, bucket.name)}
    yield Injected(f"{upper(bucket.name)}_BUCKET", "${b}", use.at, name)


KIND = PartKind(
    "bucket",
    "buckets",
    Bucket,
    reached=_reached,
    given=_given,
    holds=("AWS::S3::Bucket",),
    passive=True,
    options=("access",),
    ids=(LogicalId("database", "Bucket"), LogicalId("database", "BucketPolicy")),
)
