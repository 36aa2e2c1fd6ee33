"""Which packets the three tiers must let through: every flow, there and back, for network ACLs keep no state.

Between tiers the entries are as narrow as a stateless list can be: the declared ports, and the ephemeral
ports for answers. Packets from and to the internet come after a denial of the VPC's own range, so that an
opening for answers from the internet opens nothing between tiers. Security groups remain the exact fence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from itertools import pairwise

from petc.model.flows import Flow, flows
from petc.model.gateway_endpoints import BY_PARTY
from petc.model.graph import BALANCER, INTERNET, Party
from petc.model.kinds import table
from petc.model.types import Stage

TIERS = ("public", "app", "database")
OUTSIDE = "internet"
ANYWHERE = "0.0.0.0/0"

EPHEMERAL = (1024, 65535)
"""Ports that clients listen on for answers. NAT gateways and load balancers use all of these, Linux some.

Source: Amazon VPC user guide, "Custom network ACLs", ephemeral ports.
"""

QUOTA = 19
"""Entries in one direction beside the default denial; Amazon VPC user guide, "Amazon VPC quotas": 20 in all.

Port ranges are merged to keep within it. Six zones with ranges that do not adjoin may still pass
it; AWS raises it to 40 on request.
"""

_FIRST_NUMBER = {"public": 100, "app": 300, "database": 500, OUTSIDE: 1000}
"""Where the entries of each peer start, so that a change on one side leaves the others alone."""
_STEP = 5
_DENIAL_NUMBER = 900

Ports = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One entry of a tier's network ACL; TCP unless it denies, which holds for every protocol."""

    tier: str
    egress: bool
    number: int
    cidr: str
    ports: Ports
    allow: bool
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class _Opening:
    """Ports that a tier must open towards a peer."""

    tier: str
    egress: bool
    peer: str
    ports: Ports
    at: str


def entries(stage: Stage) -> tuple[AclEntry, ...]:
    """Return the entries of all tiers that have subnets, by tier, direction and number."""
    openings = tuple(opening for flow in flows(stage) for opening in _openings(stage, flow))
    return tuple(
        entry
        for tier in TIERS
        if subnets(stage, tier)
        for egress in (False, True)
        for entry in _list(stage, tier, egress, openings)
    )


def subnets(stage: Stage, tier: str) -> tuple[str, ...]:
    """Return the address ranges of a tier, one for each zone."""
    ranges = stage.network.subnets
    return {"public": ranges.public, "app": ranges.app, "database": ranges.database}[tier]


def tier_of(stage: Stage, party: Party) -> str:
    """Return the tier that a party stands in.

    What a gateway endpoint leads to is outside, for packets to it carry public addresses.
    """
    if party == INTERNET or party in BY_PARTY:
        return OUTSIDE
    if party == BALANCER:
        return "app" if stage.load_balancer.internal else "public"
    item = table.of_party(stage, party)
    return item.kind.tier if item else "app"


def _openings(stage: Stage, flow: Flow) -> Iterator[_Opening]:
    client, server = tier_of(stage, flow.source), tier_of(stage, flow.target)
    through_nat = flow.target == INTERNET and client == "app"
    if through_nat and stage.network.nat == "none":
        return
    yield from _ends(client, server, flow)
    if through_nat:
        # The NAT gateway takes the packet in the public subnet and opens a connection of its own.
        yield from (opening for opening in _ends("app", "public", flow) if opening.tier == "public")
        yield from _ends("public", OUTSIDE, flow)


def _ends(client: str, server: str, flow: Flow) -> Iterator[_Opening]:
    """Both ends of a connection: requests to the port, answers to the client's ephemeral port."""
    port = (flow.port, flow.port)
    if client != OUTSIDE:
        yield _Opening(client, True, server, port, flow.at)
        yield _Opening(client, False, server, EPHEMERAL, flow.at)
    if server != OUTSIDE:
        yield _Opening(server, False, client, port, flow.at)
        yield _Opening(server, True, client, EPHEMERAL, flow.at)


def _list(stage: Stage, tier: str, egress: bool, openings: Iterable[_Opening]) -> Iterator[AclEntry]:
    mine = [opening for opening in openings if opening.tier == tier and opening.egress == egress]
    peers = [peer for peer in _FIRST_NUMBER if any(opening.peer == peer for opening in mine)]
    cidrs = {peer: _cidrs(stage, peer) for peer in peers}
    wanted = {peer: _merged(opening.ports for opening in mine if opening.peer == peer) for peer in peers}
    inside = any(peer != OUTSIDE for peer in peers)
    ports = _fitted(wanted, cidrs, QUOTA - (1 if OUTSIDE in peers else 0))
    way = "to" if egress else "from"
    for peer in peers:
        at = next(opening.at for opening in mine if opening.peer == peer)
        if peer == OUTSIDE:
            reason = (
                f"{way} the VPC: nothing beyond the entries before" if inside else f"{way} the VPC: nothing"
            )
            yield AclEntry(tier, egress, _DENIAL_NUMBER, stage.network.cidr, (0, 65535), False, at, reason)
        rows = [(cidr, span) for span in ports[peer] for cidr in cidrs[peer]]
        for index, (cidr, span) in enumerate(rows):
            number = _FIRST_NUMBER[peer] + index * _STEP
            why = f"{way} {peer}: {_spoken(span)}"
            yield AclEntry(tier, egress, number, cidr, span, True, at, why)


def _cidrs(stage: Stage, peer: str) -> tuple[str, ...]:
    """Return the peer's address ranges, adjoining ones as one."""
    if peer == OUTSIDE:
        return (ANYWHERE,)
    return tuple(str(net) for net in collapse_addresses(IPv4Network(cidr) for cidr in subnets(stage, peer)))


def _merged(ranges: Iterable[Ports]) -> list[Ports]:
    """Return the union of port ranges, in order, without overlap."""
    union: list[Ports] = []
    for low, high in sorted(set(ranges)):
        if union and low <= union[-1][1] + 1:
            union[-1] = (union[-1][0], max(high, union[-1][1]))
        else:
            union.append((low, high))
    return union


def _fitted(
    wanted: dict[str, list[Ports]], cidrs: dict[str, tuple[str, ...]], quota: int
) -> dict[str, list[Ports]]:
    """Return the port ranges with the nearest ones made one, as often as the quota demands."""
    ports = {peer: list(ranges) for peer, ranges in wanted.items()}
    while sum(len(ranges) * len(cidrs[peer]) for peer, ranges in ports.items()) > quota:
        gaps = [
            (right[0] - left[1], peer, index)
            for peer, ranges in ports.items()
            for index, (left, right) in enumerate(pairwise(ranges))
        ]
        if not gaps:
            break
        _, peer, index = min(gaps)
        ranges = ports[peer]
        ranges[index : index + 2] = [(ranges[index][0], ranges[index + 1][1])]
    return ports


def _spoken(ports: Ports) -> str:
    low, high = ports
    spoken = f"port {low}" if low == high else f"ports {low} to {high}"
    return f"{spoken}, which answers come to" if high == EPHEMERAL[1] else spoken
