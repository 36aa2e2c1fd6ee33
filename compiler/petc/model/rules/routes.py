"""Rules about routes: paths that meet, hide each other, or lead where nobody should go."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import FunctionRoute, Route, Stage


def _routes(stage: Stage) -> Iterator[tuple[str, str, Route | FunctionRoute]]:
    """Yield each public path with the part that it leads to."""
    for service in stage.services.values():
        if service.route:
            for path in service.route.paths:
                yield path, service.name, service.route
    for function in stage.functions.values():
        if function.route:
            yield function.route.path, function.name, function.route


def _conflicts(case: Case) -> Iterator[Found]:
    first: dict[str, tuple[str, str]] = {}
    for path, name, route in _routes(case.stage):
        plain = path.rstrip("/").lower() or "/"
        if plain in first:
            other, at = first[plain]
            yield Found(
                route.at,
                f"`{path}` leads to {name} and to {other}",
                "give one of them another path; paths that differ in case or a final slash count as the same",
                (Related(f"{other} has it here", pointer=at),),
            )
        else:
            first[plain] = (name, route.at)


ROUTE_CONFLICT = Rule(
    Code(
        "route-conflict",
        Severity.ERROR,
        "two parts have the same public path",
        "A request can go to one part only. The gateway would refuse the second resource, in the middle of a "
        "deployment.",
        bad="services: {returns: {route: /api/orders}}\n",
        good="services: {returns: {route: /api/returns}}\n",
    ),
    _conflicts,
)

RULES = (ROUTE_CONFLICT,)
