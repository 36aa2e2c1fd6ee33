"""Quotas of AWS that a stage can meet: code, and the command that raises it.

Codes and defaults: Service Quotas console and the quota pages of each service ("Amazon VPC quotas", "AWS
PrivateLink quotas", "Amazon ECS endpoints and quotas", "Quotas for your Application Load Balancers", "Lambda
quotas"), as of 2026-11-30.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from petc.deploy.preflight.types import Lookups, NotAnswered, PreflightFinding, Verdict
from petc.deploy.targets import Target


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota: the service code and the quota code of Service Quotas, and what it counts, in the plural."""

    service: str
    code: str
    counts: str


LAMBDA_CONCURRENCY = Quota("lambda", "L-B99A9384", "concurrent executions of functions")
FARGATE_VCPUS = Quota("fargate", "L-3032A538", "vCPUs of Fargate tasks")
ELASTIC_IPS = Quota("ec2", "L-0263D0A3", "Elastic IP addresses")
VPCS = Quota("vpc", "L-F678F1CE", "VPCs")
NAT_GATEWAYS = Quota("vpc", "L-FE5A380F", "NAT gateways in one Availability Zone")
INTERFACE_ENDPOINTS = Quota("vpc", "L-29B6F2EB", "interface endpoints in one VPC")
LOAD_BALANCERS = Quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers")


def value(lookups: Lookups, quota: Quota) -> float:
    """Return the quota's value in the target. Raises `NotAnswered`, also for an answer without a number."""
    answer = lookups.call(
        "service-quotas", "get_service_quota", ServiceCode=quota.service, QuotaCode=quota.code
    )
    found = (answer or {}).get("Quota", {}).get("Value")
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise NotAnswered(f"Service Quotas gave no value for {quota.service}/{quota.code}")
    return float(found)


def raising(quota: Quota, target: Target, needed: float) -> str:
    """Return the command that asks for a higher value, as the way out of a finding."""
    return (
        f"aws service-quotas request-service-quota-increase --service-code {quota.service} "
        f"--quota-code {quota.code} --desired-value {math.ceil(needed)} --region {target.region}"
    )


def exceeded(
    check: str, quota: Quota, target: Target, used: float, new: float, limit: float, pointer: str = ""
) -> PreflightFinding:
    """Return the finding that `new` more than the `used` ones pass the limit, which is certain to fail."""
    return PreflightFinding(
        check,
        Verdict.ERROR,
        target,
        f"the deployment creates {new:g} {quota.counts}, {used:g} exist, and the quota is {limit:g}",
        f"delete unused ones, or {raising(quota, target, used + new)}",
        pointer,
    )
