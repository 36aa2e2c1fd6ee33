"""Packages reach the bucket of each region once, and every problem is said at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from petc.deploy.aws.connection import Connection
from petc.deploy.package.publish import publish
from petc.deploy.plan.types import Package
from petc.diagnostics import Rejected
from tests.deploy.package.test_package import source
from tests.petc_local.running import LocalAws

REGIONS = ("eu-central-1", "us-west-2")


def buckets(aws: LocalAws) -> dict[str, str]:
    names = {region: f"petc-artifacts-{aws.account}-{region}" for region in REGIONS}
    for region, name in names.items():
        place = {"LocationConstraint": region}
        aws.client("s3", region=region).create_bucket(Bucket=name, CreateBucketConfiguration=place)
    return names


def test_a_package_is_written_to_each_region_and_the_second_time_to_none(
    aws: LocalAws, connection: Connection, tmp_path: Path
) -> None:
    one = source(tmp_path)
    wanted = (Package("mail", one.key, one.digest, REGIONS),)
    names = buckets(aws)
    first = publish(connection, wanted, (one,), names, tmp_path / "cache")
    second = publish(connection, wanted, (one,), names, tmp_path / "cache")

    assert [(item.region, item.bucket, item.written) for item in first] == [
        (region, names[region], True) for region in REGIONS
    ]
    assert [item.written for item in second] == [False, False]


def test_what_lies_there_is_the_package(aws: LocalAws, connection: Connection, tmp_path: Path) -> None:
    one = source(tmp_path)
    names = buckets(aws)
    (made,) = publish(
        connection, (Package("mail", one.key, one.digest, REGIONS[:1]),), (one,), names, tmp_path / "cache"
    )
    body = aws.client("s3", region=REGIONS[0]).get_object(Bucket=made.bucket, Key=one.key)["Body"].read()

    assert (len(body), body[:2]) == (made.size, b"PK")


def test_a_region_without_a_bucket_and_a_package_that_differs_are_said_together(
    aws: LocalAws, connection: Connection, tmp_path: Path
) -> None:
    one = source(tmp_path)
    names = buckets(aws) | {REGIONS[0]: f"petc-artifacts-none-{REGIONS[0]}"}
    aws.client("s3").put_object(Bucket=names[REGIONS[1]], Key=one.key, Body=b"other")
    with pytest.raises(Rejected) as caught:
        publish(
            connection, (Package("mail", one.key, one.digest, REGIONS),), (one,), names, tmp_path / "cache"
        )

    assert [item.code for item in caught.value.diagnostics] == ["artifact-bucket-missing", "package-differs"]


def test_no_package_is_written_when_one_cannot_be_built(
    aws: LocalAws, connection: Connection, tmp_path: Path
) -> None:
    good = source(tmp_path / "good")
    bad = dataclasses.replace(source(tmp_path / "bad"), digest="0" * 64, key="shop/mail/bad.zip")
    names = buckets(aws)
    packages = tuple(Package("mail", one.key, one.digest, REGIONS) for one in (good, bad))
    with pytest.raises(Rejected):
        publish(connection, packages, (good, bad), names, tmp_path / "cache")

    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=names[REGIONS[1]])
