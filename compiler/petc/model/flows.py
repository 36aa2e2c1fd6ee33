"""The network's share of the access graph: connections that leave or reach a network interface of the VPC.

Each flow becomes an egress rule of the source's security group, an ingress rule of the target's, and entries
of the network ACLs of both tiers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from petc.model import queries
from petc.model.graph import INTERNET, Access, Edge, Kind, Party, edges
from petc.model.types import Stage

API_SERVICES = {
    Access.INVOKE: "lambda",
    Access.CONVERSE: "bedrock-runtime",
    Access.READ_SECRET: "secretsmanager",
    Access.READ_PARAMETERS: "ssm",
    Access.WRITE_LOGS: "logs",
    Access.WRITE_TRACES: "xray",
    Access.READ_OBJECTS: "s3",
    Access.WRITE_OBJECTS: "s3",
    Access.PUBLISH: "sns",
    Access.ROLL: "ecs",
    Access.PULL_IMAGE: "ecr",
}
"""Which AWS service each way of access calls, by the name that `network.endpoints` uses."""

ENDPOINTS = Party(Kind.ENDPOINTS)
S3 = Party(Kind.S3)

_BY_LAMBDA_ITSELF = (Access.WRITE_LOGS, Access.WRITE_TRACES)
"""Lambda delivers logs and traces outside the function's network interface."""


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
    pulls = (edge for edge in edges(stage) if edge.access is Access.PULL_IMAGE)
    return tuple(edge for edge in pulls if _elsewhere(stage, edge))


def _called(stage: Stage, edge: Edge) -> tuple[str, ...]:
    if not _in_vpc(stage, edge.source) or edge.access not in API_SERVICES:
        return ()
    if edge.source.kind is Kind.FUNCTION and edge.access in _BY_LAMBDA_ITSELF:
        return ()
    if edge.access is Access.PULL_IMAGE:
        return () if _elsewhere(stage, edge) else ("ecr", "s3")
    if edge.access is Access.ROLL:
        # It asks when the secret changed last.
        return (API_SERVICES[edge.access], API_SERVICES[Access.READ_SECRET])
    return (API_SERVICES[edge.access],)


def _elsewhere(stage: Stage, edge: Edge) -> bool:
    uri = stage.services[edge.source.name].image.uri
    return bool(uri) and ".dkr.ecr." not in uri


def _of(stage: Stage, edge: Edge) -> tuple[Flow, ...]:
    if not _in_vpc(stage, edge.source) and edge.access is not Access.CONNECT:
        return ()
    if edge.access is Access.CONNECT:
        return (Flow(edge.source, edge.target, edge.port, edge.at, edge.because),)
    if edge.access is Access.OUTBOUND:
        return (Flow(edge.source, INTERNET, 443, edge.at, edge.because),)
    because = f"{edge.because}: {edge.access}"
    if edge.access is Access.PULL_IMAGE and _elsewhere(stage, edge):
        return (Flow(edge.source, INTERNET, 443, edge.at, because),)
    # An image in ECR comes by ECR's API, and its layers from S3.
    ways = (_way(stage, service) for service in _called(stage, edge))
    return tuple(Flow(edge.source, way, 443, edge.at, because) for way in ways)


def _way(stage: Stage, service: str) -> Party:
    """Where packets to an AWS service go: a private endpoint, S3's gateway endpoint, or out by NAT."""
    if service not in stage.network.endpoints:
        return INTERNET
    return S3 if service == "s3" else ENDPOINTS


def _in_vpc(stage: Stage, party: Party) -> bool:
    if party.kind is Kind.FUNCTION:
        return queries.in_vpc(stage, stage.functions[party.name])
    return party.kind in (Kind.SERVICE, Kind.BALANCER, Kind.LINK)
