"""Every arrow of small specs typed by hand, one kind of use after the other."""

from __future__ import annotations

import dataclasses

import pytest

from petc.model.graph import Edge, Party, PartyKind, edges
from petc.model.types import Stage
from tests.specs import stage_of

HEAD = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
stages: {dev: {}}
"""


def stage(text: str) -> Stage:
    """Return the stage `dev` of a few lines."""
    return stage_of(HEAD + text)


def arrows(text: str) -> list[str]:
    """Return each edge as `source > target: access`, with port and role where there is one."""
    return [shown(edge) for edge in edges(stage(text))]


def shown(edge: Edge) -> str:
    """Return one edge in a line."""
    port = f" {edge.port}" if edge.port else ""
    role = f" as {edge.role}" if edge.role else ""
    return f"{edge.source} > {edge.target}: {edge.access}{port}{role}"


ALWAYS = [
    "service a > repository a: pull image as execution",
    "service a > logs a: write logs as execution",
    "service a > metrics: write metrics",
]
"""What every service does."""

CALLED = [
    "function f > logs f: write logs as function",
    "function f > metrics: write metrics",
]
"""What every function does."""


def test_nothing_in_the_spec_nothing_in_the_graph() -> None:
    assert arrows("") == []


def test_a_service_pulls_its_image_logs_and_is_measured() -> None:
    assert arrows("services: {a: {}}") == ALWAYS


def test_a_traced_service_writes_traces() -> None:
    """The collector beside it comes from a registry on the internet."""
    assert arrows("services: {a: {tracing: true}}") == [
        *ALWAYS,
        "service a > traces: write traces as task",
        "service a > internet: outbound 443",
    ]


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("public.ecr.aws/x/a:1", "public.ecr.aws/x/a:1"),
        ("nginx:1.29", "nginx:1.29"),
        ("a", "a:latest"),
        ("library/a", "library/a"),
    ],
)
def test_a_foreign_image_is_no_repository_of_ours(uri: str, name: str) -> None:
    """Even one that is called as a service of the spec."""
    assert arrows(f'services: {{a: {{image: {{uri: "{uri}"}}}}}}')[0] == (
        f"service a > repository {name}: pull image as execution"
    )


USES = {
    "databases: {db: {port: 3307, readers: 0}}": (
        "db",
        ["service a > database db: connect 3307", "service a > database db: read secret as execution"],
        ["function f > database db: connect 3307", "function f > database db: read secret as function"],
    ),
    "databases: {db: {user: reader, readers: 0}}\nsecrets: {reader: {}}": (
        "db",
        ["service a > database db: connect 3306", "service a > secret reader: read secret as execution"],
        ["function f > database db: connect 3306", "function f > secret reader: read secret as function"],
    ),
    "models: {m: some.model}": (
        "m",
        ["service a > model m: converse as task"],
        ["function f > model m: converse as function"],
    ),
    "secrets: {s: {}}": (
        "s",
        ["service a > secret s: read secret as execution"],
        ["function f > secret s: read secret as function"],
    ),
    "configuration: {A: b}": (
        "configuration",
        ["service a > configuration: read parameters as execution"],
        ["function f > configuration: read parameters as execution"],
    ),
    "description: d": (
        "discovery",
        ["service a > discovery: discover"],
        ["function f > discovery: discover"],
    ),
    "description: i": (
        "internet",
        ["service a > internet: outbound 443"],
        ["function f > internet: outbound 443"],
    ),
    "description: n": (
        "notifications",
        ["service a > topic: publish as task"],
        ["function f > topic: publish as function"],
    ),
}


@pytest.mark.parametrize("part", USES)
def test_what_a_use_of_a_service_means(part: str) -> None:
    name, expected, _ = USES[part]
    found = arrows(f"{part}\nservices: {{a: {{uses: {{{name}: {{}}}}}}}}")

    assert [arrow for arrow in found if arrow not in ALWAYS and not arrow.startswith("database")] == expected


@pytest.mark.parametrize("part", USES)
def test_what_a_use_of_a_function_means(part: str) -> None:
    name, _, expected = USES[part]
    found = arrows(f"{part}\nfunctions: {{f: {{source: f, uses: {{{name}: {{}}}}}}}}")

    assert [arrow for arrow in found if arrow not in CALLED and not arrow.startswith("database")] == expected


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ("read", ["read objects"]),
        ("write", ["write objects"]),
        ("read-write", ["read objects", "write objects"]),
    ],
)
def test_a_bucket_is_reached_as_far_as_is_said(access: str, expected: list[str]) -> None:
    found = arrows(f"buckets: {{b: {{}}}}\nservices: {{a: {{uses: {{b: {{access: {access}}}}}}}}}")

    assert found[len(ALWAYS) :] == [f"service a > bucket b: {way} as task" for way in expected]


def test_services_and_functions_reach_each_other() -> None:
    found = arrows("""
services: {a: {uses: {b: {}, f: {}}}, b: {port: 9000}}
functions: {f: {source: f, uses: {b: {}, g: {}}}, g: {source: g}}
""")

    assert "service a > service b: connect 9000" in found
    assert "service a > function f: invoke as task" in found
    assert "function f > service b: connect 9000" in found
    assert "function f > function g: invoke as function" in found


@pytest.mark.parametrize(
    ("balancer", "expected"),
    [
        (
            "{scheme: internet-facing}",
            [
                "internet > gateway: forward 443",
                "internet > balancer: connect 80",
                "gateway > balancer: forward 80",
                "balancer > metrics: write metrics",
                "balancer > service a: connect 9000",
            ],
        ),
        (
            "{scheme: internet-facing, domain: lb.example.com}",
            [
                "internet > gateway: forward 443",
                "internet > balancer: connect 443",
                "internet > balancer: connect 80",
                "gateway > balancer: forward 443",
                "balancer > metrics: write metrics",
                "balancer > service a: connect 9000",
            ],
        ),
        (
            "{scheme: internal}",
            [
                "internet > gateway: forward 443",
                "gateway > link: forward 80",
                "link > balancer: connect 80",
                "gateway > balancer: forward 80",
                "balancer > metrics: write metrics",
                "balancer > service a: connect 9000",
            ],
        ),
        (
            "{scheme: internal, domain: lb.example.com}",
            [
                "internet > gateway: forward 443",
                "gateway > link: forward 443",
                "link > balancer: connect 443",
                "gateway > balancer: forward 443",
                "balancer > metrics: write metrics",
                "balancer > service a: connect 9000",
            ],
        ),
    ],
)
def test_the_way_in(balancer: str, expected: list[str]) -> None:
    found = arrows(f"load_balancer: {balancer}\nservices: {{a: {{port: 9000, route: /a}}}}")

    assert [arrow for arrow in found if arrow not in ALWAYS] == expected


def test_a_routed_function_needs_no_balancer() -> None:
    found = arrows("functions: {f: {source: f, route: /f}}")

    assert found == ["internet > gateway: forward 443", "gateway > function f: invoke", *CALLED]


@pytest.mark.parametrize(
    ("api", "route", "reaches_the_gateway"),
    [
        ("same-origin", "route: /f", True),
        ("direct", "route: /f", False),
        ("same-origin", "memory: 128", False),
    ],
)
def test_the_site(api: str, route: str, reaches_the_gateway: bool) -> None:
    found = arrows(f"frontend: {{content: site, api: {api}}}\nfunctions: {{f: {{source: f, {route}}}}}")

    assert found[:2] == ["internet > distribution: forward 443", "distribution > site: read objects"]
    assert ("distribution > gateway: forward 443" in found) is reaches_the_gateway


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("alarms: true", ["topic > function f: invoke"]),
        ('schedule: "rate(1 day)"', ["events > function f: invoke"]),
        (
            "rotation_of: db",
            ["events > function f: invoke", "function f > service a: roll as function"],
        ),
    ],
)
def test_what_triggers_a_function(trigger: str, expected: list[str]) -> None:
    """What fails is kept in a queue; a rotation rolls those who hold the secret, and only those."""
    found = arrows(f"""
databases: {{db: {{readers: 0}}}}
services: {{a: {{uses: {{db: {{}}}}}}, b: {{}}}}
functions: {{f: {{source: f, trigger: {{{trigger}}}}}}}
""")
    own = [arrow for arrow in found if "function f" in arrow and arrow not in CALLED]

    assert own == ["function f > dead letters f: send as function", *expected]


def test_a_rotation_of_an_application_user_rolls_nobody() -> None:
    """Nobody is given the master secret at start."""
    found = arrows("""
databases: {db: {user: u}}
secrets: {u: {}}
services: {a: {uses: {db: {}}}}
functions: {f: {source: f, trigger: {rotation_of: db}}}
""")

    assert [arrow for arrow in found if "roll" in arrow] == []


def test_a_database_is_measured_and_replicates_to_its_readers() -> None:
    assert arrows("databases: {db: {readers: 2}}") == [
        "database db > metrics: write metrics",
        "database db > reader db: replicate",
    ]
    assert arrows("databases: {db: {readers: 0}}") == ["database db > metrics: write metrics"]


def test_an_edge_points_at_its_line() -> None:
    found = {
        shown(edge): edge.at
        for edge in edges(
            stage("databases: {db: {readers: 0}}\nservices: {a: {route: /a, tracing: true, uses: {db: {}}}}")
        )
    }

    assert found["service a > database db: connect 3306"] == "/services/a/uses/db"
    assert found["balancer > service a: connect 8080"] == "/services/a/route"
    assert found["service a > traces: write traces as task"] == "/services/a/tracing"
    assert found["service a > logs a: write logs as execution"] == "/services/a"


def test_an_edge_stands_once() -> None:
    """The same secret for the database and by itself is one arrow."""
    found = arrows("""
databases: {db: {user: u, readers: 0}}
secrets: {u: {}}
services: {a: {uses: {db: {}, u: {}}}}
""")

    assert found.count("service a > secret u: read secret as execution") == 1


def test_edges_are_equal_whatever_says_so() -> None:
    edge = edges(stage("services: {a: {}}"))[0]

    assert dataclasses.replace(edge, at="/elsewhere", because="other") == edge
    assert dataclasses.replace(edge, port=1) != edge
    assert str(Party(PartyKind.GATEWAY)) == "gateway"
