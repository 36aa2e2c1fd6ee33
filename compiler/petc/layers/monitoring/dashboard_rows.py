"""The rows of the dashboard: one group of charts for each kind of part, in the order in which requests pass.

A chart shows one question for all parts of a kind, so that the one that differs stands out.
"""

from __future__ import annotations

from collections.abc import Iterable

from petc.layers.base import Draft
from petc.layers.monitoring import metrics, widgets
from petc.layers.monitoring.metrics import Series
from petc.layers.monitoring.widgets import COUNTED, Line, Widget, chart
from petc.model import queries
from petc.model.catalogue import max_connections
from petc.model.components import Database

Rows = list[list[Widget]]

CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront publishes; Amazon CloudFront Developer Guide, "Monitoring with Amazon CloudWatch"."""


def entrance(draft: Draft) -> Rows:
    """Return what callers see, at the distribution, the gateway and the load balancer."""
    stage = draft.stage
    charts = [*_distribution(draft), *_gateway(draft), *_balancer(draft)]
    return (
        _group("Entrance: what callers see", charts) if stage.frontend or queries.has_gateway(stage) else []
    )


def services(draft: Draft) -> Rows:
    """Return the services' utilisation, tasks and answers."""
    stage, alarms = draft.stage, draft.stage.monitoring.alarms
    every, routed = stage.services.values(), queries.routed_services(stage)
    if not every:
        return []

    def of_all(name: str, statistic: str) -> list[Line]:
        return [Line(service.name, metrics.of_service(draft, service, name, statistic)) for service in every]

    def of_routed(name: str, statistic: str) -> list[Line]:
        return [Line(service.name, metrics.of_targets(draft, service, name, statistic)) for service in routed]

    charts = [
        chart("CPU, percent", of_all("CPUUtilization", "Average"), limits={"alarm": alarms.cpu_percent}),
        chart(
            "Memory of the fullest task, percent",
            of_all("MemoryUtilization", "Maximum"),
            limits={"alarm": alarms.memory_percent},
        ),
    ]
    if stage.monitoring.container_insights != "disabled":
        running = [
            Line(service.name, metrics.of_tasks(draft, service, "RunningTaskCount", "Maximum"))
            for service in every
        ]
        charts.append(chart("Running tasks", running))
    if routed:
        limit = {"alarm": alarms.latency_ms / 1000}
        errors = {"alarm": alarms.errors_per_5_minutes}
        counted = of_routed("HTTPCode_Target_5XX_Count", "Sum")
        charts += [
            chart("Response time p95, seconds", of_routed("TargetResponseTime", "p95"), limits=limit),
            chart("Server errors (5xx)", counted, period=COUNTED, limits=errors),
            chart("Requests", of_routed("RequestCount", "Sum"), period=COUNTED),
            chart("Unhealthy hosts", of_routed("UnHealthyHostCount", "Maximum")),
        ]
    return _group("Services", charts)


def databases(draft: Draft) -> Rows:
    """Return the databases' capacity, connections, latency and replication."""
    alarms = draft.stage.monitoring.alarms
    found = tuple(draft.stage.databases.values())
    if not found:
        return []

    def by_role(name: str, statistic: str = "Average") -> list[Line]:
        return _by_role(draft, found, name, statistic)

    latencies = [
        Line(f"{database.name} {word}", metrics.of_database(draft, database, name, "Average", "WRITER"))
        for database in found
        for word, name in (("reads", "SelectLatency"), ("writes", "DMLLatency"), ("commits", "CommitLatency"))
    ]
    refused = {
        f"alarm {database.name}": max_connections(database) * alarms.connections_percent / 100
        for database in found
    }
    charts = [
        chart("Capacity, units", by_role("ServerlessDatabaseCapacity")),
        chart("Capacity, percent of the largest", by_role("ACUUtilization"), limits={"all of it": 100}),
        chart("CPU, percent", by_role("CPUUtilization"), limits={"alarm": alarms.cpu_percent}),
        chart("Connections", by_role("DatabaseConnections", "Maximum"), limits=refused),
        chart("Latency of statements, milliseconds", latencies),
        chart("Deadlocks per second", by_role("Deadlocks")),
    ]
    lagging = [
        Line(database.name, metrics.of_database(draft, database, "AuroraReplicaLagMaximum", "Maximum"))
        for database in found
        if database.readers
    ]
    if lagging:
        charts.append(chart("Replica lag, milliseconds", lagging, limits={"alarm": alarms.latency_ms}))
    return _group("Databases", charts)


def functions(draft: Draft) -> Rows:
    """Return the functions' invocations and what became of them."""
    stage, alarms = draft.stage, draft.stage.monitoring.alarms
    every = stage.functions.values()
    if not every:
        return []

    def of_all(name: str, statistic: str) -> list[Line]:
        return [
            Line(function.name, metrics.of_function(draft, function, name, statistic)) for function in every
        ]

    def counted(title: str, name: str, limit: int = 0) -> Widget:
        return chart(title, of_all(name, "Sum"), period=COUNTED, limits={"alarm": limit})

    charts = [
        counted("Invocations", "Invocations"),
        counted("Errors", "Errors", alarms.errors_per_5_minutes),
        chart("Duration p95, milliseconds", of_all("Duration", "p95")),
        counted("Throttles", "Throttles", alarms.throttles_per_5_minutes),
        chart("Concurrent executions", of_all("ConcurrentExecutions", "Maximum")),
    ]
    kept = [
        Line(
            function.name,
            metrics.of_dead_letters(draft, function, "ApproximateNumberOfMessagesVisible", "Maximum"),
        )
        for function in every
        if function.trigger.is_event
    ]
    if kept:
        charts.append(chart("Dead letters", kept, period=COUNTED, limits={"alarm": alarms.dead_letters}))
    return _group("Functions", charts)


def _distribution(draft: Draft) -> list[Widget]:
    if not draft.stage.frontend:
        return []
    shares = [("4xx", "4xxErrorRate"), ("5xx", "5xxErrorRate")]
    requests = [Line("requests", metrics.of_distribution(draft, "Requests", "Sum"))]
    failed = [Line(word, metrics.of_distribution(draft, name, "Average")) for word, name in shares]
    return [
        chart("Site: requests", requests, period=COUNTED, region=CLOUDFRONT_REGION),
        chart("Site: errors, percent", failed, period=COUNTED, region=CLOUDFRONT_REGION),
    ]


def _gateway(draft: Draft) -> list[Widget]:
    if not queries.has_gateway(draft.stage):
        return []
    alarms = draft.stage.monitoring.alarms

    def gateway(name: str, statistic: str) -> Series:
        return metrics.of_gateway(draft, name, statistic)

    failed = [
        Line("4xx", gateway("4XXError", "Sum"), right=True),
        Line("5xx", gateway("5XXError", "Sum")),
    ]
    spans = [
        Line("p50", gateway("Latency", "p50")),
        Line("p95", gateway("Latency", "p95")),
        Line("p95 behind the gateway", gateway("IntegrationLatency", "p95")),
    ]
    # The mean of a metric that is 0 or 1 for each request is its share.
    shares = [Line("4xx", gateway("4XXError", "Average")), Line("5xx", gateway("5XXError", "Average"))]
    return [
        chart("API: requests", [Line("requests", gateway("Count", "Sum"))], period=COUNTED),
        chart("API: errors", failed, period=COUNTED, limits={"alarm": alarms.errors_per_5_minutes}),
        chart("API: share of requests that fail", shares, period=COUNTED),
        chart("API: latency, milliseconds", spans, limits={"slow": alarms.latency_ms}),
    ]


def _balancer(draft: Draft) -> list[Widget]:
    if not queries.routed_services(draft.stage):
        return []
    alarms = draft.stage.monitoring.alarms

    def balancer(name: str, statistic: str) -> Series:
        return metrics.of_balancer(draft, name, statistic)

    counts = (("its own", "HTTPCode_ELB_5XX_Count"), ("of services", "HTTPCode_Target_5XX_Count"))
    failed = [Line(word, balancer(name, "Sum")) for word, name in counts]
    spans = [Line(name, balancer("TargetResponseTime", name)) for name in metrics.PERCENTILES]
    limit = {"alarm": alarms.errors_per_5_minutes}
    return [
        chart("Load balancer: requests", [Line("requests", balancer("RequestCount", "Sum"))], period=COUNTED),
        chart("Load balancer: server errors (5xx)", failed, period=COUNTED, limits=limit),
        chart("Load balancer: response time, seconds", spans, limits={"alarm": alarms.latency_ms / 1000}),
    ]


def _by_role(draft: Draft, found: Iterable[Database], name: str, statistic: str) -> list[Line]:
    return [
        Line(f"{database.name} {role.lower()}", metrics.of_database(draft, database, name, statistic, role))
        for database in found
        for role in (("WRITER", "READER") if database.readers else ("WRITER",))
    ]


def _group(title: str, charts: list[Widget]) -> Rows:
    return [[widgets.heading(title)], charts]
