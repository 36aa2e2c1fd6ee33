"""AWS regions and partitions: which exist, and how many availability zones they have.

schemas/regions.json is the catalogue. A region that is newer than it is known all the same when the installed
cfn-lint brings resource schemas for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from petc.model.catalogue import catalogue
from petc.resources import schemas

LEAST_ZONES = 3
"""Zones of a region that the catalogue does not hold; AWS Global Infrastructure, "AWS Availability Zones"."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its partition, how many zones it has, and how many of them every account can use."""

    name: str
    partition: str
    zones: int
    zones_of_every_account: int


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of AWS: accounts, ARNs and stack sets of one mean nothing in another.

    `site` says whether Amazon CloudFront has there what a site needs.
    """

    id: str
    title: str
    site: bool


@cache
def names() -> tuple[str, ...]:
    """Return every region that the catalogue or the installed resource schemas know, sorted."""
    return tuple(sorted({*catalogue("regions")["regions"], *schemas.regions()}))


def region(name: str) -> Region | None:
    """Return a region by its name, or None when nothing knows it."""
    row = catalogue("regions")["regions"].get(name)
    if row:
        return Region(name, row["partition"], row["zones"], row.get("zones_of_every_account", row["zones"]))
    found = partition(name)
    if name in names() and found:
        return Region(name, found.id, LEAST_ZONES, LEAST_ZONES)
    return None


def catalogued(name: str) -> bool:
    """Whether the number of a region's zones is known, not taken for the least that AWS promises."""
    return name in catalogue("regions")["regions"]


def partition(region_name: str) -> Partition | None:
    """Return the partition that a region belongs to by its name, or None when no partition has such names."""
    tables = catalogue("regions")
    row = tables["regions"].get(region_name)
    for key, found in tables["partitions"].items():
        if key == row["partition"] if row else re.search(found["form"], region_name):
            return Partition(key, found["title"], found["site"])
    return None


def nearest(name: str) -> str:
    """Return the region whose name is most like this one."""
    import difflib  # takes longer to import than a small spec takes to parse, and most names are right

    meant = name.lower()
    return max(names(), key=lambda known: difflib.SequenceMatcher(None, meant, known).ratio())


def well_formed(name: str) -> bool:
    """Whether a region that nothing knows yet could be called so: an area, a direction as others have, a number."""
    area, _, number = name.rpartition("-")
    return number.isdigit() and area.rpartition("-")[2] in _directions() and partition(name) is not None


@cache
def _directions() -> frozenset[str]:
    return frozenset(item.split("-")[-2] for item in catalogue("regions")["regions"])
