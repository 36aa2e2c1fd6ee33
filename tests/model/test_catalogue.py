"""The catalogues: each says whence and as of when, and no row contradicts itself."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from petc.model import catalogue, engines
from tests.specs import ROOT, reference

NAMES = ("aurora", "models", "regions", "runtimes")
REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize("name", NAMES)
def test_a_catalogue_says_what_it_holds_whence_and_as_of_when(name: str) -> None:
    found = catalogue.catalogue(name)

    assert found["about"].endswith(".")
    assert len(found["source"]) > 20
    assert date(2026, 1, 1) <= date.fromisoformat(found["date"]) <= TODAY


def test_no_catalogue_is_forgotten_here() -> None:
    files = {path.stem for path in (ROOT / "schemas").glob("*.json")}
    others = {name for name in files - set(NAMES) if name.endswith(".schema")} | {"quotas"}

    # Prices and quotas have a reader and tests of their own.
    assert files - others - {"prices"} == set(NAMES)


def test_models_lead_somewhere_and_to_living_successors() -> None:
    rows = catalogue.catalogue("models")["models"]
    for name, row in rows.items():
        assert row["title"]
        assert name.endswith(row["foundation_model"])
        assert all(REGION.fullmatch(region) for region in row["destinations"])
        successor = row.get("successor")
        if successor:
            assert "successor" not in rows[successor], name
        for key in ("end_of_life", "end_of_life_not_before"):
            assert date.fromisoformat(row.get(key, "2026-01-01")).year >= 2026


def test_a_profile_belongs_to_a_known_geography() -> None:
    tables = catalogue.catalogue("models")
    profiles = [name for name, row in tables["models"].items() if name != row["foundation_model"]]

    assert profiles
    assert {name.partition(".")[0] for name in profiles} <= set(tables["geographies"])


def test_destinations_lie_in_the_geography_of_their_profile() -> None:
    tables = catalogue.catalogue("models")
    for name, row in tables["models"].items():
        callers = tables["geographies"].get(name.partition(".")[0], [""])
        for region in row["destinations"]:
            assert any(region.startswith(caller) for caller in callers), (name, region)


def test_the_design_s_model_is_past_its_end() -> None:
    row = catalogue.catalogue("models")["models"]["anthropic.claude-3-haiku-20240307-v1:0"]

    assert row["end_of_life"] == "2026-09-10"
    assert row["successor"] == "us.anthropic.claude-haiku-5-5"


def test_a_model_s_destinations() -> None:
    assert catalogue.model_destinations("us.anthropic.claude-haiku-5-5") == (
        "anthropic.claude-haiku-5-5",
        ("us-east-1", "us-east-2", "us-west-2"),
    )
    assert catalogue.model_destinations("somebody.else-1") is None


def test_runtimes_are_deprecated_before_they_are_blocked() -> None:
    rows = catalogue.catalogue("runtimes")["runtimes"]
    for name, row in rows.items():
        deprecated = date.fromisoformat(row["deprecated"])
        # Runtimes of before 2021 were withdrawn in another order.
        if "creation_blocked" in row and deprecated.year > 2020:
            assert deprecated <= date.fromisoformat(row["creation_blocked"]), name
        successor = row.get("successor", name)
        assert date.fromisoformat(rows[successor]["deprecated"]) >= deprecated, name


def test_aurora_s_versions_have_a_family_and_one_state() -> None:
    tables = catalogue.catalogue("aurora")
    living, gone = tables["versions"], tables["not_creatable"]

    assert not set(living) & set(gone)
    assert len(set(living)) == len(living)
    assert len(set(gone)) == len(gone)
    for version in (*living, *gone):
        assert version.partition(".mysql")[0] in tables["families"]
        assert re.fullmatch(r"\d\.\d\.mysql_aurora(\.\d+){3,4}", version)


def test_aurora_s_lines_are_lines_of_known_versions() -> None:
    tables = catalogue.catalogue("aurora")
    for line, row in tables["lines"].items():
        assert date.fromisoformat(row["released"]) <= TODAY
        assert any(version == line or version.startswith(f"{line}.") for version in tables["versions"])
    assert tables["successor"] in tables["versions"]


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_reference_spec_uses_what_can_be_had(stage: str) -> None:
    typed = reference(stage)

    versions = catalogue.catalogue("aurora")["versions"]

    assert {item.version for item in typed.databases.values()} <= set(versions)
    assert {item.id for item in typed.models.values()} <= set(catalogue.catalogue("models")["models"])
    assert {item.runtime for item in typed.functions.values()} <= set(
        catalogue.catalogue("runtimes")["runtimes"]
    )


def test_connections_grow_with_capacity() -> None:
    rows = catalogue.catalogue("aurora")["default_connections"]

    assert all(
        one["capacity_max"] < two["capacity_max"] and one["connections"] < two["connections"]
        for one, two in pairwise(rows)
    )


@pytest.mark.parametrize(
    ("capacity", "connections"), [(0.5, 90), (1, 90), (3.5, 90), (4, 135), (16, 2000), (256, 6000)]
)
def test_connections_by_the_row_at_or_below(capacity: float, connections: int) -> None:
    assert catalogue.default_connections(engines.BY_NAME["aurora-mysql"], capacity) == connections


def test_every_region_that_botocore_knows_is_in_the_catalogue() -> None:
    folder = Path(str(importlib.util.find_spec("botocore").submodule_search_locations[0]))  # type: ignore[union-attr, index]
    rows = catalogue.catalogue("regions")
    for found in json.loads((folder / "data" / "partitions.json").read_text("utf-8"))["partitions"]:
        assert rows["partitions"][found["id"]]["form"] == found["regionRegex"].replace("\\-", "-")
        for name in found["regions"]:
            if not name.endswith("-global"):
                assert rows["regions"][name]["partition"] == found["id"]


def test_regions_have_zones_and_some_an_address_list() -> None:
    rows = catalogue.catalogue("regions")
    for region, row in rows["regions"].items():
        assert REGION.fullmatch(region)
        assert re.search(rows["partitions"][row["partition"]]["form"], region)
        assert 2 <= row.get("zones_of_every_account", row["zones"]) <= row["zones"] <= 6
        assert re.fullmatch(r"pl-[0-9a-f]{8}", row.get("s3_prefix_list", "pl-00000000"))
    assert catalogue.prefix_list("us-west-2", "s3_prefix_list") == "pl-68a54001"
    assert catalogue.prefix_list("mx-central-1", "s3_prefix_list") is None
    assert catalogue.prefix_list("xx-nowhere-1", "s3_prefix_list") is None
