"""The rule about free addresses: what stands in a tier at once, against what its subnets have left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.gateway_endpoints import BY_SERVICE
from petc.model.rules import sums
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage
from petc.source.tree import pointer

RESERVED = 5
"""Addresses that AWS keeps of every subnet; Amazon VPC User Guide, "Subnet sizing"."""

BALANCER = 8
"""Free addresses that a load balancer needs in each of its subnets; ELB User Guide for Application Load
Balancers, "Subnets for your load balancer"."""

VPC_LINK = 1
"""Network interfaces of a VPC link in each subnet; Amazon API Gateway Developer Guide, "Set up VPC links"."""

FUNCTION = 1
"""Network interfaces of a function in each subnet. Functions share one by subnet and security group, and each
has a group of its own; AWS Lambda Developer Guide, "Understanding Hyperplane Elastic Network Interfaces"."""

REPLACEMENT = 1
"""Address that RDS needs beside those of the instances when it replaces one; Amazon RDS User Guide, "Working
with a DB instance in a VPC"."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Addresses that something takes in each subnet of a tier, and those that lie in any of them."""

    words: str
    each: int = 0
    anywhere: int = 0


def demands(stage: Stage) -> dict[str, tuple[Demand, ...]]:
    """Return what takes addresses at most, by tier."""
    balancer = (Demand("load balancer", BALANCER),) if queries.routed_services(stage) else ()
    internal = stage.load_balancer.internal
    nat = (Demand("NAT gateway", 1),) if stage.network.nat != "none" else ()
    return {
        "public": (*nat, *(() if internal else balancer)),
        "app": (*_app(stage), *(balancer if internal else ())),
        "database": tuple(_databases(stage)),
    }


def _app(stage: Stage) -> Iterator[Demand]:
    interfaces = sum(
        2 if name == "ecr" else 1
        for name in stage.network.endpoints
        if name not in BY_SERVICE  # a route
    )
    if interfaces:
        yield Demand("interface endpoints", interfaces)
    if queries.routed_services(stage) and stage.load_balancer.internal:
        yield Demand("VPC link", VPC_LINK)
    functions = [function for function in stage.functions.values() if queries.in_vpc(stage, function)]
    if functions:
        yield Demand("functions", FUNCTION * len(functions))
    for service in stage.services.values():
        percent = service.deployment.maximum_percent
        # Rounded up, though ECS rounds down: a task that stops still holds its address.
        tasks = -(-service.scale.max * percent // 100)
        yield Demand(f"{service.name} {service.scale.max} tasks × {percent} %", anywhere=tasks)


def _databases(stage: Stage) -> Iterator[Demand]:
    for database in stage.databases.values():
        instances = 1 + database.readers
        yield Demand(
            f"{database.name} {instances} instance{'s'[: instances > 1]} + {REPLACEMENT}",
            anywhere=instances + REPLACEMENT,
        )


def _sizes(ranges: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return the usable addresses of each subnet, or None when another rule refuses a range."""
    try:
        return tuple(IPv4Network(text).num_addresses - RESERVED for text in ranges)
    except ValueError:
        return None


def _budgets(case: Case) -> Iterator[Found]:
    stage = case.stage
    if stage.network.existing:
        return
    subnets = stage.network.subnets
    for tier, found in demands(stage).items():
        ranges: tuple[str, ...] = getattr(subnets, tier)
        sizes = _sizes(ranges)
        if not sizes or min(sizes) < 0:
            continue
        each = sum(demand.each for demand in found)
        needed = each * len(sizes) + sum(demand.anywhere for demand in found)
        smallest = min(sizes)
        words = sums.in_words(
            [
                (demand.each * len(sizes), f"{demand.words} {demand.each} × {len(sizes)} subnets")
                if demand.each
                else (demand.anywhere, demand.words)
                for demand in found
            ]
        )
        if smallest < each:
            at = pointer("network", "subnets", tier, sizes.index(smallest))
            share = " + ".join(f"{demand.words} {demand.each}" for demand in found if demand.each)
            yield Found(
                at,
                f"`{ranges[sizes.index(smallest)]}` has {smallest} addresses for use, but every {tier} subnet needs"
                f" {each}: {share}",
                f"give the tier larger subnets; of each AWS keeps {RESERVED} addresses",
            )
        elif sum(sizes) < needed:
            yield Found(
                pointer("network", "subnets", tier),
                f"tier {tier} has {sum(sizes)} addresses for use, but may be asked for {needed}: {words}",
                "give the tier larger subnets, or lower `scale.max` or `maximum_percent`"
                if tier == "app"
                else "give the tier larger subnets",
            )


def _small(services: str) -> str:
    return (
        """\
network:
  subnets: {app: [10.20.2.0/27, 10.20.3.0/27]}
databases: {orders-db: {max_connections: 900}}
services: """
        + services
        + "\n"
    )


RULES = (
    Rule(
        Code(
            "address-budget",
            Severity.ERROR,
            "more addresses than the subnets have",
            "Tasks, endpoints, functions and load balancers each take an address of their subnet. While a "
            "deployment rolls, old and new tasks hold theirs together. When none is left, tasks stop with "
            "InsufficientFreeAddressesInSubnet, deployments hang, and load balancers are not created. Of each "
            "subnet AWS keeps five addresses. Subnets cannot grow once they exist.",
            bad=_small("{orders: {scale: {max: 19}, uses: {orders-db: {pool: 2}}}}"),
            good=_small("{orders: {scale: {max: 18}, uses: {orders-db: {pool: 2}}}}"),
        ),
        _budgets,
    ),
)
