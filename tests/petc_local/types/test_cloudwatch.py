from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, resource, update


def alarm(threshold: int = 5) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/ECS",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "Service", "Value": "web"}],
    }
    queries = [
        {"Id": "errors", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "rate", "Expression": "errors / 60", "ReturnData": True},
    ]
    return {
        "Alarm": resource(
            "AWS::CloudWatch::Alarm",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Threshold=threshold,
            Metrics=queries,
        )
    }


def shown(aws: LocalAws) -> list[dict[str, Any]]:
    return list(aws.client("cloudwatch").describe_alarms()["MetricAlarms"])


def test_an_alarm_on_metric_math_shows_its_queries(aws: LocalAws) -> None:
    create(aws, alarm())
    (found,) = shown(aws)

    assert [query["Id"] for query in found["Metrics"]] == ["errors", "rate"]
    assert "MetricName" not in found


def test_a_threshold_changes_in_place(aws: LocalAws) -> None:
    made = create(aws, alarm())
    update(aws, alarm(9))
    (found,) = shown(aws)

    assert (found["AlarmName"], found["Threshold"]) == (made.ids["Alarm"], 9)
    assert len(found["Metrics"]) == 2


def test_deleting_leaves_no_alarm(aws: LocalAws) -> None:
    create(aws, alarm())
    delete(aws)

    assert shown(aws) == []
