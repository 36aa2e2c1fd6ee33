"""Rules about health checks: the path that the service itself sees, and the time that it has."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model.rules.rule import Case, Found, Rule


def _prefixed(case: Case) -> Iterator[Found]:
    for service in case.stage.services.values():
        route = service.route
        if not route or route.prefix == "keep":
            continue
        for prefix in route.paths:
            plain = prefix.rstrip("/")
            if plain and f"{service.health.path}/".startswith(f"{plain}/"):
                rest = service.health.path.removeprefix(plain) or "/"
                reason = (
                    "is stripped before the service sees a request"
                    if route.prefix == "strip"
                    else "is put before the health path anyway"
                )
                yield Found(
                    f"{service.at}/health/path",
                    f"the health path `{service.health.path}` of {service.name} begins with the route"
                    f" `{prefix}`,"
                    f" which {reason}",
                    f"checks go straight to the tasks: write `{rest}`",
                    (Related("the route is here", pointer=f"{route.at}/path"),),
                )
                break


def _timeouts(case: Case) -> Iterator[Found]:
    for service in case.stage.services.values():
        health = service.health
        if service.route and health.timeout_seconds >= health.interval_seconds:
            yield Found(
                f"{service.at}/health/timeout_seconds",
                f"a health check of {service.name} may take {health.timeout_seconds} s, but the next begins"
                " after"
                f" {health.interval_seconds} s",
                "write a `timeout_seconds` below `interval_seconds`",
            )


RULES = (
    Rule(
        Code(
            "health-under-prefix",
            Severity.WARNING,
            "a health path that repeats the route's prefix",
            "Health checks go from the load balancer straight to the tasks, past every rewrite. The path is "
            "the one that the service itself serves, without the public prefix. Otherwise every check fails "
            "and no task ever becomes healthy.",
            bad="services: {orders: {health: /api/orders/health}}\n",
            good="services: {orders: {health: /orders/health}}\n",
        ),
        _prefixed,
    ),
    Rule(
        Code(
            "health-timeout",
            Severity.ERROR,
            "a health check that takes longer than its interval",
            "Elastic Load Balancing refuses a target group whose timeout is not below its interval.",
            bad="services: {orders: {health: {path: /health, interval_seconds: 10, timeout_seconds: 10}}}\n",
            good="services: {orders: {health: {path: /health, interval_seconds: 11, timeout_seconds: 10}}}\n",
        ),
        _timeouts,
    ),
)
