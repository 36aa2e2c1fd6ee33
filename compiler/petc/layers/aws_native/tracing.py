"""X-Ray: groups of traces worth a look, and how many requests are recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from troposphere import xray

from petc import naming
from petc.layers import injection
from petc.layers.base import Draft
from petc.model import queries
from petc.model.types import Stage

NAME_LIMIT = 32
"""Characters in the name of a group or a sampling rule; AWS X-Ray API reference, CreateGroup."""
EXPRESSION_LIMIT = 1000
"""Characters that we let the scope of one group take; parts that do not fit get a group of their own."""
PRIORITY = 1000
"""Below this, a rule that someone adds by hand to look closer wins."""


def add_tracing(draft: Draft) -> None:
    """Add the groups and the sampling rule when anything is traced."""
    stage = draft.stage
    scopes = tuple(_scopes(entries(stage)))
    for index, scope in enumerate(scopes):
        number = "" if len(scopes) == 1 else str(index + 1)
        _group(draft, f"all{number}", scope, "every trace of this system")
        _group(
            draft, f"faults{number}", f"({scope}) AND (fault = true OR error = true)", "traces with errors"
        )
        seconds = stage.monitoring.alarms.latency_ms / 1000
        if seconds:
            slow = f"({scope}) AND responsetime > {seconds:g}"
            _group(draft, f"slow{number}", slow, "traces slower than the latency alarm")
    if scopes:
        _sampling(draft)


def entries(stage: Stage) -> tuple[str, ...]:
    """Return the names by which X-Ray knows the traced parts where a trace of this system may begin.

    What stands behind a traced gateway is part of the gateway's traces, so it is not named.
    """
    found = []
    behind_gateway = stage.gateway.tracing and queries.has_gateway(stage)
    if behind_gateway:
        found.append(f"{stage.name}-{stage.stage}/{stage.gateway.stage_name}")
    for function in stage.functions.values():
        if function.tracing and not (behind_gateway and function.route and not function.trigger):
            found.append(injection.function_name(stage, function.name))
    for service in stage.services.values():
        if service.tracing and not (behind_gateway and service.route):
            found.append(service.name)
    return tuple(found)


def _scopes(names: tuple[str, ...]) -> Iterator[str]:
    held: list[str] = []
    for name in names:
        condition = f'service("{name}")'
        if held and len(" OR ".join([*held, condition])) > EXPRESSION_LIMIT:
            yield " OR ".join(held)
            held = []
        held.append(condition)
    if held:
        yield " OR ".join(held)


def _group(draft: Draft, kind: str, expression: str, why: str) -> None:
    draft.add(
        xray.Group(
            naming.logical_id("TraceGroup", kind),
            GroupName=_short(f"{draft.stage.name}-{draft.stage.stage}-{kind}"),
            FilterExpression=expression,
            InsightsConfiguration=xray.InsightsConfiguration(
                InsightsEnabled=True, NotificationsEnabled=False
            ),
        ),
        "/monitoring",
        why=why,
    )


def _sampling(draft: Draft) -> None:
    stage = draft.stage
    draft.add(
        xray.SamplingRule(
            "Sampling",
            SamplingRule=xray.SamplingRuleProperty(
                RuleName=_short(f"{stage.name}-{stage.stage}"),
                Version=1,
                Priority=PRIORITY,
                # One request a second is always recorded, so that a quiet system is not blind.
                ReservoirSize=1,
                FixedRate=stage.monitoring.sampling_percent / 100,
                ServiceName=f"{stage.name}-{stage.stage}*",
                ServiceType="*",
                Host="*",
                HTTPMethod="*",
                URLPath="*",
                ResourceARN="*",
            ),
        ),
        "/monitoring/sampling_percent",
        why="share of requests to this system that is recorded",
    )


def _short(name: str) -> str:
    if len(name) <= NAME_LIMIT:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: NAME_LIMIT - 7]}-{digest}"
