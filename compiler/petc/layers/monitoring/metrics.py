"""The metrics that AWS publishes about the parts of a stage, with dimensions taken from the parts' resources.

Sources: the metrics page of each service's guide, as listed in `petc.verify.metrics`, which holds every
namespace and set of dimensions that is used here against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from petc.layers import contracts
from petc.layers.base import Draft
from petc.model import queries
from petc.model.components import Database, Function, Service

PERCENTILES = ("p50", "p95")
"""Statistics that are percentiles; all others are plain."""


@dataclass(frozen=True, slots=True)
class Series:
    """One metric with one statistic; the dimensions' values are expressions."""

    namespace: str
    name: str
    dimensions: Mapping[str, Any]
    statistic: str


def of_service(draft: Draft, service: Service, name: str, statistic: str) -> Series:
    """Return a metric that ECS publishes about a service."""
    return Series("AWS/ECS", name, _service(draft, service), statistic)


def of_tasks(draft: Draft, service: Service, name: str, statistic: str) -> Series:
    """Return a metric about a service's tasks, which exists only with Container Insights."""
    return Series("ECS/ContainerInsights", name, _service(draft, service), statistic)


def of_targets(draft: Draft, service: Service, name: str, statistic: str) -> Series:
    """Return a metric of the load balancer about the tasks of one routed service."""
    group = draft.imported(contracts.TARGET_GROUP_FULL_NAME, service.key)
    return Series("AWS/ApplicationELB", name, {**_balancer(draft), "TargetGroup": group}, statistic)


def of_balancer(draft: Draft, name: str, statistic: str) -> Series:
    """Return a metric about the load balancer itself."""
    return Series("AWS/ApplicationELB", name, _balancer(draft), statistic)


def of_gateway(draft: Draft, name: str, statistic: str) -> Series:
    """Return a metric of the REST API's stage; its latency is in milliseconds, not seconds."""
    dimensions = {
        "ApiName": draft.imported(contracts.API_NAME),
        "Stage": draft.imported(contracts.API_STAGE),
    }
    return Series("AWS/ApiGateway", name, dimensions, statistic)


def of_method(draft: Draft, resource: str, method: str, name: str, statistic: str) -> Series:
    """Return a metric of one method of the API; `resource` is its path, such as `/orders/{proxy+}`.

    AWS publishes them because the stage has detailed metrics; API Gateway Developer Guide, "Amazon API Gateway
    dimensions and metrics".
    """
    whole = of_gateway(draft, name, statistic)
    return Series(
        whole.namespace, name, {**whole.dimensions, "Resource": resource, "Method": method}, statistic
    )


def of_database(draft: Draft, database: Database, name: str, statistic: str, role: str = "") -> Series:
    """Return a metric of a cluster: over all its instances, or those of `role` (`WRITER` or `READER`)."""
    dimensions = {"DBClusterIdentifier": draft.imported(contracts.CLUSTER_ID, database.key)}
    return Series("AWS/RDS", name, {**dimensions, **({"Role": role} if role else {})}, statistic)


def of_function(draft: Draft, function: Function, name: str, statistic: str) -> Series:
    """Return a metric of a function."""
    value = contracts.function_name(queries.function_layer(function))
    return Series("AWS/Lambda", name, {"FunctionName": draft.imported(value, function.key)}, statistic)


def of_dead_letters(draft: Draft, function: Function, name: str, statistic: str) -> Series:
    """Return a metric of the queue that keeps what a function with a trigger failed to handle."""
    value = contracts.dead_letters_name(queries.function_layer(function))
    return Series("AWS/SQS", name, {"QueueName": draft.imported(value, function.key)}, statistic)


def of_distribution(draft: Draft, name: str, statistic: str) -> Series:
    """Return a metric of the site's distribution. CloudFront publishes them in us-east-1 alone."""
    dimensions = {"DistributionId": draft.imported(contracts.DISTRIBUTION_ID), "Region": "Global"}
    return Series("AWS/CloudFront", name, dimensions, statistic)


def _service(draft: Draft, service: Service) -> dict[str, Any]:
    return {
        "ClusterName": draft.imported(contracts.CLUSTER_NAME),
        "ServiceName": draft.imported(contracts.SERVICE_NAME, service.key),
    }


def _balancer(draft: Draft) -> dict[str, Any]:
    return {"LoadBalancer": draft.imported(contracts.BALANCER_FULL_NAME)}
