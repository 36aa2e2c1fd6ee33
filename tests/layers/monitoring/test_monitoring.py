from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from petc.layers import (
    application,
    aws_native,
    database,
    frontend,
    functions,
    notification,
)
from petc.layers.api_gateway import layer as api_gateway
from petc.layers.base import LayerTemplate
from petc.layers.monitoring import layer as monitoring
from petc.layers.monitoring import widgets
from petc.model.catalogue import max_connections
from petc.model.types import Stage
from petc.verify import alarms as verification
from petc.verify import metrics
from petc.verify.rendered import Rendered, View
from tests import specs
from tests.layers.rendered import properties, resources

SMALL = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
services:
  worker: {image: {uri: "public.ecr.aws/shop/worker:1"}, port: 8080}
monitoring: {container_insights: disabled}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""
TOPIC = {"Fn::ImportValue": "petclinic-dev-notification-TopicArn"}
CUSTOMERS = "petclinic-dev-application-ServiceNameCustomersService"
ALARM = "AWS::CloudWatch::Alarm"

BEFORE = (database, functions, application, api_gateway, notification, frontend, aws_native)
"""The layers that this one imports from."""


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return monitoring.emit(dev)


def dimensions(metric: Mapping[str, Any]) -> dict[str, Any]:
    return {item["Name"]: item["Value"] for item in metric["Dimensions"]}


def imported(name: str) -> dict[str, str]:
    return {"Fn::ImportValue": f"petclinic-dev-{name}"}


def with_alarms(stage: Stage, **thresholds: int) -> LayerTemplate:
    alarms = dataclasses.replace(stage.monitoring.alarms, **thresholds)
    return monitoring.emit(
        dataclasses.replace(stage, monitoring=dataclasses.replace(stage.monitoring, alarms=alarms))
    )


def many(dev: Stage, count: int, called: int | None = None) -> Stage:
    """The stage with so many copies of one routed service, and as many (or `called`) of one function."""
    service, function = dev.services["customers-service"], dev.functions["slack-notifier"]
    services = {f"s{n}": dataclasses.replace(service, name=f"s{n}", key=f"s{n}") for n in range(count)}
    copies = {
        f"f{n}": dataclasses.replace(function, name=f"f{n}", key=f"f{n}")
        for n in range(count if called is None else called)
    }
    return dataclasses.replace(dev, services=services, functions=copies)


def body(layer: LayerTemplate) -> dict[str, Any]:
    """Return the dashboard with its references left as they are."""
    text, _ = properties(layer, "Dashboard")["DashboardBody"]["Fn::Sub"]
    found: dict[str, Any] = json.loads(text)
    return found


def shown(layer: LayerTemplate, kind: str = "metric") -> dict[str, Any]:
    """Return the properties of the dashboard's widgets of a kind, by title."""
    return {
        item["properties"]["title"]: item["properties"]
        for item in body(layer)["widgets"]
        if item["type"] == kind
    }


def charted(layer: LayerTemplate) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield namespace, name and dimensions of every metric on the dashboard."""
    for chart in shown(layer).values():
        for namespace, name, *rest in chart["metrics"]:
            yield namespace, name, dict(zip(rest[:-1:2], rest[1:-1:2], strict=True))


def view(stage: Stage) -> View:
    emitted = [module.emit(stage) for module in (*BEFORE, monitoring)]
    return tuple(Rendered(item.layer, f"{item.stem}.yaml", item.template, 0, "") for item in emitted)


def test_alarms_on_cpu(reference: LayerTemplate) -> None:
    of_service = properties(reference, "ServiceCpuAlarmCustomersService")
    of_database = properties(reference, "DatabaseCpuAlarmClinic")

    assert dimensions(of_service) == {
        "ClusterName": imported("application-ClusterName"),
        "ServiceName": {"Fn::ImportValue": CUSTOMERS},
    }
    assert (of_service["MetricName"], of_service["Threshold"]) == ("CPUUtilization", 80)
    assert dimensions(of_database) == {"DBClusterIdentifier": imported("database-ClusterIdClinic")}
    assert of_database["TreatMissingData"] == "breaching"


def test_alarms_on_memory(reference: LayerTemplate) -> None:
    alarm = properties(reference, "ServiceMemoryAlarmVetsService")

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == (
        "AWS/ECS",
        "MemoryUtilization",
        85,
    )


def test_alarms_on_error_rate_count_answers_and_refused_calls_of_a_service(reference: LayerTemplate) -> None:
    result, *counted = properties(reference, "ServiceErrorsAlarmCustomersService")["Metrics"]

    assert result["Expression"] == "FILL(answered, 0) + FILL(refused, 0)"
    assert [item["MetricStat"]["Metric"]["MetricName"] for item in counted] == [
        "HTTPCode_Target_5XX_Count",
        "TargetConnectionErrorCount",
    ]
    assert dimensions(counted[0]["MetricStat"]["Metric"]) == {
        "LoadBalancer": imported("application-LoadBalancerFullName"),
        "TargetGroup": imported("application-TargetGroupFullNameCustomersService"),
    }


@pytest.mark.parametrize(
    ("alarm", "metric"),
    [
        ("GatewayErrorsAlarm", "5XXError"),
        ("LoadBalancerErrorsAlarm", "HTTPCode_ELB_5XX_Count"),
        ("FunctionErrorsAlarmGenai", "Errors"),
    ],
)
def test_alarms_on_error_rate_of_entrance_and_functions(
    reference: LayerTemplate, alarm: str, metric: str
) -> None:
    found = properties(reference, alarm)

    assert (found["MetricName"], found["Statistic"], found["Period"], found["Threshold"]) == (
        metric,
        "Sum",
        300,
        5,
    )


def test_one_failed_event_of_a_triggered_function_rings(dev: Stage, reference: LayerTemplate) -> None:
    """Lambda tries an event three times at most, so five errors never come together."""
    triggered = {name for name, function in dev.functions.items() if function.trigger}

    assert triggered == {"slack-notifier", "credential-refresh"}
    assert properties(reference, "FunctionErrorsAlarmSlackNotifier")["Threshold"] == 1
    assert properties(reference, "FunctionErrorsAlarmCredentialRefresh")["Threshold"] == 1
    assert "FunctionErrorsAlarmSlackNotifier" not in resources(with_alarms(dev, errors_per_5_minutes=0))


def test_alarms_on_latency_at_the_load_balancer_in_seconds(reference: LayerTemplate) -> None:
    alarm = properties(reference, "ServiceLatencyAlarmCustomersService")
    watched = {query["Id"]: query.get("MetricStat") for query in alarm["Metrics"]}

    assert watched["slowest"]["Stat"] == "p95"
    assert watched["slowest"]["Metric"]["MetricName"] == "TargetResponseTime"
    assert alarm["Threshold"] == 2


def test_alarms_on_unhealthy_hosts_wait_until_a_starting_task_has_had_its_time(
    reference: LayerTemplate, dev: Stage
) -> None:
    alarm = properties(reference, "ServiceUnhealthyHostsAlarmCustomersService")

    assert (alarm["MetricName"], alarm["Threshold"]) == ("UnHealthyHostCount", 1)
    waited = alarm["Period"] * alarm["DatapointsToAlarm"]
    assert waited > dev.services["customers-service"].health.grace_seconds


def test_alarms_on_connections_in_percent_of_what_the_engine_allows(
    reference: LayerTemplate, dev: Stage
) -> None:
    alarm = properties(reference, "DatabaseConnectionsAlarmClinic")

    assert alarm["MetricName"] == "DatabaseConnections"
    assert alarm["Threshold"] == 72 == max_connections(dev.databases["clinic"]) * 0.8


def test_alarms_on_connections_follow_the_number_that_the_spec_sets(dev: Stage) -> None:
    clinic = dataclasses.replace(dev.databases["clinic"], max_connections=500)
    layer = monitoring.emit(dataclasses.replace(dev, databases={"clinic": clinic}))

    assert properties(layer, "DatabaseConnectionsAlarmClinic")["Threshold"] == 400


def test_alarms_on_throttles(reference: LayerTemplate) -> None:
    alarm = properties(reference, "FunctionThrottlesAlarmGenai")

    assert dimensions(alarm) == {"FunctionName": imported("lambda-genai-FunctionNameGenai")}
    assert (alarm["MetricName"], alarm["Threshold"]) == ("Throttles", 1)


def test_alarms_on_dead_letters_stay_while_the_queue_falls_silent(reference: LayerTemplate) -> None:
    alarm = properties(reference, "FunctionDeadLettersAlarmSlackNotifier")

    assert dimensions(alarm) == {"QueueName": imported("notification-DeadLettersNameSlackNotifier")}
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["TreatMissingData"] == "ignore"


def test_functions_without_a_trigger_have_no_dead_letters(reference: LayerTemplate) -> None:
    assert "FunctionDeadLettersAlarmGenai" not in resources(reference)


def test_alarms_on_durations_near_the_timeout(reference: LayerTemplate) -> None:
    alarm = properties(reference, "FunctionDurationAlarmGenai")

    assert (alarm["MetricName"], alarm["Threshold"]) == ("Duration", 25200)


def test_alarms_on_readers_that_lag(reference: LayerTemplate) -> None:
    alarm = properties(reference, "DatabaseReplicaLagAlarmClinic")

    assert (alarm["MetricName"], alarm["Threshold"]) == ("AuroraReplicaLagMaximum", 2000)


def test_a_database_at_its_largest_capacity_is_told_where_it_had_room_to_grow(
    reference: LayerTemplate, prod: Stage
) -> None:
    alarm = properties(monitoring.emit(prod), "DatabaseCapacityAlarmClinic")

    assert alarm["MetricName"] == "ACUUtilization"
    assert "DatabaseCapacityAlarmClinic" not in resources(reference)


def test_a_database_that_may_pause_may_be_silent(dev: Stage) -> None:
    clinic = dev.databases["clinic"]
    paused = dataclasses.replace(clinic, capacity=dataclasses.replace(clinic.capacity, min=0))
    layer = monitoring.emit(dataclasses.replace(dev, databases={"clinic": paused}))

    assert properties(layer, "DatabaseCpuAlarmClinic")["TreatMissingData"] == "notBreaching"


def test_missing_tasks_are_told_where_container_insights_count_them(reference: LayerTemplate) -> None:
    result, *_ = properties(reference, "ServiceTasksAlarmAdminServer")["Metrics"]

    assert result["Expression"] == "desired - running"
    assert not [name for name in resources(monitoring.emit(specs.stage_of(SMALL))) if "Tasks" in name]


def test_each_alarm_notifies_when_it_rings_and_when_all_is_well(reference: LayerTemplate) -> None:
    for name, alarm in resources(reference, ALARM).items():
        assert alarm["Properties"]["AlarmActions"] == [TOPIC], name
        assert alarm["Properties"]["OKActions"] == [TOPIC], name


def test_each_alarm_says_what_it_means_and_treats_missing_data_by_choice(reference: LayerTemplate) -> None:
    for name, alarm in resources(reference, ALARM).items():
        assert 40 < len(alarm["Properties"]["AlarmDescription"]) <= 1024, name
        assert "TreatMissingData" in alarm["Properties"], name


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_each_alarm_has_dimensions_taken_from_the_resources_themselves(stage: str) -> None:
    assert list(verification.check(view(specs.reference(stage)))) == []


def test_a_dimension_that_names_nothing_would_be_found(dev: Stage) -> None:
    broken = json.loads(json.dumps(monitoring.emit(dev).template))
    alarm = broken["Resources"]["ServiceCpuAlarmVetsService"]["Properties"]
    alarm["Dimensions"][0]["Value"] = "elsewhere"
    rendered = Rendered("monitoring", "10-monitoring.yaml", broken, 0, "")

    found = list(verification.check((*view(dev)[:-1], rendered)))
    assert [item.code for item in found] == ["alarm-dimension"]


@pytest.mark.parametrize(
    ("threshold", "gone"),
    [
        ("cpu_percent", "CpuAlarm"),
        ("memory_percent", "MemoryAlarm"),
        ("errors_per_5_minutes", "ErrorsAlarm"),
        ("latency_ms", "LatencyAlarm"),
        ("latency_ms", "DurationAlarm"),
        ("unhealthy_hosts", "UnhealthyHostsAlarm"),
        ("connections_percent", "ConnectionsAlarm"),
        ("throttles_per_5_minutes", "ThrottlesAlarm"),
        ("dead_letters", "DeadLettersAlarm"),
    ],
)
def test_a_threshold_of_0_switches_an_alarm_off(
    reference: LayerTemplate, dev: Stage, threshold: str, gone: str
) -> None:
    assert any(gone in name for name in resources(reference, ALARM))
    assert not any(gone in name for name in resources(with_alarms(dev, **{threshold: 0}), ALARM))


def test_without_alarms_on_cpu_none_tells_of_the_largest_capacity(prod: Stage) -> None:
    assert "DatabaseCapacityAlarmClinic" not in resources(with_alarms(prod, cpu_percent=0))


def test_a_dashboard_that_a_person_on_call_would_want(reference: LayerTemplate) -> None:
    found = body(reference)["widgets"]
    headings = [item["properties"]["markdown"] for item in found if item["type"] == "text"]

    assert found[1]["type"] == "alarm"
    assert headings[0].startswith("# petclinic dev\n1. **What rings?**")
    assert "[Alarms](https://${AWS::Region}.${Console}/cloudwatch/" in headings[0]
    assert "us-east-1" in headings[0]
    assert headings[1:] == [
        "## Entrance: what callers see",
        "## Services",
        "## Databases",
        "## Functions",
        "## Logs",
    ]


@pytest.mark.parametrize(
    "title",
    [
        "API: requests",
        "API: errors",
        "API: latency, milliseconds",
        "Load balancer: server errors (5xx)",
        "CPU, percent",
        "Memory of the fullest task, percent",
        "Running tasks",
        "Response time p95, seconds",
        "Unhealthy hosts",
        "Capacity, units",
        "Connections",
        "Latency of statements, milliseconds",
        "Replica lag, milliseconds",
        "Deadlocks per second",
        "Invocations",
        "Duration p95, milliseconds",
        "Throttles",
        "Concurrent executions",
        "Dead letters",
    ],
)
def test_the_dashboard_answers(reference: LayerTemplate, title: str) -> None:
    assert shown(reference)[title]["metrics"]


def test_the_dashboard_shows_every_alarm_by_reference(reference: LayerTemplate) -> None:
    states = shown(reference, "alarm")["Alarms"]["alarms"]

    assert sorted(states) == sorted(f"${{{name}.Arn}}" for name in resources(reference, ALARM))


def test_the_dashboard_charts_only_what_aws_publishes(reference: LayerTemplate) -> None:
    for namespace, name, found in charted(reference):
        assert frozenset(found) in metrics.NAMESPACES[namespace].combinations, name


def test_the_dashboard_names_no_resource_but_by_reference(reference: LayerTemplate) -> None:
    words = {"Global", "WRITER", "READER"}
    values = {value for _, _, found in charted(reference) for value in found.values()} - words
    _, variables = properties(reference, "Dashboard")["DashboardBody"]["Fn::Sub"]

    assert values and all(value[2:-1] in variables for value in values)
    assert set(dict(reference.imports)) >= {
        item["Fn::ImportValue"] for item in variables.values() if "Fn::ImportValue" in item
    }


def test_the_dashboard_reads_log_groups_that_exist(reference: LayerTemplate, dev: Stage) -> None:
    queries = shown(reference, "log")
    named = {
        part.removeprefix("SOURCE ").strip("'")
        for widget in queries.values()
        for part in widget["query"].split(" | ")
        if part.startswith("SOURCE ")
    }
    made = {
        item["Properties"]["LogGroupName"]
        for module in BEFORE
        for item in resources(module.emit(dev), "AWS::Logs::LogGroup").values()
        if isinstance(item["Properties"]["LogGroupName"], str)
    }

    assert list(queries) == [
        "Latest errors of services",
        "Latest errors of functions",
        "Server errors by path",
    ]
    assert named <= made


def test_widgets_do_not_overlap(reference: LayerTemplate) -> None:
    cells = [
        (column, row)
        for item in body(reference)["widgets"]
        for column in range(item["x"], item["x"] + item["width"])
        for row in range(item["y"], item["y"] + item["height"])
    ]

    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < widgets.COLUMNS


def test_dashboards_of_two_regions_do_not_meet_under_one_name(prod: Stage) -> None:
    assert properties(monitoring.emit(prod), "Dashboard")["DashboardName"] == {
        "Fn::Sub": "petclinic-prod-${AWS::Region}"
    }


def test_the_dashboard_may_be_left_out(dev: Stage) -> None:
    without = dataclasses.replace(dev.monitoring, dashboard=False)
    layer = monitoring.emit(dataclasses.replace(dev, monitoring=without))

    assert not resources(layer, "AWS::CloudWatch::Dashboard")
    assert resources(layer, ALARM)


def test_forty_services_and_functions_stay_below_the_quotas(dev: Stage) -> None:
    """Resources in a template; widgets, metrics and alarms on a dashboard; log groups in a query."""
    layer = monitoring.emit(many(dev, 40))
    found = body(layer)["widgets"]

    assert len(resources(layer)) < 450
    assert len(found) < 100
    assert len(list(charted(layer))) < 1000
    assert all(len(chart["metrics"]) <= 100 for chart in shown(layer).values())
    states = [item["properties"]["alarms"] for item in found if item["type"] == "alarm"]
    assert len(states) > 1
    assert all(len(some) <= widgets.ALARMS for some in states)


def test_more_log_groups_than_a_query_takes_are_two_queries(dev: Stage) -> None:
    logs = [
        item for item in body(monitoring.emit(many(dev, 51, called=1)))["widgets"] if item["type"] == "log"
    ]

    counts = [item["properties"]["query"].count("SOURCE") for item in logs]
    assert counts == [50, 1, 1, 1]


def test_a_service_without_a_route_is_watched_without_a_load_balancer() -> None:
    names = set(resources(monitoring.emit(specs.stage_of(SMALL))))

    assert names == {"ServiceCpuAlarmWorker", "ServiceMemoryAlarmWorker", "Dashboard"}


def test_nothing_that_runs_needs_no_watch() -> None:
    quiet = "".join(
        line for line in SMALL.splitlines(True) if "services" not in line and "worker" not in line
    )

    assert not resources(monitoring.emit(specs.stage_of(quiet)))


def test_an_alarm_is_named_for_stage_and_part(reference: LayerTemplate) -> None:
    name = properties(reference, "ServiceCpuAlarmCustomersService")["AlarmName"]

    assert name == "petclinic-dev-service-customers-service-cpu"
    names = [item["Properties"]["AlarmName"] for item in resources(reference, ALARM).values()]
    assert len(names) == len(set(names))
