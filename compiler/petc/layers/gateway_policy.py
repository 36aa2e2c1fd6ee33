"""Who may call which public path: the resource policy of the REST API.

Written from what is allowed: a path that no statement names is refused, so another spelling of a closed path
leads nowhere. The refusals repeat the closed paths, for the case that a closed path lies below an open one.
"""

from __future__ import annotations

from awacs import execute_api
from awacs.aws import Allow, Condition, Deny, IpAddress, NotIpAddress, PolicyDocument, Principal, Statement

from petc.layers import gateway_paths, iam
from petc.layers.gateway_paths import PublicPath
from petc.model.types import Stage

REASONS = {
    "Open": "the routes are public: whoever calls them needs no AWS identity",
}


def policy(stage: Stage) -> PolicyDocument:
    """Return the policy; API Gateway completes `execute-api:/…` with region, account and API.

    Source: API Gateway Developer Guide, "API Gateway resource policy examples".
    """
    name = stage.gateway.stage_name
    statements: list[Statement] = []
    prefixes = gateway_paths.open_prefixes(stage)
    if prefixes:
        resources = [arn for prefix in prefixes for arn in _below(name, prefix)]
        statements.append(_statement("Open", Allow, resources))
    for path in gateway_paths.public_paths(stage):
        if path.admit:
            statements += _closed(name, path)
    return iam.policy(*statements)


def reasons(stage: Stage) -> dict[str, str]:
    """Return the reason for each `*` by Sid."""
    closed = {
        gateway_paths.path_id(role, path.segments): "the condition on the address says who"
        for path in gateway_paths.public_paths(stage)
        if path.admit
        for role in ("Admit", "Refuse")
    }
    return {**(REASONS if gateway_paths.open_prefixes(stage) else {}), **closed}


def _closed(name: str, path: PublicPath) -> list[Statement]:
    ranges = {"aws:SourceIp": list(path.admit)}
    admit = gateway_paths.path_id("Admit", path.segments)
    refuse = gateway_paths.path_id("Refuse", path.segments)
    return [
        _statement(admit, Allow, _below(name, path.segments), Condition(IpAddress(ranges))),
        _statement(refuse, Deny, _below("*", path.segments), Condition(NotIpAddress(ranges))),
    ]


def _below(stage_name: str, segments: tuple[str, ...]) -> list[str]:
    """Return the paths of all methods at a prefix and below it."""
    root = "/".join((f"execute-api:/{stage_name}/*", *segments))
    return [root, f"{root}/*"]


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
