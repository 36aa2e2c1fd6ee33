"""The access graph: every arrow that the spec declares, and every arrow that follows from one.

An edge says who reaches whom, how, and which line of the spec says so. Security group rules, network ACLs,
IAM statements, injected settings and alarms are projections of these edges (`flows`, `grants`, `settings`);
nothing else opens access.
"""

from __future__ import annotations

from collections.abc import Iterator

from petc.model import queries
from petc.model.kinds import table, words
from petc.model.parties import (
    BALANCER,
    DISTRIBUTION,
    GATEWAY,
    INTERNET,
    LINK,
    SITE,
    TOPIC,
    Access,
    Caller,
    Edge,
    Party,
    PartyKind,
    Role,
)
from petc.model.types import Stage

__all__ = (
    "BALANCER",
    "DISTRIBUTION",
    "GATEWAY",
    "INTERNET",
    "LINK",
    "SITE",
    "TOPIC",
    "Access",
    "Edge",
    "Party",
    "PartyKind",
    "Role",
    "edges",
)
"""The words of `parties` that readers of the graph need are offered here too."""


def edges(stage: Stage) -> tuple[Edge, ...]:
    """Return every edge of the stage, without repetition, in the order of the spec."""
    found = (
        *_entrance(stage),
        *(edge for item in _users_first(stage) for edge in _of_part(stage, item)),
    )
    return tuple(dict.fromkeys(found))


def _users_first(stage: Stage) -> Iterator[table.Named]:
    """Yield all parts, those that use others before those that are only used."""
    every = table.every(stage)
    yield from (item for item in every if item.kind.caller)
    yield from (item for item in every if not item.kind.caller)


def _of_part(stage: Stage, item: table.Named) -> Iterator[Edge]:
    yield from item.kind.own(stage, item.part)
    if item.kind.caller:
        yield from _of_uses(stage, item.kind.caller(item.part))


def _entrance(stage: Stage) -> Iterator[Edge]:
    """Users to the site and the gateway, and the gateway to the parts behind it."""
    routed = tuple(service for service in stage.services.values() if service.route)
    called = tuple(function for function in stage.functions.values() if function.route)
    port = queries.balancer_port(stage)
    if stage.frontend:
        at = stage.frontend.at
        yield Edge(INTERNET, DISTRIBUTION, Access.FORWARD, at, "users load the site", 443)
        yield Edge(DISTRIBUTION, SITE, Access.READ_OBJECTS, at, "the site's files lie in the bucket")
        if stage.frontend.api == "same-origin" and (routed or called):
            yield Edge(DISTRIBUTION, GATEWAY, Access.FORWARD, at, "the API shares the site's origin", 443)
    if routed or called:
        yield Edge(INTERNET, GATEWAY, Access.FORWARD, "/gateway", "the gateway is the single entry", 443)
    if routed:
        if stage.load_balancer.internal:
            yield Edge(GATEWAY, LINK, Access.FORWARD, "/load_balancer", "the load balancer is internal", port)
            yield Edge(LINK, BALANCER, Access.CONNECT, "/load_balancer", "the link ends in the VPC", port)
        else:
            yield Edge(INTERNET, BALANCER, Access.CONNECT, "/load_balancer", "it faces the internet", port)
            if stage.load_balancer.tls:
                yield Edge(INTERNET, BALANCER, Access.CONNECT, "/load_balancer", "port 80 redirects", 80)
        yield Edge(GATEWAY, BALANCER, Access.FORWARD, "/load_balancer", "routes lead to services", port)
        yield Edge(
            BALANCER, Party(PartyKind.METRICS), Access.WRITE_METRICS, "/load_balancer", "AWS measures it"
        )
    for service in routed:
        assert service.route
        target = Party(PartyKind.SERVICE, service.name)
        at = service.route.at
        yield Edge(BALANCER, target, Access.CONNECT, at, f"route {service.route.path}", service.port)
    for function in called:
        assert function.route
        target = Party(PartyKind.FUNCTION, function.name)
        yield Edge(GATEWAY, target, Access.INVOKE, function.route.at, f"route {function.route.path}")


def _of_uses(stage: Stage, caller: Caller) -> Iterator[Edge]:
    """Yield what the declared edges of a part mean, by the kind of what is used."""
    for use in caller.uses:
        if used := table.find(stage, use.name):
            yield from used.kind.reached(caller, used.part, use)
        elif word := words.BY_NAME.get(use.name):
            yield from word.reached(caller, use)
