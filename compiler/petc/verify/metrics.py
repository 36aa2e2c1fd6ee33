"""Which metrics AWS publishes: per namespace the sets of dimensions, and what each dimension names.

Sources, each the metrics page of the service's own guide: "CloudWatch metrics for your Application Load
Balancer"; "Amazon ECS metrics" and "Amazon ECS Container Insights metrics"; "Amazon CloudWatch metrics for
Amazon Aurora" and "Amazon CloudWatch instance-level metrics for Amazon RDS"; "Amazon API Gateway dimensions
and metrics" (REST and HTTP APIs); "Using CloudWatch metrics with Lambda"; "Available CloudWatch metrics for
Amazon SQS"; "Monitoring Amazon SNS topics using CloudWatch"; "Monitoring Amazon EventBridge"; "Monitor NAT
gateways using Amazon CloudWatch"; "CloudWatch metrics for AWS PrivateLink"; "Viewing CloudFront metrics";
"Monitoring AWS WAF with Amazon CloudWatch"; "Amazon S3 metrics and dimensions"; "Monitoring usage with
CloudWatch metrics" (CloudWatch Logs); "DynamoDB metrics and dimensions"; "Monitoring runtime metrics"
(Amazon Bedrock).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricSource:
    """What a dimension's value must be: an attribute of a resource type (empty attribute for Ref)."""

    type: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Namespace:
    """One namespace.

    `combinations` are the sets of dimensions under which AWS publishes something; an alarm on any other
    set waits for ever for data. `sources` says, for the dimensions that name a resource, which; a dimension
    that is missing there takes any text (an availability zone, an HTTP method).
    """

    combinations: tuple[frozenset[str], ...]
    sources: Mapping[str, MetricSource]


def _sets(*combinations: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(filter(None, text.split("|"))) for text in combinations)


_CLUSTER = MetricSource("AWS::ECS::Cluster", ("", "ClusterName"))
_SERVICE = MetricSource("AWS::ECS::Service", ("Name", "ServiceName"))
_FAMILY = MetricSource("AWS::ECS::TaskDefinition", ("Family",))
_BALANCER = MetricSource("AWS::ElasticLoadBalancingV2::LoadBalancer", ("LoadBalancerFullName",))
_GROUP = MetricSource("AWS::ElasticLoadBalancingV2::TargetGroup", ("TargetGroupFullName",))
_BUCKET = MetricSource("AWS::S3::Bucket", ("", "BucketName"))

NAMESPACES: Mapping[str, Namespace] = {
    "AWS/ApiGateway": Namespace(
        _sets("ApiName", "ApiName|Stage", "ApiName|Method|Resource|Stage", "ApiId", "ApiId|Stage"),
        {
            "ApiName": MetricSource("AWS::ApiGateway::RestApi", ("Name",)),
            "ApiId": MetricSource("AWS::ApiGatewayV2::Api", ("", "ApiId")),
        },
    ),
    "AWS/ApplicationELB": Namespace(
        _sets(
            "LoadBalancer",
            "AvailabilityZone|LoadBalancer",
            "LoadBalancer|TargetGroup",
            "AvailabilityZone|LoadBalancer|TargetGroup",
            "TargetGroup",
        ),
        {"LoadBalancer": _BALANCER, "TargetGroup": _GROUP},
    ),
    "AWS/Bedrock": Namespace(_sets("", "ModelId"), {}),
    "AWS/CloudFront": Namespace(
        _sets("DistributionId|Region", "DistributionId|FunctionName|Region"),
        {"DistributionId": MetricSource("AWS::CloudFront::Distribution", ("", "Id"))},
    ),
    "AWS/DynamoDB": Namespace(
        _sets("", "TableName", "Operation|TableName", "GlobalSecondaryIndexName|TableName"),
        {"TableName": MetricSource("AWS::DynamoDB::Table", ("", "TableName"))},
    ),
    "AWS/ECS": Namespace(
        _sets("ClusterName", "ClusterName|ServiceName"), {"ClusterName": _CLUSTER, "ServiceName": _SERVICE}
    ),
    "AWS/Events": Namespace(
        _sets("", "RuleName", "EventBusName", "EventBusName|RuleName"),
        {"RuleName": MetricSource("AWS::Events::Rule", ("", "Name"))},
    ),
    "AWS/Lambda": Namespace(
        _sets("", "FunctionName", "FunctionName|Resource", "ExecutedVersion|FunctionName|Resource"),
        {"FunctionName": MetricSource("AWS::Lambda::Function", ("", "FunctionName"))},
    ),
    "AWS/Logs": Namespace(
        _sets("", "LogGroupName"), {"LogGroupName": MetricSource("AWS::Logs::LogGroup", ("", "LogGroupName"))}
    ),
    "AWS/NATGateway": Namespace(
        _sets("NatGatewayId"), {"NatGatewayId": MetricSource("AWS::EC2::NatGateway", ("", "NatGatewayId"))}
    ),
    "AWS/PrivateLinkEndpoints": Namespace(
        _sets(
            "Endpoint Type|Service Name|VPC Endpoint Id|VPC Id",
            "Endpoint Type|Service Name|Subnet Id|VPC Endpoint Id|VPC Id",
        ),
        {
            "VPC Endpoint Id": MetricSource("AWS::EC2::VPCEndpoint", ("", "Id")),
            "VPC Id": MetricSource("AWS::EC2::VPC", ("", "VpcId")),
        },
    ),
    "AWS/RDS": Namespace(
        _sets(
            "",
            "DBInstanceIdentifier",
            "DBClusterIdentifier",
            "DBClusterIdentifier|Role",
            "DBClusterIdentifier|EngineName",
            "DatabaseClass",
            "EngineName",
        ),
        {
            "DBClusterIdentifier": MetricSource("AWS::RDS::DBCluster", ("", "DBClusterIdentifier")),
            "DBInstanceIdentifier": MetricSource("AWS::RDS::DBInstance", ("", "DBInstanceIdentifier")),
        },
    ),
    "AWS/S3": Namespace(_sets("BucketName|StorageType", "BucketName|FilterId"), {"BucketName": _BUCKET}),
    "AWS/SNS": Namespace(
        _sets("", "TopicName"), {"TopicName": MetricSource("AWS::SNS::Topic", ("TopicName",))}
    ),
    "AWS/SQS": Namespace(_sets("QueueName"), {"QueueName": MetricSource("AWS::SQS::Queue", ("QueueName",))}),
    "AWS/WAFV2": Namespace(
        _sets("Region|Rule|WebACL", "Rule|WebACL", "Region|RuleGroup|WebACL", "Region|WebACL", "WebACL"), {}
    ),
    "ECS/ContainerInsights": Namespace(
        _sets(
            "ClusterName",
            "ClusterName|ServiceName",
            "ClusterName|TaskDefinitionFamily",
            "ClusterName|ServiceName|TaskId",
            "ClusterName|TaskDefinitionFamily|TaskId",
            "ClusterName|ContainerName|ServiceName",
            "ClusterName|ContainerName|TaskDefinitionFamily",
        ),
        {"ClusterName": _CLUSTER, "ServiceName": _SERVICE, "TaskDefinitionFamily": _FAMILY},
    ),
}

LITERALS: Mapping[str, frozenset[str]] = {
    "Role": frozenset({"WRITER", "READER"}),
    "StorageType": frozenset({"AllStorageTypes", "StandardStorage"}),
}
"""Dimensions that take one of a few words."""

PUBLISHED_BY_AWS = ("AWS/", "ECS/ContainerInsights")
"""Namespaces that begin so are AWS's own; all others come from the application or a metric filter."""
