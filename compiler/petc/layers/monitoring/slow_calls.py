"""The latency alarms: the share of slow calls, and percentiles of enough calls to mean something.

A function such as a chat takes seconds by design, and its own alarm tells when it comes near its timeout. So the
gateway's calls are counted without those functions. A percentile cannot be taken apart, a count can: for each method
AWS tells the number of calls and, as percentile rank, the share of them within a limit; Amazon CloudWatch User
Guide, "CloudWatch statistics definitions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from petc.layers.api_gateway import gateway_paths
from petc.layers.api_gateway.gateway_paths import PublicPath
from petc.layers.base import Draft
from petc.layers.monitoring import metrics
from petc.layers.monitoring.alarms import SOON, AlarmWatch, MissingData
from petc.layers.monitoring.metrics import Series
from petc.model.components import Function
from petc.model.types import Stage

SLOW_PERCENT = 5
"""Share of slow calls from which on the alarm rings: then the 95th percentile is slow too."""

ENOUGH_CALLS = 20
"""Calls in one period below which nothing is said, as one of them would be 5 %.

CloudWatch's own answer to few samples (`EvaluateLowSampleCountPercentile: ignore`) waits for 200 of them at the 95th
percentile and keeps an alarm that rings ringing till then; Amazon CloudWatch User Guide, "Percentile-based alarms and
low data samples".
"""

_METRICS_AT_MOST = 10
"""Metrics in one alarm; Amazon CloudWatch User Guide, "Create an alarm based on a metric math expression"."""

_Method = tuple[str, str]
"""A resource's path as its metrics bear it, and the HTTP method."""


def of_gateway(draft: Draft) -> tuple[AlarmWatch, ...]:
    """Return the alarm on slow calls of the API, without functions that may take longer than the limit.

    Either these are left out of the whole, or the others are added up, whichever fits into one alarm. Where neither
    does there is no such alarm; each service has one at the load balancer.
    """
    limit = draft.stage.monitoring.alarms.latency_ms
    slow, other = _methods(draft.stage, limit)
    fits = _METRICS_AT_MOST // 2
    if not limit or not other:
        return ()
    counted: dict[str, _Method | None] = {}
    without: dict[str, _Method | None] = {}
    if len(slow) < fits:
        counted["all"] = None
        without.update((f"f{n}", method) for n, method in enumerate(slow))
    elif len(other) <= fits:
        counted.update((f"m{n}", method) for n, method in enumerate(other))
    else:
        return ()
    return (
        AlarmWatch(
            kind="gateway",
            key="",
            what="latency",
            watched=_watched(draft, {**counted, **without}, limit),
            formula=_formula(tuple(counted), tuple(without)),
            threshold=SLOW_PERCENT,
            window=SOON,
            missing=MissingData.GOOD,
            text=f"API calls that lead to services take longer than {limit} ms, in percent"
            if slow
            else f"API calls take longer than {limit} ms, in percent",
            first="Compare Latency with IntegrationLatency: the rest lies behind the gateway",
            at="/gateway",
        ),
    )


def guarded(slowest: Series, calls: Series) -> tuple[Mapping[str, Series], str]:
    """Return what to watch, and the formula, for a percentile that counts only with enough calls in a period."""
    return {"slowest": slowest, "calls": calls}, f"IF(calls >= {ENOUGH_CALLS}, slowest, 0)"


def _methods(stage: Stage, limit: int) -> tuple[list[_Method], list[_Method]]:
    """Return the methods of functions that may take longer than the limit, and all others."""
    slow: list[_Method] = []
    other: list[_Method] = []
    for path in gateway_paths.public_paths(stage):
        lasting = isinstance(path.target, Function) and path.target.timeout_seconds * 1000 > limit
        (slow if lasting else other).extend(_of_path(path))
    return slow, other


def _of_path(path: PublicPath) -> Iterator[_Method]:
    names: tuple[str, ...] = ("ANY",)
    if isinstance(path.target, Function):
        assert path.target.route
        names = path.target.route.methods
    for name in names:
        yield path.text or "/", name
        yield f"{path.text}/{{proxy+}}", name


def _watched(draft: Draft, methods: Mapping[str, _Method | None], limit: int) -> Mapping[str, Series]:
    found = {}
    for name, method in methods.items():
        for suffix, statistic in (("calls", "SampleCount"), ("quick", f"PR(0:{limit})")):
            found[f"{name}_{suffix}"] = (
                metrics.of_gateway(draft, "Latency", statistic)
                if method is None
                else metrics.of_method(draft, *method, "Latency", statistic)
            )
    return found


def _formula(counted: tuple[str, ...], without: tuple[str, ...]) -> str:
    """Return the share of slow calls in percent; 0 of too few calls, and nothing where there was none.

    A method that nobody called publishes nothing, which `FILL` reads as no call.
    """
    filled = "{}_calls" if counted == ("all",) else "FILL({}_calls, 0)"
    calls = " + ".join(filled.format(name) for name in counted)
    calls += "".join(f" - FILL({name}_calls, 0)" for name in without)
    slow = " + ".join(f"{filled.format(name)} * (100 - FILL({name}_quick, 100))" for name in counted)
    slow += "".join(f" - FILL({name}_calls, 0) * (100 - FILL({name}_quick, 100))" for name in without)
    return f"IF(({calls}) >= {ENOUGH_CALLS}, ({slow}) / ({calls}), 0)"
