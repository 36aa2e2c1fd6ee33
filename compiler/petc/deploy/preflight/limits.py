"""Checks against the quotas of the target's account and region."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from petc.deploy.preflight import quotas
from petc.deploy.preflight.quotas import Quota, exceeded, raising
from petc.deploy.preflight.types import Lookups, PlannedResource, PlannedTarget, PreflightFinding, Verdict
from petc.source.tree import Json
from petc.verify.rendered import mapping

_UNRESERVED_AT_LEAST = 100
"""Concurrency that Lambda keeps unreserved, or the whole quota where that is lower: AWS Lambda Developer Guide,
"Configuring reserved concurrency"; that accounts with a quota of 10 keep all 10 is in the service's own message
("below its minimum value of [10]")."""

_CPU_UNITS = 1024

_FARGATE_USAGE: Mapping[str, str] = MappingProxyType(
    {"Service": "Fargate", "Type": "Resource", "Resource": "vCPU", "Class": "Standard/OnDemand"}
)
_USAGE_PERIOD = timedelta(minutes=15)


def lambda_concurrency(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether the account has the concurrency that functions reserve."""
    functions = planned.of("AWS::Lambda::Function")
    new = sum(_reserved(item.properties) - _reserved(item.earlier) for item in functions)
    if new <= 0:
        return
    limits = (lookups.call("lambda", "get_account_settings") or {})["AccountLimit"]
    limit, unreserved = int(limits["ConcurrentExecutions"]), int(limits["UnreservedConcurrentExecutions"])
    least = min(limit, _UNRESERVED_AT_LEAST)
    if unreserved - new >= least:
        return
    wanted = _UNRESERVED_AT_LEAST + limit - unreserved + new
    pointer = next(item.pointer for item in functions if _reserved(item.properties))
    yield PreflightFinding(
        "lambda-concurrency",
        Verdict.ERROR,
        planned.target,
        f"functions reserve {new} more concurrent executions, {unreserved} of {limit} are unreserved, and "
        f"Lambda keeps {least} unreserved",
        f"remove `concurrency`, or {raising(quotas.LAMBDA_CONCURRENCY, planned.target, wanted)}",
        pointer,
    )


def fargate_vcpus(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether the quota of vCPUs carries the services: at rest, while all roll, and at full scale."""
    demands = [found for item in planned.of("AWS::ECS::Service") if (found := _vcpus(planned, item))]
    if not demands:
        return
    steady, rolling, full = (sum(column) for column in zip(*demands, strict=True))
    limit = quotas.value(lookups, quotas.FARGATE_VCPUS)
    if limit >= full:
        return
    outcome = (
        "tasks cannot start"
        if limit < steady
        else "a deployment of all services waits for tasks to stop"
        if limit < rolling
        else "services stop scaling out"
    )
    yield PreflightFinding(
        "fargate-vcpus",
        Verdict.ERROR if limit < steady else Verdict.WARNING,
        planned.target,
        f"the services take {steady:g} vCPUs at their minimum, {rolling:g} while all of them roll and {full:g} at "
        f"their maximum, and the quota for all Fargate tasks is {limit:g}: {outcome}",
        f"lower `scale` or `cpu`, or {raising(quotas.FARGATE_VCPUS, planned.target, full)}",
    )


def fargate_in_use(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether the tasks that start for the first time fit beside all tasks that run in the account already.

    The metric is the one of Amazon ECS Developer Guide, "AWS Fargate usage metrics"; it has no value while no task
    runs.
    """
    starting = [found for item in planned.created("AWS::ECS::Service") if (found := _vcpus(planned, item))]
    new = sum(steady for steady, _, _ in starting)
    if not new:
        return
    now = datetime.now(UTC)
    points = (
        lookups.call(
            "cloudwatch",
            "get_metric_statistics",
            Namespace="AWS/Usage",
            MetricName="ResourceCount",
            Dimensions=[{"Name": name, "Value": value} for name, value in _FARGATE_USAGE.items()],
            StartTime=now - _USAGE_PERIOD,
            EndTime=now,
            Period=int(_USAGE_PERIOD.total_seconds()),
            Statistics=["Maximum"],
        )
        or {}
    )["Datapoints"]
    used = max((float(point["Maximum"]) for point in points), default=0.0)
    if not used:
        return
    limit = quotas.value(lookups, quotas.FARGATE_VCPUS)
    if used + new > limit:
        yield PreflightFinding(
            "fargate-in-use",
            Verdict.WARNING,
            planned.target,
            f"{used:g} vCPUs of Fargate tasks are in use in this account and region, the deployment starts {new:g} "
            f"more, and the quota is {limit:g}: tasks wait until others stop",
            f"stop other tasks, or {raising(quotas.FARGATE_VCPUS, planned.target, used + new)}",
        )


def elastic_ips(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask for room for the Elastic IP addresses of NAT gateways."""
    new = planned.created("AWS::EC2::EIP")
    if new:
        used = len(lookups.pages("ec2", "describe_addresses", "Addresses"))
        yield from _room("elastic-ips", quotas.ELASTIC_IPS, planned, lookups, used, new)


def vpcs(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask for room for the stage's VPC."""
    new = planned.created("AWS::EC2::VPC")
    if new:
        used = len(lookups.pages("ec2", "describe_vpcs", "Vpcs"))
        yield from _room("vpcs", quotas.VPCS, planned, lookups, used, new)


def nat_gateways(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask for room in the fullest Availability Zone; which zones the stage gets is known to the account only."""
    new = planned.created("AWS::EC2::NatGateway")
    if not new:
        return
    gateways = lookups.pages("ec2", "describe_nat_gateways", "NatGateways")
    living = [item for item in gateways if item.get("State") in ("pending", "available")]
    subnets = lookups.pages("ec2", "describe_subnets", "Subnets") if living else ()
    zones = {item["SubnetId"]: item["AvailabilityZone"] for item in subnets}
    used = max(Counter(zones.get(item["SubnetId"], "") for item in living).values(), default=0)
    in_one_zone = max(
        Counter(json.dumps(item.properties.get("SubnetId"), sort_keys=True) for item in new).values()
    )
    limit = quotas.value(lookups, quotas.NAT_GATEWAYS)
    if used + in_one_zone > limit:
        yield PreflightFinding(
            "nat-gateways",
            Verdict.WARNING,
            planned.target,
            f"one Availability Zone has {used} NAT gateways, the deployment creates {in_one_zone} in each of its "
            f"zones, and the quota is {limit:g}",
            f"delete unused ones, or {raising(quotas.NAT_GATEWAYS, planned.target, used + in_one_zone)}",
            new[0].pointer,
        )


def interface_endpoints(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask for room in the VPC: the stage's own one is empty, a given one may have endpoints of others."""
    new = [
        item
        for item in planned.created("AWS::EC2::VPCEndpoint")
        if item.properties.get("VpcEndpointType") == "Interface"
    ]
    if not new:
        return
    vpc = new[0].properties.get("VpcId")
    used = 0
    if isinstance(vpc, str):
        filters = [
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "vpc-endpoint-type", "Values": ["Interface"]},
        ]
        used = len(lookups.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=filters))
    yield from _room("interface-endpoints", quotas.INTERFACE_ENDPOINTS, planned, lookups, used, tuple(new))


def load_balancers(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask for room for the stage's load balancer."""
    new = planned.created("AWS::ElasticLoadBalancingV2::LoadBalancer")
    if new:
        found = lookups.pages("elbv2", "describe_load_balancers", "LoadBalancers")
        used = sum(item.get("Type") == "application" for item in found)
        yield from _room("load-balancers", quotas.LOAD_BALANCERS, planned, lookups, used, new)


def free_addresses(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether given subnets have the addresses that tasks take while all services roll.

    Subnets of the stage's own network are held against tasks when the spec is validated.
    """
    services = planned.of("AWS::ECS::Service")
    subnets = sorted({name for item in services for name in _given_subnets(item.properties)})
    tasks = sum(_tasks(planned, item)[1] for item in services)
    if not subnets or not tasks:
        return
    found = lookups.pages("ec2", "describe_subnets", "Subnets", SubnetIds=subnets)
    free = sum(int(item["AvailableIpAddressCount"]) for item in found)
    if free < tasks:
        yield PreflightFinding(
            "free-addresses",
            Verdict.WARNING,
            planned.target,
            f"the services take {tasks} addresses while all of them roll, and {', '.join(subnets)} have {free} "
            "free",
            "use larger subnets, or lower `scale.max`",
        )


def _room(
    check: str,
    quota: Quota,
    planned: PlannedTarget,
    lookups: Lookups,
    used: int,
    new: tuple[PlannedResource, ...],
) -> Iterator[PreflightFinding]:
    limit = quotas.value(lookups, quota)
    if used + len(new) > limit:
        yield exceeded(check, quota, planned.target, used, len(new), limit, new[0].pointer)


def _reserved(properties: Mapping[str, Json]) -> int:
    return _number(properties.get("ReservedConcurrentExecutions"))


def _number(value: Json) -> int:
    """Return a literal number, also one written as text; 0 for anything that only the deployment knows."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    return int(value) if isinstance(value, str) and value.isdigit() else 0


def _vcpus(planned: PlannedTarget, service: PlannedResource) -> tuple[float, float, float] | None:
    """Return the vCPUs of a service at its minimum, while it rolls at that, and while it rolls at its maximum."""
    definition = mapping(service.properties.get("TaskDefinition")).get("Ref")
    task = next(
        (item for item in planned.of("AWS::ECS::TaskDefinition") if item.logical_id == definition), None
    )
    if task is None:
        return None
    each = _number(task.properties.get("Cpu")) / _CPU_UNITS
    least, most = _tasks(planned, service)
    factor = _rolling(service.properties)
    return least * each, least * each * factor, most * each


def _tasks(planned: PlannedTarget, service: PlannedResource) -> tuple[int, int]:
    """Return a service's least number of tasks, at least one, and its most while it rolls at its maximum."""
    own = _number(service.properties.get("DesiredCount"))
    scaling = next(
        (
            item
            for item in planned.of("AWS::ApplicationAutoScaling::ScalableTarget")
            if _names(item.properties.get("ResourceId"), service.logical_id)
        ),
        None,
    )
    least = max(1, own, _number(scaling.properties.get("MinCapacity")) if scaling else 0)
    most = max(least, _number(scaling.properties.get("MaxCapacity")) if scaling else 0)
    return least, int(most * _rolling(service.properties))


def _rolling(properties: Mapping[str, Json]) -> float:
    """Return how many times its tasks a service may run while it rolls; Amazon ECS API, `maximumPercent`: 200 %."""
    percent = mapping(properties.get("DeploymentConfiguration")).get("MaximumPercent", 200)
    return (_number(percent) or 200) / 100


def _names(value: Json, logical_id: str) -> bool:
    """Whether a value refers to the resource, by Ref, GetAtt or Sub."""
    text = json.dumps(value)
    return f'"{logical_id}"' in text or f"${{{logical_id}.Name}}" in text or f"${{{logical_id}}}" in text


def _given_subnets(properties: Mapping[str, Json]) -> tuple[str, ...]:
    network = mapping(mapping(properties.get("NetworkConfiguration")).get("AwsvpcConfiguration"))
    subnets = network.get("Subnets")
    return tuple(item for item in subnets if isinstance(item, str)) if isinstance(subnets, list) else ()
