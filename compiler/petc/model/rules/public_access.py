"""Rules about who may come in: management paths, operators' pages, and the addresses that they admit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.components import FunctionRoute, Route, Service
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage
from petc.source.tree import pointer

BASE_PATH = "management.endpoints.web.base-path"
"""Key of the actuator's path, `/actuator` by default; Spring Boot reference, "Monitoring over HTTP"."""

WIDEST = 8
"""Shortest prefix that still tells someone from everyone: the largest range that one owner was ever given."""

NOT_PUBLIC = tuple(
    IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4"),
    )
)
"""Ranges from which no request reaches a public endpoint; RFC 6890 and RFC 5771."""


def _open_management(case: Case) -> Iterator[Found]:
    for service in case.stage.services.values():
        if service.route and service.framework == "spring-boot":
            base = _base_path(case.stage, service)
            if not any(_covers(path, base) for path in _private(service, service.route)):
                yield Found(
                    f"{service.at}/private_paths",
                    f"{service.name} serves `{base}` below its public route",
                    f"write `private_paths: [{base}]`; health checks go past the rule",
                    on_key=True,
                )


def _base_path(stage: Stage, service: Service) -> str:
    shared = stage.configuration if "configuration" in service.uses else {}
    return str(service.configuration.get(BASE_PATH, shared.get(BASE_PATH, "/actuator")))


def _private(service: Service, route: Route) -> tuple[str, ...]:
    """Return the private paths without the route's prefix, which they may carry when it is kept."""
    if route.prefix != "keep":
        return service.private_paths
    return tuple(path.removeprefix(route.path) or "/" for path in service.private_paths)


def _covers(path: str, base: str) -> bool:
    return f"{base.rstrip('/')}/".startswith(path.rstrip("/") + "/")


def _open_admin(case: Case) -> Iterator[Found]:
    for service in case.stage.services.values():
        managed = [use.name for use in service.uses.values() if use.management]
        if not service.route or not managed:
            continue
        subject = f"{service.name} manages {', '.join(managed)}"
        help = "write `admit` with the address ranges of those who operate it"
        if not service.route.admit:
            yield Found(f"{service.route.at}/path", f"{subject} and is open to the whole internet", help)
        for at, network in _admitted(service.route):
            if network.prefixlen < WIDEST:
                yield Found(at, f"{subject} and admits `{network}`, which is nearly everyone", help)


def _admits(stage: Stage) -> Iterator[Route | FunctionRoute]:
    for part in queries.callers(stage):
        if part.route:
            yield part.route


def _admitted(route: Route | FunctionRoute) -> Iterator[tuple[str, IPv4Network]]:
    """Yield each admitted range with its place, but for those that are none."""
    for index, text in enumerate(route.admit):
        with suppress(ValueError):
            yield f"{route.at}/admit" + pointer(index), IPv4Network(text)


def _unreachable(case: Case) -> Iterator[Found]:
    for route in _admits(case.stage):
        for at, network in _admitted(route):
            if any(network.subnet_of(range_) for range_ in NOT_PUBLIC):
                yield Found(
                    at,
                    f"no request comes to the gateway from `{network}`, which is not a public range",
                    "the gateway sees the public address by which a network goes out: admit that one",
                )


RULES = (
    Rule(
        Code(
            "open-management",
            Severity.ERROR,
            "management endpoints below a public route",
            "A route forwards every path below it. Spring Boot serves its actuator there too, with the "
            "environment, heap dumps and log levels. List its base path under `private_paths`, and it is "
            "never forwarded.",
            bad="services: {orders: {framework: spring-boot}}\n",
            good="services: {orders: {framework: spring-boot, private_paths: [/actuator]}}\n",
        ),
        _open_management,
    ),
    Rule(
        Code(
            "open-admin-route",
            Severity.ERROR,
            "an operators' page is open to everyone",
            "A service that uses others with `management: true` reaches their management endpoints, and so "
            "does everyone who reaches it. Admit the address ranges of its operators only.",
            bad="""\
services:
  console:
    route: /console
    health: /health
    uses: {orders: {management: true}}
""",
            good="""\
services:
  console:
    route: {path: /console, admit: [198.51.100.0/24]}
    health: /health
    uses: {orders: {management: true}}
""",
        ),
        _open_admin,
    ),
    Rule(
        Code(
            "admit-private",
            Severity.WARNING,
            "an admitted range that is never seen",
            "The gateway is on the internet and sees public addresses only. A private range admits no one; "
            "admit the address by which that network goes out.",
            bad="services: {orders: {route: {path: /api/orders, admit: [10.1.0.0/16]}}}\n",
            good="services: {orders: {route: {path: /api/orders, admit: [198.51.100.0/24]}}}\n",
        ),
        _unreachable,
    ),
)
