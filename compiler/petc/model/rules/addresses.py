"""Rules about address ranges: that they are ranges, lie in the VPC, and stay apart."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network

from petc.diagnostics import Code, Related, Severity
from petc.model import queries
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage
from petc.source.tree import pointer

_LARGEST = 16
_SMALLEST = 28
"""Prefix lengths of VPCs and subnets; Amazon VPC User Guide, "VPC CIDR blocks" and "Subnet CIDR blocks"."""

_SPECIAL = tuple(
    (IPv4Network(text), meaning)
    for text, meaning in (
        ("0.0.0.0/8", "this network"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("224.0.0.0/3", "multicast and reserved"),
    )
)
"""Ranges that no network routes, RFC 6890; that EC2 refuses each of them as a VPC is assumed."""


def _own(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """Yield pointer, meaning and text of the VPC's range and of each subnet's."""
    yield "/network/cidr", "the VPC", stage.network.cidr
    yield from _subnets(stage)


def _subnets(stage: Stage) -> Iterator[tuple[str, str, str]]:
    subnets = stage.network.subnets
    for tier, ranges in (("public", subnets.public), ("app", subnets.app), ("database", subnets.database)):
        for zone, text in enumerate(ranges):
            yield pointer("network", "subnets", tier, zone), f"{tier} subnet {zone + 1}", text


def _admitted(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """Yield the ranges that routes admit."""
    for part in queries.callers(stage):
        if part.route:
            for index, text in enumerate(part.route.admit):
                yield f"{part.route.at}/admit/{index}", f"the route of {part.name}", text


def _range(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text)
    except ValueError:
        return None


def _invalid(case: Case) -> Iterator[Found]:
    for at, _, text in (*_own(case.stage), *_admitted(case.stage)):
        if _range(text) is None:
            yield _not_a_range(at, text)
    for at, what, text in _own(case.stage):
        found = _range(text)
        if found is not None and not _LARGEST <= found.prefixlen <= _SMALLEST:
            yield Found(
                at,
                f"`{text}` is no size for {what}, AWS takes /{_LARGEST} to /{_SMALLEST}",
                f"write a prefix length from {_LARGEST} to {_SMALLEST}",
            )
        meaning = next((words for special, words in _SPECIAL if found and found.overlaps(special)), "")
        if meaning:
            yield Found(
                at,
                f"`{text}` cannot be {what}, its addresses are {meaning} ones",
                "choose a private range, such as 10.0.0.0/16",
            )


def _not_a_range(at: str, text: str) -> Found:
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        return Found(at, f"`{text}` is no address range", "numbers go up to 255, prefix lengths up to 32")
    return Found(at, f"`{text}` starts inside the range {meant}, not at its start", f"write {meant}")


def _outside(case: Case) -> Iterator[Found]:
    vpc = _range(case.stage.network.cidr)
    if vpc is None or case.stage.network.existing:
        return
    for at, what, text in _subnets(case.stage):
        found = _range(text)
        if found is not None and not found.subnet_of(vpc):
            yield Found(
                at,
                f"{what}, `{text}`, does not lie in the VPC's range {vpc}",
                f"choose a range inside {vpc}, or a larger `cidr`",
                (Related("the VPC's range", pointer="/network/cidr"),),
            )


def _overlap(case: Case) -> Iterator[Found]:
    if case.stage.network.existing:
        return
    before: list[tuple[str, str, IPv4Network]] = []
    for at, what, text in _subnets(case.stage):
        found = _range(text)
        if found is None:
            continue
        clash = next((item for item in before if item[2].overlaps(found)), None)
        if clash:
            yield Found(
                at,
                f"{what}, `{text}`, shares addresses with {clash[1]}, `{clash[2]}`",
                "give each subnet a range of its own",
                (Related(f"{clash[1]} has them here", pointer=clash[0]),),
            )
        before.append((at, what, found))


CIDR_INVALID = Rule(
    Code(
        "cidr-invalid",
        Severity.ERROR,
        "an address range that is none, or of a size that AWS refuses",
        "A range starts at a multiple of its size and has numbers up to 255. VPCs and subnets are from "
        "/16 to /28. EC2 refuses anything else when the network is deployed.",
        bad="network: {cidr: 10.20.0.1/16}\n",
        good="network: {cidr: 10.20.0.0/16}\n",
    ),
    _invalid,
)

CIDR_OUTSIDE = Rule(
    Code(
        "cidr-outside",
        Severity.ERROR,
        "a subnet lies outside the VPC",
        "Subnets are cut from the VPC's range. EC2 refuses one that is not, in the middle of a deployment.",
        bad="network: {subnets: {app: [10.20.2.0/24, 10.30.3.0/24]}}\n",
        good="network: {subnets: {app: [10.20.2.0/24, 10.20.13.0/24]}}\n",
    ),
    _outside,
)

CIDR_OVERLAP = Rule(
    Code(
        "cidr-overlap",
        Severity.ERROR,
        "two subnets share addresses",
        "An address belongs to one subnet. EC2 refuses the second subnet, in the middle of a deployment.",
        bad="network: {subnets: {app: [10.20.2.0/23, 10.20.3.0/24]}}\n",
        good="network: {subnets: {app: [10.20.8.0/23, 10.20.3.0/24]}}\n",
    ),
    _overlap,
)

RULES = (CIDR_INVALID, CIDR_OUTSIDE, CIDR_OVERLAP)
