"""Which regions exist, and what is known of them."""

from __future__ import annotations

import pytest

from petc.model import regions
from petc.resources import schemas


def test_a_catalogued_region_has_its_partition_and_zones() -> None:
    assert regions.region("us-west-1") == regions.Region("us-west-1", "aws", 3, 2)
    assert regions.region("us-gov-east-1") == regions.Region("us-gov-east-1", "aws-us-gov", 3, 3)


@pytest.mark.parametrize("name", ["us-wst-2", "us-east-3", "eu-midle-1", "us-wast-2", "", "aws-global"])
def test_what_aws_does_not_have_is_unknown(name: str) -> None:
    assert regions.region(name) is None


def test_a_region_of_newer_resource_schemas_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "regions", lambda: frozenset({"sa-west-1"}))
    regions.names.cache_clear()
    try:
        assert regions.region("sa-west-1") == regions.Region("sa-west-1", "aws", 3, 3)
    finally:
        regions.names.cache_clear()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("us-wst-2", "us-west-2"),
        ("eu-midle-1", "eu-west-1"),
        ("US-WEST-2", "us-west-2"),
        ("us-east-3", "us-east-1"),
    ],
)
def test_the_nearest_region_is_named(name: str, near: str) -> None:
    assert regions.nearest(name) == near


@pytest.mark.parametrize(
    ("name", "partition"),
    [
        ("us-west-9", "aws"),
        ("cn-south-1", "aws-cn"),
        ("us-gov-south-1", "aws-us-gov"),
        ("us-isof-west-9", "aws-iso-f"),
        ("xx-west-1", ""),
    ],
)
def test_a_name_tells_its_partition(name: str, partition: str) -> None:
    found = regions.partition(name)

    assert (found.id if found else "") == partition


def test_a_new_region_is_called_as_others_are() -> None:
    assert regions.well_formed("ap-southeast-12")
    assert not any(regions.well_formed(name) for name in ("us-wst-2", "xx-west-1", "us-west", "us-west-b"))
