"""Rules about circles: services that wait for each other, functions that invoke each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from petc.diagnostics import Code, Related, Severity
from petc.model.rules.rule import Case, Found, Rule
from petc.source.suggest import closest

Graph = Mapping[str, Sequence[str]]
"""Which names each name leads to."""


def circles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """Yield a shortest circle through each name that lies on one, leaving out names that an earlier one held.

    A circle is told once, from its first name in the order of `graph`: `(a, b)` leads from a to b and back.
    """
    told: set[str] = set()
    for name in graph:
        circle = () if name in told else _circle(graph, name)
        if circle:
            told |= set(circle)
            yield circle


def _circle(graph: Graph, start: str) -> tuple[str, ...]:
    """Return the shortest way from a name back to itself, or nothing."""
    came_from: dict[str, str] = {}
    level = [start]
    while level:
        following = []
        for name in level:
            for other in graph.get(name, ()):
                if other == start:
                    return _way(came_from, start, name)
                if other not in came_from:
                    came_from[other] = name
                    following.append(other)
        level = following
    return ()


def _way(came_from: Mapping[str, str], start: str, end: str) -> tuple[str, ...]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _unknown(case: Case) -> Iterator[Found]:
    services = case.stage.services
    for service in services.values():
        for index, name in enumerate(service.after):
            if name not in services:
                meant = closest(name, (other for other in services if other != service.name))
                yield Found(
                    f"{service.at}/after/{index}",
                    f"`{name}` is no service that {service.name} could wait for",
                    f"did you mean `{meant}`?" if meant else "only services are started in order",
                )


def _order(case: Case) -> Iterator[Found]:
    services = case.stage.services
    for circle in circles({service.name: service.after for service in services.values()}):
        first, *others = circle
        successor = others[0] if others else first
        index = services[first].after.index(successor)
        yield Found(
            f"{services[first].at}/after/{index}",
            f"{_told(circle, 'waits for')}, so none would ever start",
            "remove one `after` of the circle",
            tuple(Related(f"{name} waits here", pointer=f"{services[name].at}/after") for name in others),
        )


def _calls(case: Case) -> Iterator[Found]:
    functions = case.stage.functions
    graph = {
        function.name: [name for name in function.uses if name in functions and name != function.name]
        for function in functions.values()
    }
    for circle in circles(graph):
        uses = [functions[name].uses[circle[(index + 1) % len(circle)]] for index, name in enumerate(circle)]
        yield Found(
            uses[0].at,
            f"{_told(circle, 'invokes')}: a circle that has no end but the account's concurrency",
            "remove one of the uses",
            tuple(Related("the circle goes on here", pointer=use.at) for use in uses[1:]),
            on_key=True,
        )


def _told(circle: Sequence[str], verb: str) -> str:
    """Return `a waits for b, which waits for a`."""
    first, *others = (*circle[1:], circle[0])
    return ", which ".join([f"{circle[0]} {verb} {first}", *(f"{verb} {name}" for name in others)])


UNKNOWN_SERVICE = Rule(
    Code(
        "unknown-service",
        Severity.ERROR,
        "`after` names no service",
        "`after` orders the start of services at the first deployment. Databases and the other parts are "
        "there before any service starts.",
        bad="services: {orders: {after: [orders-db]}}\n",
        good="""\
services:
  orders: {after: [stock]}
  stock: {route: /api/stock, health: /health}
""",
    ),
    _unknown,
)

CIRCULAR_ORDER = Rule(
    Code(
        "circular-order",
        Severity.ERROR,
        "services wait for each other",
        "Each would start after the other, so none could. CloudFormation refuses the template.",
        bad="""\
services:
  orders: {after: [stock]}
  stock: {route: /api/stock, health: /health, after: [orders]}
""",
        good="""\
services:
  orders: {}
  stock: {route: /api/stock, health: /health, after: [orders]}
""",
    ),
    _order,
)

CIRCULAR_CALLS = Rule(
    Code(
        "circular-calls",
        Severity.ERROR,
        "functions invoke each other in a circle",
        "One request could keep the functions calling each other until the account's concurrency is used "
        "up; Lambda's own loop detection does not see every direct invocation. Services may call each "
        "other: they answer requests, and a caller waits.",
        bad="""\
functions:
  quotes: {source: ../lambda_src/quotes, trigger: {alarms: true}, uses: {prices: {}}}
  prices: {source: ../lambda_src/prices, uses: {quotes: {}}}
""",
        good="""\
functions:
  quotes: {source: ../lambda_src/quotes, trigger: {alarms: true}, uses: {prices: {}}}
  prices: {source: ../lambda_src/prices}
""",
    ),
    _calls,
)

RULES = (UNKNOWN_SERVICE, CIRCULAR_ORDER, CIRCULAR_CALLS)
