"""Rules about routes: paths that meet, hide each other, or that the gateway cannot serve."""

from __future__ import annotations

import re
from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage
from petc.source.tree import pointer

GATEWAY_SECONDS = 29
"""Longest that the gateway waits unless its quota is raised; API Gateway Developer Guide, REST API quotas."""

_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")
"""What API Gateway takes as part of a resource's path, of what the language lets through."""


def _routes(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """Yield each public path, the part that it leads to, and where the spec says it."""
    for service in stage.services.values():
        if service.route:
            yield service.route.path, service.name, f"{service.route.at}/path"
            for index, path in enumerate(service.route.aliases):
                yield path, service.name, f"{service.route.at}/aliases" + pointer(index)
    for function in stage.functions.values():
        if function.route:
            yield function.route.path, function.name, f"{function.route.at}/path"


def _plain(path: str) -> str:
    return path.rstrip("/").lower()


def _conflicts(case: Case) -> Iterator[Found]:
    first: dict[str, tuple[str, str]] = {}
    for path, name, at in _routes(case.stage):
        if _plain(path) in first:
            other, there = first[_plain(path)]
            both = f"{name} and to {other}" if name != other else f"{name} twice"
            yield Found(
                at,
                f"`{path}` leads to {both}",
                "give one of them another path; paths that differ in case or a final slash count as the same",
                (Related(f"{other} has it here", pointer=there),),
            )
        else:
            first[_plain(path)] = (name, at)


def _below(path: str, outer: str) -> bool:
    return bool(_plain(outer)) and _plain(path).startswith(_plain(outer) + "/")


def _shadows(case: Case) -> Iterator[Found]:
    routes = tuple(_routes(case.stage))
    for path, name, at in routes:
        above = [item for item in routes if item[1] != name and _below(path, item[0])]
        if above:
            outer, other, there = max(above, key=lambda item: len(item[0]))
            yield Found(
                at,
                f"`{path}` of {name} is below `{outer}` of {other}, which never sees requests for it",
                f"the longer path wins; choose a path beside `{outer}` unless that is meant",
                (Related(f"{other} has `{outer}` here", pointer=there),),
            )


def _fault(path: str) -> str:
    """Return what is wrong with the form of a path, or nothing."""
    segments = path.split("/")[1:]
    if not any(segments):
        return "would take every request, those of other parts too"
    if not segments[-1]:
        return "ends in a slash"
    if not all(segments):
        return "holds two slashes in a row"
    if any(segment in (".", "..") for segment in segments):
        return "holds a dot segment, which clients resolve before they send it"
    unfit = next((segment for segment in segments if not _SEGMENT.fullmatch(segment)), "")
    return f"holds `{unfit}`, which API Gateway refuses in a path" if unfit else ""


def _malformed(case: Case) -> Iterator[Found]:
    for path, name, at in _routes(case.stage):
        fault = _fault(path)
        if fault:
            example = "/" + "/".join(word for word in _words(path)) if _words(path) else f"/{name}"
            yield Found(at, f"the path `{path}` of {name} {fault}", f"write `{example}`, for example")


def _words(path: str) -> list[str]:
    cleaned = (re.sub(r"[^A-Za-z0-9._-]", "", segment) for segment in path.split("/"))
    return [segment for segment in cleaned if segment.strip(".")]


def _stage_segments(case: Case) -> Iterator[Found]:
    stage = case.stage
    if not stage.load_balancer.internal:
        return
    for service in stage.services.values():
        if not service.route:
            continue
        paths = [(service.route.path, f"{service.route.at}/path")]
        paths += [
            (path, f"{service.route.at}/aliases" + pointer(index))
            for index, path in enumerate(service.route.aliases)
        ]
        for path, at in paths:
            if path.split("/")[1] == stage.gateway.stage_name:
                yield Found(
                    at,
                    f"the path `{path}` begins with `{stage.gateway.stage_name}`, the gateway's stage name",
                    "behind a VPC link the load balancer takes that segment away: choose another path,"
                    " or another `gateway.stage_name`",
                    (Related("the stage name is here", pointer="/gateway/stage_name"),),
                )


def _slow(case: Case) -> Iterator[Found]:
    for function in case.stage.functions.values():
        if function.route and function.timeout_seconds > GATEWAY_SECONDS:
            yield Found(
                f"{function.at}/timeout_seconds",
                f"{function.name} may run {function.timeout_seconds} s, but its callers get an error after"
                f" {GATEWAY_SECONDS} s",
                f"write `timeout_seconds: {GATEWAY_SECONDS - 1}` or less, and let a function without route"
                " do long work",
            )


RULES = (
    Rule(
        Code(
            "route-conflict",
            Severity.ERROR,
            "two parts have the same public path",
            "A request can go to one part only. The gateway would refuse the second resource, in the middle "
            "of a deployment.",
            bad="services: {returns: {route: /api/orders}}\n",
            good="services: {returns: {route: /api/returns}}\n",
        ),
        _conflicts,
    ),
    Rule(
        Code(
            "route-shadow",
            Severity.WARNING,
            "a path below the path of another part",
            "The longer path wins, so the part above never sees these requests, even if it serves that path "
            "too. That may be meant; accept it with an exception then.",
            bad="services: {returns: {route: /api/orders/returns}}\n",
            good="services: {returns: {route: /api/orders-returns}}\n",
        ),
        _shadows,
    ),
    Rule(
        Code(
            "route-malformed",
            Severity.ERROR,
            "a path that the gateway cannot serve as written",
            "A route is a prefix of at least one segment: no final slash, no empty and no dot segments, and "
            "only letters, digits, dots, hyphens and underscores, which is what API Gateway takes.",
            bad="services: {orders: {route: /api//orders}}\n",
            good="services: {orders: {route: /api/orders}}\n",
        ),
        _malformed,
    ),
    Rule(
        Code(
            "stage-segment",
            Severity.ERROR,
            "a path begins with the gateway's stage name",
            "Through a VPC link a request may arrive with the stage name before its path, and the load "
            "balancer takes that segment away. A route that begins with the same word would lose it.",
            bad="services: {orders: {route: /v1/orders}}\n",
            good="services: {orders: {route: /v1/orders}}\ngateway: {stage_name: live}\n",
        ),
        _stage_segments,
    ),
    Rule(
        Code(
            "slow-function",
            Severity.WARNING,
            "a function that may outlast the gateway's patience",
            "The gateway answers its callers with an error after 29 seconds, while the function runs on and "
            "costs. End the function before, so that it can answer with its own error.",
            bad="functions: {search: {source: src, route: /api/search, timeout_seconds: 60}}\n",
            good="functions: {search: {source: src, route: /api/search, timeout_seconds: 28}}\n",
        ),
        _slow,
    ),
)
