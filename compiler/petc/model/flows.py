"""The network's share of the access graph: connections that leave or reach a network interface of the VPC.

Each flow becomes an egress rule of the source's security group, an ingress rule of the target's, and entries
of the network ACLs of both tiers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from petc.model import gateway_endpoints, queries
from petc.model.graph import BALANCER, INTERNET, LINK, Access, Edge, Party, PartyKind, edges
from petc.model.kinds import table
from petc.model.types import Stage

ENDPOINTS = Party(PartyKind.ENDPOINTS)


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """TCP connections from one party of the VPC, or the internet, to a port of another."""

    source: Party
    target: Party
    port: int
    at: str = field(compare=False)
    because: str = field(compare=False)


def flows(stage: Stage) -> tuple[Flow, ...]:
    """Return every connection that the graph needs, without repetition, in the order of the edges."""
    return tuple(dict.fromkeys(flow for edge in edges(stage) for flow in _of(stage, edge)))


def api_calls(stage: Stage) -> tuple[tuple[Edge, str], ...]:
    """Return the calls of AWS APIs that leave a network interface of the VPC.

    Each is an edge and the service that it calls, by the name that `network.endpoints` uses.
    """
    return tuple((edge, service) for edge in edges(stage) for service in _called(stage, edge))


def foreign_images(stage: Stage) -> tuple[Edge, ...]:
    """Return the image pulls that lead to a registry other than ECR, so to the internet."""
    return tuple(edge for edge in edges(stage) if _elsewhere(edge))


def _called(stage: Stage, edge: Edge) -> tuple[str, ...]:
    return edge.calls if _in_vpc(stage, edge.source) else ()


def _elsewhere(edge: Edge) -> bool:
    """Whether an image is pulled by no API of AWS, so from the internet."""
    return edge.access == Access.PULL_IMAGE and not edge.calls


def _of(stage: Stage, edge: Edge) -> tuple[Flow, ...]:
    if not _in_vpc(stage, edge.source) and edge.access != Access.CONNECT:
        return ()
    if edge.access == Access.CONNECT:
        return (Flow(edge.source, edge.target, edge.port, edge.at, edge.because),)
    if edge.access == Access.OUTBOUND:
        return (Flow(edge.source, INTERNET, 443, edge.at, edge.because),)
    because = f"{edge.because}: {edge.access}"
    if _elsewhere(edge):
        return (Flow(edge.source, INTERNET, 443, edge.at, because),)
    ways = (_way(stage, service) for service in _called(stage, edge))
    return tuple(Flow(edge.source, way, 443, edge.at, because) for way in ways)


def _way(stage: Stage, service: str) -> Party:
    """Where packets to an AWS service go: a gateway endpoint, an interface endpoint, or out by NAT."""
    if service not in stage.network.endpoints:
        return INTERNET
    gateway = gateway_endpoints.BY_SERVICE.get(service)
    return gateway.party if gateway else ENDPOINTS


def _in_vpc(stage: Stage, party: Party) -> bool:
    if party in (BALANCER, LINK):
        return True
    item = table.of_party(stage, party)
    return item is not None and queries.has_interface(stage, item)
