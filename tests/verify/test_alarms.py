from __future__ import annotations

import pytest

from petc.verify import alarms, metrics
from petc.verify.rendered import Json
from tests.verify import sample


def found(namespace: str, dimensions: dict[str, Json], **extra: Json) -> list[tuple[str, str]]:
    body = sample.template(
        Cluster=sample.resource("AWS::ECS::Cluster", ClusterName="shop"),
        Service=sample.resource("AWS::ECS::Service"),
        Balancer=sample.resource("AWS::ElasticLoadBalancingV2::LoadBalancer"),
        Targets=sample.resource("AWS::ElasticLoadBalancingV2::TargetGroup"),
        Api=sample.resource("AWS::ApiGateway::RestApi", Name="shop-api"),
        Data=sample.resource("AWS::RDS::DBCluster"),
        Alarm=sample.resource(
            "AWS::CloudWatch::Alarm",
            "/alarms",
            Namespace=namespace,
            MetricName="M",
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        ),
    )
    body["Parameters"] = {"Chosen": {"Type": "String"}}
    return [(item.code, item.pointer or "") for item in alarms.check(sample.view(body))]


FULL_NAME = sample.get("Balancer", "LoadBalancerFullName")


def test_a_whole_stage_watches_what_exists() -> None:
    assert list(alarms.check(sample.stage())) == []


@pytest.mark.parametrize(
    ("namespace", "dimensions"),
    [
        ("AWS/ECS", {"ClusterName": sample.ref("Cluster"), "ServiceName": sample.get("Service", "Name")}),
        ("AWS/ECS", {"ClusterName": "shop"}),
        ("AWS/ApplicationELB", {"LoadBalancer": FULL_NAME}),
        ("AWS/ApiGateway", {"ApiName": "shop-api", "Stage": "live"}),
        ("AWS/RDS", {"DBClusterIdentifier": sample.ref("Data"), "Role": "WRITER"}),
        ("AWS/ECS", {"ClusterName": sample.ref("Chosen")}),
        ("Shop/Own", {"Anything": "goes"}),
        ("AWS/NotListedHere", {"Anything": "goes"}),
    ],
)
def test_an_alarm_on_what_is_published_is_accepted(namespace: str, dimensions: dict[str, Json]) -> None:
    assert found(namespace, dimensions) == []


@pytest.mark.parametrize(
    ("namespace", "dimensions"),
    [
        ("AWS/ECS", {"ServiceName": sample.get("Service", "Name")}),
        ("AWS/ECS", {"ClusterName": "shopp"}),
        ("AWS/ECS", {"ClusterName": sample.get("Cluster", "Arn")}),
        ("AWS/ECS", {"ClusterName": sample.ref("Data")}),
        ("AWS/ApplicationELB", {"LoadBalancer": sample.ref("Balancer")}),
        ("AWS/ApplicationELB", {"TargetGroup": FULL_NAME}),
        ("AWS/ApiGateway", {"ApiName": sample.ref("Api")}),
        ("AWS/RDS", {"DBClusterIdentifier": sample.ref("Data"), "Role": "writer"}),
    ],
)
def test_an_alarm_that_would_wait_for_ever_is_found(namespace: str, dimensions: dict[str, Json]) -> None:
    assert found(namespace, dimensions) == [("alarm-dimension", "/alarms")]


def test_a_namespace_in_the_wrong_case_is_found() -> None:
    assert found("AWS/ECs", {"ClusterName": "shop"}) == [("alarm-namespace", "/alarms")]


def test_metrics_inside_a_metric_query_are_checked() -> None:
    query: Json = {"Id": "m", "MetricStat": {"Metric": {"Namespace": "AWS/SQS", "MetricName": "M"}}}
    alarm = sample.resource("AWS::CloudWatch::Alarm", Metrics=[query])

    assert [item.code for item in alarms.check(sample.view(sample.template(Alarm=alarm)))] == [
        "alarm-dimension"
    ]


def test_every_dimension_that_names_a_resource_is_published() -> None:
    for name, namespace in metrics.NAMESPACES.items():
        assert set(namespace.sources) <= set().union(*namespace.combinations), name
