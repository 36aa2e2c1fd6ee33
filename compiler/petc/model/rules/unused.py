"""Rules about what stands there for nothing: parts that nobody uses, functions that nothing invokes."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.components import Service
from petc.model.kinds import table
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage


def _used(stage: Stage) -> set[str]:
    return {name for part in queries.callers(stage) for name in part.uses}


def _unused(case: Case) -> Iterator[Found]:
    stage = case.stage
    used = _used(stage) | {database.user for database in stage.databases.values()}
    for item in table.every(stage):
        part = item.part
        if item.kind.passive and part.name not in used:
            way_out = "name it under `uses` of the part that needs it, or remove it"
            yield Found(part.at, f"nobody uses the {item.kind.word} `{part.name}`", way_out, on_key=True)
    if stage.configuration and "configuration" not in used:
        message = "no service uses `configuration`, so its settings reach nobody"
        way_out = "write `configuration: {}` under `uses` of a service"
        yield Found("/configuration", message, way_out, on_key=True)


def _idle(case: Case) -> Iterator[Found]:
    used = _used(case.stage)
    for function in case.stage.functions.values():
        if not function.route and not function.trigger and function.name not in used:
            yield Found(
                function.at,
                f"nothing invokes the function `{function.name}`",
                "give it a `route` or a `trigger`, or name it under `uses` of another part",
                on_key=True,
            )


def _private_paths(case: Case) -> Iterator[Found]:
    for service in case.stage.services.values():
        if service.private_paths and not service.route and not _monitored(case.stage, service):
            yield Found(
                f"{service.at}/private_paths",
                f"`{service.name}` has private paths and no route, so nothing from outside reaches any path",
                "give it a `route`, or remove `private_paths`",
                on_key=True,
            )


def _monitored(stage: Stage, service: Service) -> bool:
    """Whether callers learn from `private_paths` where the service's management endpoints are."""
    return service.framework == "spring-boot" and service.name in _used(stage)


UNUSED_PART = Rule(
    Code(
        "unused-part",
        Severity.WARNING,
        "a part that nobody uses",
        "A database, a secret or a bucket costs money though nobody may reach it: access is given by `uses` "
        "alone. A model or a setting that nobody uses is most likely a forgotten line.",
        bad="buckets: {invoices: {}}\n",
        good="buckets: {invoices: {}}\nservices: {orders: {uses: {invoices: {}}}}\n",
    ),
    _unused,
)

IDLE_FUNCTION = Rule(
    Code(
        "idle-function",
        Severity.WARNING,
        "a function that nothing invokes",
        "Without a route, a trigger or a part that uses it, a function only runs when someone invokes it by "
        "hand. If that is what it is for, accept the warning under `exceptions`.",
        bad="functions: {quotes: {source: ../lambda_src/quotes}}\n",
        good="functions: {quotes: {source: ../lambda_src/quotes, trigger: {schedule: rate(1 day)}}}\n",
    ),
    _idle,
)

PRIVATE_PATHS = Rule(
    Code(
        "private-path-without-route",
        Severity.WARNING,
        "private paths of a service that has no public path",
        "`private_paths` holds back paths below a route. Without a route the load balancer forwards nothing.",
        bad="services: {stock: {private_paths: [/actuator]}}\n",
        good="services: {stock: {route: /api/stock, health: /health, private_paths: [/actuator]}}\n",
    ),
    _private_paths,
)

RULES = (UNUSED_PART, IDLE_FUNCTION, PRIVATE_PATHS)
