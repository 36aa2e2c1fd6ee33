"""The latency alarms ring for slow services, not for a chat that takes seconds by design, nor for a few calls."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from petc.layers.api_gateway import gateway_paths
from petc.layers.monitoring import layer as monitoring
from petc.model.components import Function
from petc.model.types import Stage
from tests.layers.rendered import properties, resources

Calls = Mapping[tuple[str, str], Sequence[int]]
"""Milliseconds of each call in a period, by path of the resource and method."""

GENAI = ("/api/genai/{proxy+}", "POST")
VETS = ("/api/vets", "ANY")


def value(alarm: Mapping[str, Any], calls: Calls) -> float | None:
    """Return what the alarm's formula gives for these calls; None where CloudWatch has no data."""
    data: dict[str, float] = {}
    formula = ""
    for query in alarm["Metrics"]:
        if "Expression" in query:
            formula = query["Expression"]
            continue
        stat, metric = query["MetricStat"]["Stat"], query["MetricStat"]["Metric"]
        named = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
        seen = [
            span
            for (resource, method), spans in calls.items()
            for span in spans
            if "Resource" not in named or (named["Resource"], named["Method"]) == (resource, method)
        ]
        if seen and stat == "SampleCount":
            data[query["Id"]] = len(seen)
        elif seen:
            low, high = map(int, re.fullmatch(r"PR\((\d+):(\d+)\)", stat).groups())  # type: ignore[union-attr]
            data[query["Id"]] = 100 * sum(low < span <= high for span in seen) / len(seen)
    # CloudWatch evaluates to nothing where an operand has no data; FILL and IF are its functions.
    names = {name: data.get(name) for name in re.findall(r"\w+_(?:calls|quick)", formula)}
    try:
        found: float = eval(
            re.sub(r"\bIF\(", "chosen(", formula),
            {
                "FILL": lambda held, given: given if held is None else held,
                "chosen": lambda a, b, c: b if a else c,
            },
            names,
        )
    except (TypeError, ZeroDivisionError):
        return None
    return found


def rings(stage: Stage, calls: Calls) -> bool:
    alarm = properties(monitoring.emit(stage), "GatewayLatencyAlarm")
    found = value(alarm, calls)
    return found is not None and found >= alarm["Threshold"]


def without_routes_of_functions(stage: Stage) -> Stage:
    functions = {
        name: function if not function.route else dataclasses.replace(function, route=None)
        for name, function in stage.functions.items()
    }
    return dataclasses.replace(stage, functions=functions)


def test_a_handful_of_chats_does_not_ring(dev: Stage) -> None:
    assert not rings(dev, {VETS: [80] * 40, GENAI: [9_000] * 10})


def test_slow_services_ring_also_among_many_quick_answers_of_functions(dev: Stage) -> None:
    assert rings(dev, {VETS: [80] * 30 + [5_000] * 10, GENAI: [100] * 500})


def test_slow_services_below_the_share_do_not_ring(dev: Stage) -> None:
    assert not rings(dev, {VETS: [80] * 99 + [5_000]})


def test_a_few_calls_say_nothing_and_end_an_alarm(dev: Stage) -> None:
    """Neither data nor a value above the threshold, so that a ringing alarm goes back to OK."""
    alarm = properties(monitoring.emit(dev), "GatewayLatencyAlarm")

    assert value(alarm, {VETS: [5_000] * 3}) == 0
    assert value(alarm, {GENAI: [9_000] * 30}) in (0, None)
    assert value(alarm, {}) is None and alarm["TreatMissingData"] == "notBreaching"


def test_every_method_of_a_slow_function_is_left_out(dev: Stage) -> None:
    alarm = properties(monitoring.emit(dev), "GatewayLatencyAlarm")
    named = [
        {item["Name"]: item["Value"] for item in query["MetricStat"]["Metric"]["Dimensions"]}
        for query in alarm["Metrics"]
        if "MetricStat" in query
    ]
    paths = {path.text for path in gateway_paths.public_paths(dev) if isinstance(path.target, Function)}

    assert {item["Resource"] for item in named if "Resource" in item} == {
        resource for path in paths for resource in (path, f"{path}/{{proxy+}}")
    }
    assert len(named) <= 10


def test_without_slow_functions_the_whole_stage_is_counted(dev: Stage) -> None:
    alarm = properties(monitoring.emit(without_routes_of_functions(dev)), "GatewayLatencyAlarm")

    assert len(alarm["Metrics"]) == 3
    assert rings(without_routes_of_functions(dev), {VETS: [5_000] * 40})


def test_more_methods_than_one_alarm_takes_are_watched_at_the_load_balancer_only(dev: Stage) -> None:
    genai = dev.functions["genai"]
    assert genai.route
    wide = dataclasses.replace(genai.route, methods=("GET", "POST", "PUT", "PATCH", "DELETE"))
    many = dataclasses.replace(
        dev, functions={**dev.functions, "genai": dataclasses.replace(genai, route=wide)}
    )
    found = resources(monitoring.emit(many))

    assert "GatewayLatencyAlarm" not in found
    assert "ServiceLatencyAlarmVetsService" in found


def test_few_services_beside_many_methods_of_functions_are_added_up(dev: Stage) -> None:
    genai = dev.functions["genai"]
    assert genai.route
    wide = dataclasses.replace(genai.route, methods=("GET", "POST", "PUT", "PATCH", "DELETE"))
    vets = dev.services["vets-service"]
    assert vets.route
    alone = dataclasses.replace(vets, route=dataclasses.replace(vets.route, aliases=()))
    few = dataclasses.replace(
        dev,
        services={"vets-service": alone},
        functions={"genai": dataclasses.replace(genai, route=wide)},
    )

    assert rings(few, {VETS: [5_000] * 40, ("/api/genai", "PUT"): [10] * 500})
    assert not rings(few, {VETS: [80] * 40, ("/api/genai", "PUT"): [9_000] * 10})


def test_a_percentile_of_a_service_counts_only_with_enough_calls(dev: Stage) -> None:
    alarm = properties(monitoring.emit(dev), "ServiceLatencyAlarmVetsService")
    (formula,) = (query["Expression"] for query in alarm["Metrics"] if "Expression" in query)

    assert formula == "IF(calls >= 20, slowest, 0)"
