"""Every check, with the actions that its look-ups take; `petc bootstrap` grants exactly these to the reading roles."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from petc.deploy.preflight import conflicts, limits, prerequisites
from petc.deploy.preflight.conflicts import NAMED_TYPES
from petc.deploy.preflight.types import Check

_QUOTA = "servicequotas:GetServiceQuota"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: its name in findings, what asks, and the IAM actions of its look-ups."""

    name: str
    check: Check
    actions: tuple[str, ...]


_ACTIONS_OF_NAMES = {
    "AWS::CloudTrail::Trail": "cloudtrail:ListTrails",
    "AWS::ECR::Repository": "ecr:DescribeRepositories",
    "AWS::IAM::Role": "iam:GetRole",
    "AWS::KMS::Alias": "kms:ListAliases",
    "AWS::Lambda::Function": "lambda:ListFunctions",
    "AWS::Logs::LogGroup": "logs:DescribeLogGroups",
    "AWS::RDS::DBCluster": "rds:DescribeDBClusters",
    "AWS::S3::Bucket": "s3:ListBucket",
    "AWS::SQS::Queue": "sqs:GetQueueUrl",
    "AWS::SSM::Parameter": "ssm:DescribeParameters",
    "AWS::SecretsManager::Secret": "secretsmanager:DescribeSecret",
}

CHECKS: tuple[CheckRow, ...] = (
    CheckRow("lambda-concurrency", limits.lambda_concurrency, ("lambda:GetAccountSettings",)),
    CheckRow("fargate-vcpus", limits.fargate_vcpus, (_QUOTA,)),
    CheckRow("fargate-in-use", limits.fargate_in_use, ("cloudwatch:GetMetricStatistics", _QUOTA)),
    CheckRow("elastic-ips", limits.elastic_ips, ("ec2:DescribeAddresses", _QUOTA)),
    CheckRow("vpcs", limits.vpcs, ("ec2:DescribeVpcs", _QUOTA)),
    CheckRow("nat-gateways", limits.nat_gateways, ("ec2:DescribeNatGateways", "ec2:DescribeSubnets", _QUOTA)),
    CheckRow("interface-endpoints", limits.interface_endpoints, ("ec2:DescribeVpcEndpoints", _QUOTA)),
    CheckRow("load-balancers", limits.load_balancers, ("elasticloadbalancing:DescribeLoadBalancers", _QUOTA)),
    CheckRow("free-addresses", limits.free_addresses, ("ec2:DescribeSubnets",)),
    CheckRow(prerequisites.EXECUTION, prerequisites.execution_role, ("iam:GetRole",)),
    CheckRow("service-linked-roles", prerequisites.service_roles, ("iam:GetRole",)),
    CheckRow("certificates", prerequisites.certificates, ("acm:DescribeCertificate",)),
    CheckRow("hosted-zones", prerequisites.hosted_zones, ("route53:GetHostedZone",)),
    CheckRow(
        "models",
        prerequisites.models,
        ("bedrock:GetFoundationModel", "bedrock:GetFoundationModelAvailability"),
    ),
    CheckRow("secret-values", prerequisites.secret_values, ("secretsmanager:ListSecrets",)),
    *(
        CheckRow("names", functools.partial(conflicts.names, kind=kind), (_ACTIONS_OF_NAMES[kind.type],))
        for kind in NAMED_TYPES
    ),
    CheckRow("imported-exports", conflicts.imported_exports, ("cloudformation:ListImports",)),
)


def actions() -> tuple[str, ...]:
    """Return every action that a check may take, once, sorted. All of them read; none returns a secret's value."""
    return tuple(sorted({action for row in CHECKS for action in row.actions}))
