"""The public paths of a stage: which part answers below each, and which only some addresses may call."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from troposphere import Sub

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.model import queries
from petc.model.components import Function, Service
from petc.model.types import Stage

LOG_GROUP = "gateway"
"""Last part of the name of the gateway's log group, below `/<name>/<stage>`."""


_PLAIN = re.compile(r"[a-z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class PublicPath:
    """A path prefix and the part that answers there and below.

    `segments` are the prefix without its slashes; none means the root. `admit` lists IPv4 ranges, and an
    empty list admits everybody. `at` points at the route in the spec.
    """

    segments: tuple[str, ...]
    target: Service | Function
    route: str
    admit: tuple[str, ...]
    at: str = field(compare=False)

    @property
    def text(self) -> str:
        """The prefix with slashes, for example `/api/orders`; the root is empty."""
        return "".join(f"/{segment}" for segment in self.segments)


def public_paths(stage: Stage) -> tuple[PublicPath, ...]:
    """Return every public prefix: services' paths and aliases, then functions', in the order of the spec."""
    found = []
    for service in queries.routed_services(stage):
        route = service.route
        assert route
        found += [
            PublicPath(_segments(path), service, route.path, route.admit, route.at) for path in route.paths
        ]
    for function in queries.routed_functions(stage):
        called = function.route
        assert called
        found.append(PublicPath(_segments(called.path), function, called.path, called.admit, called.at))
    return tuple(found)


def open_prefixes(stage: Stage) -> tuple[tuple[str, ...], ...]:
    """Return few prefixes that cover every path open to all and, where the spec allows it, no closed one.

    Each is the shortest beginning of an open path, of one segment at least, with no closed path below.
    """
    paths = public_paths(stage)
    closed = [path.segments for path in paths if path.admit]
    chosen = []
    for path in paths:
        if path.admit:
            continue
        lengths = range(min(1, len(path.segments)), len(path.segments))
        beginnings = (path.segments[:length] for length in lengths)
        free = (item for item in beginnings if not any(covers(item, other) for other in closed))
        chosen.append(next(free, path.segments))
    unique = dict.fromkeys(chosen)
    return tuple(
        item for item in unique if not any(other != item and covers(other, item) for other in unique)
    )


def path_id(role: str, segments: tuple[str, ...]) -> str:
    """Return the logical id for a path; two paths never share one.

    Segments that are not plain lower-case words would run into each other, so their paths carry a digest.
    """
    title = naming.logical_id(role, *segments)
    if all(_PLAIN.fullmatch(segment) for segment in segments):
        return title
    return title + hashlib.sha256("/".join(segments).encode()).hexdigest()[:6]


def api_domain(draft: Draft) -> Any:
    """Return the expression for the API's own domain name, for a layer that imports the API."""
    return Sub("${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}", Api=draft.imported(contracts.API_ID))


def log_group_name(stage: Stage) -> str:
    """Return the name of the gateway's access log, for example `/shop/dev/gateway`."""
    return f"{stage.root}/{LOG_GROUP}"


def _segments(path: str) -> tuple[str, ...]:
    return tuple(segment for segment in path.split("/") if segment)


def covers(prefix: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Return whether a path lies at a prefix or below it."""
    return path[: len(prefix)] == prefix
