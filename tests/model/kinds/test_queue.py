"""What a queue means to its users, and the rules that a fragment of a spec cannot show alone."""

from __future__ import annotations

import pytest

from petc.model import settings
from petc.model.flows import ENDPOINTS, api_calls, flows
from petc.model.graph import Edge, edges
from petc.model.kinds import queue as kind
from petc.model.types import Stage
from tests import examples
from tests.specs import stage_of

HEAD = """
petc: 1
name: shop
tags: {owner: a, cost-centre: b}
stages: {dev: {}}
queues: {q: {}}
"""


def stage(text: str) -> Stage:
    return stage_of(HEAD + text)


def about(found: tuple[Edge, ...]) -> list[str]:
    """Return the edges to queues: who, how, and by which role."""
    return [
        f"{edge.source} > {edge.target}: {edge.access} as {edge.role}"
        for edge in found
        if edge.target.kind == "queue"
    ]


@pytest.mark.parametrize("access", ["send", "receive"])
def test_a_part_sends_or_receives_by_the_role_of_its_calls(access: str) -> None:
    made = stage(f"""
services: {{s: {{route: /s, uses: {{q: {{access: {access}}}}}}}}}
functions: {{f: {{source: f, route: /f, uses: {{q: {{access: {access}}}}}}}}}
""")

    assert about(edges(made)) == [
        f"service s > queue q: {access} as task",
        f"function f > queue q: {access} as function",
    ]


def test_a_trigger_lets_lambda_receive_in_the_name_of_the_function() -> None:
    made = stage("functions: {f: {source: f, vpc: always, trigger: {queue: q}}}")

    assert about(edges(made)) == ["function f > queue q: be invoked by messages as function"]
    assert [edge.target.kind for edge in edges(made) if edge.access == "send"] == []
    assert [service for _, service in api_calls(made)] == []


def test_a_call_from_the_network_goes_by_the_endpoint() -> None:
    made = stage("""
network: {endpoints: [sqs]}
services: {s: {route: /s, uses: {q: {access: send}}}}
""")
    (flow,) = [flow for flow in flows(made) if flow.at == "/services/s/uses/q"]

    assert (str(flow.source), flow.target, flow.port) == ("service s", ENDPOINTS, 443)


def test_every_user_is_told_the_address() -> None:
    made = stage("""
services: {s: {route: /s, framework: spring-boot, uses: {q: {access: send}}}}
functions: {f: {source: f, route: /f, uses: {q: {access: receive}}}, g: {source: g, trigger: {queue: q}}}
""")
    told = {
        "s": settings.service_settings(made, made.services["s"]),
        "f": settings.function_settings(made, made.functions["f"]),
        "g": settings.function_settings(made, made.functions["g"]),
    }

    for name in ("s", "f"):
        (item,) = [item for item in told[name] if item.variable == "Q_URL"]
        assert (item.value, item.references["queue"].known) == ("${queue}", kind.URL)
    assert not [item for item in told["g"] if item.variable == "Q_URL"]


@pytest.mark.parametrize(
    ("trigger", "written", "seconds"),
    [
        ("{}", 0, 30),
        ("{queue: q}", 0, 120),
        ("{queue: q, batch_seconds: 9}", 0, 129),
        ("{queue: q, batch_size: 100}", 0, 121),
        ("{queue: q}", 300, 300),
    ],
)
def test_how_long_a_message_is_hidden(trigger: str, written: int, seconds: int) -> None:
    made = stage_of(
        HEAD.replace("{q: {}}", f"{{q: {{visibility_seconds: {written}}}}}")
        + f"functions: {{f: {{source: f, timeout_seconds: 20, trigger: {trigger}}}}}"
    )

    assert kind.visibility(made, made.queues["q"]) == seconds


def test_a_backlog_needs_someone_who_counts_the_tasks() -> None:
    spec = """
queues: {packing: {}}
services: {orders: {uses: {packing: {access: receive, backlog: 50}}}}
functions: {sell: {source: ../lambda_src/sell, route: /api/sell, uses: {packing: {access: send}}}}
"""
    off = f"{spec}monitoring: {{container_insights: disabled}}\n"

    assert examples.judged(spec) == ()
    (found,) = examples.judged(off)
    assert (found.code, found.pointer) == (
        "backlog-without-scaling",
        "/services/orders/uses/packing/backlog",
    )
    assert "Container Insights" in found.message


def test_a_service_scales_by_one_queue() -> None:
    found = examples.judged("""
queues: {packing: {}, billing: {}}
services:
  orders: {uses: {packing: {access: receive, backlog: 50}, billing: {access: receive, backlog: 5}}}
functions:
  sell:
    source: ../lambda_src/sell
    route: /api/sell
    uses: {packing: {access: send}, billing: {access: send}}
""")

    assert [item.pointer for item in found] == ["/services/orders/uses/billing/backlog"]
