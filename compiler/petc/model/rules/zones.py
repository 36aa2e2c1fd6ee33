"""Rules about availability zones and tiers: enough of them, as many in each, and public ones where needed."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model import queries
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage

_FEWEST = 2
"""Zones of an application load balancer (ELB User Guide, "Availability Zones for your Application Load
Balancer") and of a DB subnet group (Aurora User Guide, "Working with a DB cluster in a VPC")."""


def _tiers(stage: Stage) -> tuple[tuple[str, int], ...]:
    subnets = stage.network.subnets
    return ("public", len(subnets.public)), ("app", len(subnets.app)), ("database", len(subnets.database))


def _parity(case: Case) -> Iterator[Found]:
    stage = case.stage
    if stage.network.existing:
        return
    zones = stage.network.zones
    for tier, count in _tiers(stage):
        # Nothing public, or no room for databases, is a choice; other rules say when it is a wrong one.
        unused = count == 0 and (tier == "public" or not stage.databases)
        if count != zones and not unused:
            yield Found(
                f"/network/subnets/{tier}",
                f"tier {tier} has subnets in {count} zones and tier app in {zones}",
                "entry n of each tier lies in zone n: give every tier as many entries",
                (Related("the app subnets", pointer="/network/subnets/app"),),
            )


def _too_few(case: Case) -> Iterator[Found]:
    stage = case.stage
    needed = []
    if queries.routed_services(stage):
        needed.append(("app" if stage.load_balancer.internal else "public", "a load balancer"))
    if stage.databases:
        needed.append(("database", "Aurora"))
    counts = dict(_tiers(stage))
    for tier, who in needed:
        # Of a brought network the app tier says how many zones there are.
        place = "app" if stage.network.existing else tier
        missing_altogether = place == "public" and counts[place] == 0
        if counts[place] < _FEWEST and not missing_altogether:
            yield Found(
                f"/network/subnets/{place}",
                f"{who} needs subnets in {_FEWEST} zones, and tier {place} has {counts[place]}",
                "add a subnet in another zone to every tier",
            )


def _nat_without_public(case: Case) -> Iterator[Found]:
    stage = case.stage
    if stage.network.existing or stage.network.subnets.public:
        return
    if stage.network.nat != "none":
        yield Found(
            "/network/nat",
            f"`nat: {stage.network.nat}` needs public subnets, and there are none",
            "add public subnets, or write `nat: none`",
        )
    if queries.routed_services(stage) and not stage.load_balancer.internal:
        yield Found(
            "/load_balancer/scheme",
            "an internet-facing load balancer stands in public subnets, and there are none",
            "add public subnets, or write `scheme: internal`",
        )


ZONE_PARITY = Rule(
    Code(
        "zone-parity",
        Severity.ERROR,
        "the tiers have subnets in different numbers of zones",
        "Entry n of each tier lies in availability zone n. A zone with app subnets but no public or database "
        "subnet would send its traffic through another zone, and fail with it.",
        bad="network: {subnets: {app: [10.20.2.0/24, 10.20.3.0/24, 10.20.6.0/24]}}\n",
        good="""\
network:
  subnets:
    public: [10.20.0.0/24, 10.20.1.0/24, 10.20.6.0/24]
    app: [10.20.2.0/24, 10.20.3.0/24, 10.20.7.0/24]
    database: [10.20.4.0/24, 10.20.5.0/24, 10.20.8.0/24]
""",
    ),
    _parity,
)

TOO_FEW_ZONES = Rule(
    Code(
        "too-few-zones",
        Severity.ERROR,
        "a load balancer or a database has fewer than two zones",
        "AWS makes an application load balancer and an Aurora cluster only across two or more availability "
        "zones.",
        bad="""\
network:
  subnets: {public: [10.20.0.0/24], app: [10.20.2.0/24], database: [10.20.4.0/24]}
""",
        good="""\
network:
  subnets:
    public: [10.20.0.0/24, 10.20.1.0/24]
    app: [10.20.2.0/24, 10.20.3.0/24]
    database: [10.20.4.0/24, 10.20.5.0/24]
""",
    ),
    _too_few,
)

NAT_WITHOUT_PUBLIC = Rule(
    Code(
        "nat-without-public",
        Severity.ERROR,
        "a NAT gateway or an internet-facing load balancer has no public subnet to stand in",
        "Both need a subnet with a route to the internet gateway. Add public subnets, or do without: `nat: "
        "none` with endpoints, and an internal load balancer.",
        bad="network: {subnets: {public: []}}\n",
        good="""\
network:
  subnets: {public: []}
  nat: none
  endpoints: [ecr, s3, logs, ssm, secretsmanager]
""",
    ),
    _nat_without_public,
)

RULES = (ZONE_PARITY, TOO_FEW_ZONES, NAT_WITHOUT_PUBLIC)
