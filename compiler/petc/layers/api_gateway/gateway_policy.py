"""Who may call which public path: the resource policy of the REST API.

Written from what is allowed: a path that no statement names is refused, so another spelling of a closed path
leads nowhere. The refusals repeat the closed paths, for the case that a closed path lies below an open one.
They would also refuse what lies deeper: where that is open to others, what is allowed must do alone.
"""

from __future__ import annotations

from awacs import execute_api
from awacs.aws import Allow, Condition, Deny, IpAddress, NotIpAddress, PolicyDocument, Principal, Statement

from petc.layers import iam
from petc.layers.api_gateway import gateway_paths
from petc.layers.api_gateway.gateway_paths import PublicPath
from petc.model.types import Stage

METHODS = ("???", "????", "?????", "??????", "???????")
"""HTTP methods by their length, GET to OPTIONS: a `*` would also take in what stands between slashes."""

PREFIXES_AT_MOST = 4
"""Open prefixes that are named one by one: a policy has 8,192 bytes; "Quotas for REST APIs"."""

_OPEN = "the routes are public: whoever calls them needs no AWS identity"
_CLOSED = "the condition on the address says who"


def policy(stage: Stage) -> PolicyDocument:
    """Return the policy; API Gateway completes `execute-api:/…` with region, account and API.

    Source: API Gateway Developer Guide, "API Gateway resource policy examples".
    """
    paths = gateway_paths.public_paths(stage)
    statements: list[Statement] = []
    if not all(path.admit for path in paths):
        statements.append(_statement("Open", Allow, _open(stage)))
    for path in paths:
        if path.admit:
            statements += _closed(stage, path)
    return iam.policy(*statements)


def reasons(stage: Stage) -> dict[str, str]:
    """Return the reason for each `*` by Sid."""
    sids = (statement.properties["Sid"] for statement in policy(stage).properties["Statement"])
    return {sid: _OPEN if sid == "Open" else _CLOSED for sid in sids}


def _open(stage: Stage) -> list[str]:
    """Return what everybody may call: the whole stage if nothing in it is closed.

    Also where very many paths are open, as long as each closed one has its refusal.
    """
    prefixes = gateway_paths.open_prefixes(stage)
    closed = [path for path in gateway_paths.public_paths(stage) if path.admit]
    refused = all(_refusable(stage, path) for path in closed)
    if not closed or (refused and len(prefixes) > PREFIXES_AT_MOST):
        return [f"execute-api:/{stage.gateway.stage_name}/*"]
    return [arn for prefix in prefixes for arn in _below(stage, prefix)]


def _closed(stage: Stage, path: PublicPath) -> list[Statement]:
    ranges = {"aws:SourceIp": list(path.admit)}
    admit = gateway_paths.path_id("Admit", path.segments)
    refuse = gateway_paths.path_id("Refuse", path.segments)
    named = f"execute-api:/{stage.gateway.stage_name}/*{path.text}"
    statements = [_statement(admit, Allow, [named, f"{named}/*"], Condition(IpAddress(ranges)))]
    if _refusable(stage, path):
        refused = _below(stage, path.segments)
        statements.append(_statement(refuse, Deny, refused, Condition(NotIpAddress(ranges))))
    return statements


def _refusable(stage: Stage, path: PublicPath) -> bool:
    """Return whether all that lies below a closed path is closed in the same way."""
    return all(
        other.admit == path.admit
        for other in gateway_paths.public_paths(stage)
        if gateway_paths.covers(path.segments, other.segments)
    )


def _below(stage: Stage, segments: tuple[str, ...]) -> list[str]:
    """Return exactly the paths of all methods at a prefix and below it."""
    start = f"execute-api:/{stage.gateway.stage_name}"
    roots = ["/".join((start, method, *segments)) for method in METHODS]
    return [arn for root in roots for arn in (root, f"{root}/*")]


def _statement(sid: str, effect: str, resources: list[str], condition: Condition | None = None) -> Statement:
    optional = {"Condition": condition} if condition else {}
    return Statement(
        Sid=sid,
        Effect=effect,
        Principal=Principal("*"),
        Action=[execute_api.Invoke],
        Resource=resources,
        **optional,
    )
