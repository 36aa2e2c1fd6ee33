"""Rules about ways out of the app subnets: each call needs one, and each way costs money."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.flows import api_calls, flows, foreign_images
from petc.model.gateway_endpoints import BY_SERVICE
from petc.model.graph import Access, Edge, PartyKind, edges
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage


def _shut(stage: Stage) -> bool:
    """Whether the app subnets have no way to the internet; what a brought VPC has is not ours to know."""
    return stage.network.nat == "none" and not stage.network.existing


def _unreachable_api(case: Case) -> Iterator[Found]:
    stage = case.stage
    if not _shut(stage):
        return
    missing: dict[tuple[str, str], list[Edge]] = {}
    for edge, service in api_calls(stage):
        if service not in stage.network.endpoints:
            missing.setdefault((edge.at, service), []).append(edge)
    for (at, service), found in missing.items():
        why = " and ".join(dict.fromkeys(str(edge.access) for edge in found))
        yield Found(
            at,
            f"{found[0].source} calls {service} to {why}, which neither NAT nor an endpoint reaches",
            f"add `{service}` to `network.endpoints`, or choose `nat: single` or `per-zone`",
            on_key=True,
        )


def _internet_unreachable(case: Case) -> Iterator[Found]:
    stage = case.stage
    if not _shut(stage):
        return
    outbound = {flow.at for flow in flows(stage) if flow.target.kind == PartyKind.INTERNET}
    for edge in edges(stage):
        if edge.access == Access.OUTBOUND and edge.at in outbound:
            yield Found(
                edge.at,
                f"{edge.source} needs the internet ({edge.because}), and `nat: none` leaves no way to it",
                "choose `nat: single` or `per-zone`, or remove what needs it",
                on_key=True,
            )
    for edge in foreign_images(stage):
        yield Found(
            f"{edge.at}/image/uri",
            f"the image `{edge.target.name}` is outside ECR, and with `nat: none` there is no way to it",
            "copy the image to ECR, or choose `nat: single` or `per-zone`",
        )


def _paid_twice(case: Case) -> Iterator[Found]:
    stage = case.stage
    paid = [name for name in stage.network.endpoints if name not in BY_SERVICE]
    if stage.network.nat == "none" or stage.network.existing or not paid or not queries.needs_network(stage):
        return
    free = " and ".join(f"`{name}`" for name in BY_SERVICE)
    yield Found(
        "/network/endpoints",
        f"{len(paid)} interface endpoints and NAT gateways are two paid ways to the same services",
        f"with NAT keep {free} only, or write `nat: none` and list every service that is called",
        on_key=True,
    )


def _unused_endpoint(case: Case) -> Iterator[Found]:
    stage = case.stage
    called = {service for _, service in api_calls(stage)}
    for index, name in enumerate(stage.network.endpoints):
        if name not in called:
            yield Found(
                f"/network/endpoints/{index}",
                f"nothing in the app subnets calls {name}, so its endpoint does nothing",
                f"remove `{name}`",
            )


_CLOSED = "network: {nat: none, endpoints: [ecr, s3, logs, ssm, secretsmanager]}\n"

UNREACHABLE_API = Rule(
    Code(
        "unreachable-api",
        Severity.ERROR,
        "a part calls an AWS service that its subnet cannot reach",
        "Without NAT the app subnets reach only the services that have an endpoint. A task could not fetch "
        "its image or its secrets, and would be started again for ever.",
        bad="network: {nat: none, endpoints: [ecr, s3, logs, secretsmanager]}\n",
        good=_CLOSED,
    ),
    _unreachable_api,
)

INTERNET_UNREACHABLE = Rule(
    Code(
        "internet-unreachable",
        Severity.ERROR,
        "a part needs the internet, and there is no way to it",
        "Services and functions are in private subnets. What uses `internet`, or starts from an image "
        "outside ECR, needs a NAT gateway.",
        bad=_CLOSED + "services: {orders: {uses: {internet: {}}}}\n",
        good="services: {orders: {uses: {internet: {}}}}\n",
    ),
    _internet_unreachable,
)

PAID_TWICE = Rule(
    Code(
        "paid-twice",
        Severity.WARNING,
        "NAT gateways and interface endpoints are both there",
        "Each interface endpoint costs by the hour in every zone, and so does each NAT gateway, which "
        "reaches the same services. Keep one of the two, or accept the price for what private links give: "
        "endpoint policies, and traffic that stays with AWS.",
        bad="network: {nat: single, endpoints: [logs]}\n",
        good="network: {nat: single, endpoints: [s3]}\n",
    ),
    _paid_twice,
)

UNUSED_ENDPOINT = Rule(
    Code(
        "unused-endpoint",
        Severity.WARNING,
        "an endpoint that nothing uses",
        "An interface endpoint costs by the hour in every zone, used or not. Secrets Manager and the other "
        "services call KMS themselves, and Lambda delivers logs and traces outside the subnets.",
        bad="network: {nat: none, endpoints: [ecr, s3, logs, ssm, secretsmanager, kms]}\n",
        good=_CLOSED,
    ),
    _unused_endpoint,
)

RULES = (UNREACHABLE_API, INTERNET_UNREACHABLE, PAID_TWICE, UNUSED_ENDPOINT)
