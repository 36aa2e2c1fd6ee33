"""Network ACL entries: aggregation, numbers and quota."""

from __future__ import annotations

from collections import Counter

from petc.layers.security.acl_entries import QUOTA, AclEntry, entries
from petc.model.types import Stage
from tests import specs


def shop(app: str, ports: list[int], *, nat: str = "per-zone", endpoints: str = "") -> Stage:
    zones = app.count("/")
    public = ", ".join(f"10.0.{100 + zone * 2}.0/24" for zone in range(zones))
    services = "\n".join(
        f"  part{port}: {{image: {{tag: '1'}}, port: {port}, route: {{path: /p{port}}}}}" for port in ports
    )
    return specs.stage_of(f"""
petc: 1
name: shop
tags: {{owner: shop-team, cost-centre: shop}}
network:
  subnets: {{public: [{public}], app: [{app}], database: []}}
  nat: {nat}
  endpoints: [{endpoints}]
services:
{services}
stages: {{dev: {{targets: {{accounts: ["123456789012"], regions: {{eu-west-1: {{}}}}}}}}}}
""")


def of(stage: Stage, tier: str, *, egress: bool) -> list[AclEntry]:
    return [entry for entry in entries(stage) if entry.tier == tier and entry.egress == egress]


def test_adjoining_subnets_become_one_entry() -> None:
    stage = shop("10.0.2.0/24, 10.0.3.0/24", [8000])

    assert {entry.cidr for entry in of(stage, "public", egress=True) if entry.number < 900} == {"10.0.2.0/23"}


def test_adjoining_ports_become_one_entry() -> None:
    stage = shop("10.0.3.0/24, 10.0.5.0/24", [8000, 8001, 9000])

    found = [entry.ports for entry in of(stage, "app", egress=False) if entry.cidr == "10.0.100.0/24"]

    assert found == [(8000, 8001), (9000, 9000)]


def test_numbers_are_distinct_in_each_direction(dev: Stage) -> None:
    counted = Counter((entry.tier, entry.egress, entry.number) for entry in entries(dev))

    assert set(counted.values()) == {1}


def test_numbers_of_a_peer_stay_when_another_peer_grows() -> None:
    few = of(shop("10.0.3.0/24, 10.0.5.0/24", [8000]), "app", egress=False)
    more = of(shop("10.0.3.0/24, 10.0.5.0/24", [8000, 9000], endpoints="logs"), "app", egress=False)

    assert [entry for entry in few if entry.number >= 900] == [entry for entry in more if entry.number >= 900]


def test_many_ports_are_merged_to_keep_within_the_quota() -> None:
    """Two zones and twelve ports would need 24 entries from the public tier alone."""
    stage = shop("10.0.3.0/24, 10.0.5.0/24", [8000 + 100 * step for step in range(12)])
    found = of(stage, "app", egress=False)
    from_public = [entry.ports for entry in found if entry.cidr == "10.0.100.0/24"]

    assert len(found) <= QUOTA
    assert all(any(low <= 8000 + 100 * step <= high for low, high in from_public) for step in range(12))
    assert 1 < len(from_public) < 12


def test_four_zones_with_two_ports_keep_within_the_quota() -> None:
    stage = shop("10.0.3.0/24, 10.0.5.0/24, 10.0.7.0/24, 10.0.9.0/24", [8000, 9000], endpoints="logs, s3")
    counted = Counter((entry.tier, entry.egress) for entry in entries(stage))

    assert max(counted.values()) <= QUOTA


def test_without_nat_nothing_is_open_to_the_internet_but_the_load_balancer() -> None:
    stage = shop("10.0.3.0/24, 10.0.5.0/24", [8000], nat="none", endpoints="ecr, logs")

    assert not [entry for entry in entries(stage) if entry.tier == "app" and entry.cidr == "0.0.0.0/0"]
    assert [entry.ports for entry in of(stage, "public", egress=False) if entry.cidr == "0.0.0.0/0"] == [
        (80, 80)
    ]


def test_gateway_endpoint_opens_the_app_tier_to_public_addresses() -> None:
    """Network ACLs know no prefix lists, and packets to S3 keep its public addresses."""
    stage = shop("10.0.3.0/24, 10.0.5.0/24", [8000], nat="none", endpoints="ecr, logs, s3")

    assert [entry.ports for entry in of(stage, "app", egress=True) if entry.cidr == "0.0.0.0/0"] == [
        (443, 443)
    ]


def test_entries_come_from_lines_of_the_spec(dev: Stage) -> None:
    places = {entry.at for entry in entries(dev) if entry.tier == "database"}

    assert places == {"/services/customers-service/uses/clinic"}
