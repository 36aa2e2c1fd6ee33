"""Which connections cross a network interface of the VPC, and where they go."""

from __future__ import annotations

import pytest

from petc.model.flows import api_calls, flows, foreign_images
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


def ways(text: str) -> list[str]:
    """Return each flow as `source > target port`."""
    return [f"{flow.source} > {flow.target} {flow.port}" for flow in flows(stage(text))]


def test_without_endpoints_a_service_goes_out_by_nat() -> None:
    """Pulling the image and logging are one way out."""
    assert ways("services: {a: {}}") == ["service a > internet 443"]


def test_with_endpoints_it_stays_inside() -> None:
    assert ways("network: {endpoints: [ecr, logs, s3]}\nservices: {a: {}}") == [
        "service a > endpoints 443",
        "service a > s3 443",
    ]


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [
        ("[ecr, logs]", ["service a > endpoints 443", "service a > internet 443"]),
        ("[s3]", ["service a > internet 443", "service a > s3 443"]),
        ("[ecr, s3]", ["service a > endpoints 443", "service a > s3 443", "service a > internet 443"]),
    ],
)
def test_each_service_of_aws_has_its_own_way(endpoints: str, expected: list[str]) -> None:
    """An image comes by ECR's API and from S3; logs have a third way."""
    assert ways(f"network: {{endpoints: {endpoints}}}\nservices: {{a: {{}}}}") == expected


def test_a_foreign_image_comes_from_the_internet() -> None:
    text = "network: {endpoints: [ecr, logs, s3]}\nservices: {a: {image: {uri: %s}}}"

    assert "service a > internet 443" in ways(text % "a")
    assert "service a > internet 443" in ways(text % "public.ecr.aws/x/a")
    assert "service a > internet 443" not in ways(text % "123456789012.dkr.ecr.us-west-2.amazonaws.com/a")
    assert [edge.source.name for edge in foreign_images(stage(text % "a"))] == ["a"]
    assert foreign_images(stage("services: {a: {}}")) == ()


ENDPOINT = {
    "lambda": "functions: {f: {source: f}}\nservices: {a: {uses: {f: {}}}}",
    "bedrock-runtime": "models: {m: some.model}\nservices: {a: {uses: {m: {}}}}",
    "secretsmanager": "secrets: {s: {}}\nservices: {a: {uses: {s: {}}}}",
    "ssm": "services: {a: {uses: {configuration: {}}}}",
    "sns": "services: {a: {uses: {notifications: {}}}}",
}


@pytest.mark.parametrize("service", ENDPOINT)
def test_a_call_of_aws_goes_by_its_endpoint_when_there_is_one(service: str) -> None:
    base = "network: {endpoints: [ecr, logs, s3%s]}\n" + ENDPOINT[service]

    assert "service a > internet 443" in ways(base % "")
    assert "service a > internet 443" not in ways(base % f", {service}")
    assert service in {called for _, called in api_calls(stage(base % ""))}


def test_traces_go_by_their_endpoint_and_the_collector_comes_from_the_internet() -> None:
    found = flows(stage("network: {endpoints: [ecr, logs, s3, xray]}\nservices: {a: {tracing: true}}"))

    assert {str(flow.target): flow.because for flow in found}[
        "internet"
    ] == "the collector's image is a public one"
    assert "xray" in {called for _, called in api_calls(stage("services: {a: {tracing: true}}"))}


def test_a_bucket_is_reached_by_the_gateway_endpoint_of_s3() -> None:
    use = "buckets: {b: {}}\nfunctions: {f: {source: f, vpc: always, uses: {b: {}}}}"
    text = "network: {endpoints: [%s]}\n" + use

    assert ways(text % "s3") == ["function f > s3 443"]
    assert ways(text % "logs") == ["function f > internet 443"]


def test_a_function_outside_the_vpc_has_no_flow() -> None:
    """Whatever it calls, it calls from Lambda's own network."""
    assert (
        ways("secrets: {s: {}}\nfunctions: {f: {source: f, tracing: true, uses: {s: {}, internet: {}}}}")
        == []
    )


def test_a_function_inside_has_one_for_each_use_but_none_for_logs_and_traces() -> None:
    """Lambda delivers those itself."""
    text = """
databases: {db: {port: 3307, readers: 0}}
functions: {f: {source: f, tracing: true, uses: {db: {}%s}}}
"""

    assert ways(text % "") == ["function f > database db 3307", "function f > internet 443"]
    assert ways("network: {endpoints: [secretsmanager]}" + text % "") == [
        "function f > database db 3307",
        "function f > endpoints 443",
    ]
    assert (
        ways("network: {endpoints: [secretsmanager]}" + text % ", internet: {}")[-1]
        == "function f > internet 443"
    )


def test_the_way_in_ends_at_the_service() -> None:
    assert [
        way
        for way in ways("load_balancer: {scheme: internal}\nservices: {a: {port: 9000, route: /a}}")
        if "balancer" in way
    ] == ["link > balancer 80", "balancer > service a 9000"]


def test_what_is_outside_the_vpc_opens_nothing() -> None:
    """The gateway, the site and the topic have no network interface here."""
    found = ways("frontend: {content: site}\nfunctions: {f: {source: f, route: /f, trigger: {alarms: true}}}")

    assert found == []


def test_a_flow_says_why_and_where() -> None:
    flow = flows(stage("databases: {db: {readers: 0}}\nservices: {a: {uses: {db: {}}}}"))[1]

    assert (flow.at, flow.because) == ("/services/a/uses/db", "a uses db")
