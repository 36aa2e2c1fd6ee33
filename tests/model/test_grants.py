"""Which role may do what."""

from __future__ import annotations

from petc.model.grants import granted, grants
from petc.model.graph import Access, PartyKind, edges
from petc.model.types import Stage
from tests.specs import stage_of

SPEC = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
databases: {db: {readers: 0}}
secrets: {s: {}}
models: {m: some.model}
services: {a: {route: /a, uses: {db: {}, s: {}, m: {}, internet: {}, discovery: {}}}}
functions: {f: {source: f, uses: {db: {}, a: {}}}}
stages: {dev: {}}
"""


def stage() -> Stage:
    """Return the stage `dev`."""
    return stage_of(SPEC)


def test_a_grant_for_each_edge_that_a_role_acts_on() -> None:
    """A connection and a discovery need none; the packets are enough."""
    assert [f"{item.holder} as {item.role}: {item.access} {item.target}" for item in grants(stage())] == [
        "service a as execution: pull image repository a",
        "service a as execution: write logs logs a",
        "service a as execution: read secret database db",
        "service a as execution: read secret secret s",
        "service a as task: converse model m",
        "function f as function: write logs logs f",
        "function f as function: read secret database db",
    ]


def test_a_grant_keeps_line_and_reason_of_its_edge() -> None:
    by_edge = {(edge.source, edge.access, edge.target): (edge.at, edge.because) for edge in edges(stage())}

    assert all(
        by_edge[item.holder, item.access, item.target] == (item.at, item.because) for item in grants(stage())
    )


def test_grants_by_way_and_kind_of_target() -> None:
    found = granted(stage(), Access.READ_SECRET, target=PartyKind.SECRET)

    assert [str(item.target) for item in found] == ["secret s"]
    assert len(granted(stage(), Access.READ_SECRET)) == 3
    assert len(granted(stage(), Access.READ_SECRET, Access.CONVERSE)) == 4
    assert granted(stage()) == ()
