"""How real each resource type is on the local AWS: what a result there is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Standing(Enum):
    """What stands behind a resource of a type.

    `RUNS`: it does its job on this machine. `ANSWERS`: the service's API shows it, nothing acts behind it.
    `RECORDED`: only its properties are kept; it never counts as deployed.
    """

    RUNS = "runs"
    ANSWERS = "answers"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Row:
    """The standing of a type, and the reason in one line."""

    standing: Standing
    reason: str


_RUNS, _ANSWERS, _RECORDED = Standing.RUNS, Standing.ANSWERS, Standing.RECORDED

STANDING: Mapping[str, Row] = {
    "AWS::ApiGateway::Deployment": Row(_RUNS, "a stage serves what was deployed"),
    "AWS::ApiGateway::GatewayResponse": Row(_ANSWERS, "kept"),
    "AWS::ApiGateway::Method": Row(_RUNS, "requests are answered by its integration"),
    "AWS::ApiGateway::Resource": Row(_RUNS, "requests find their way by it"),
    "AWS::ApiGateway::RestApi": Row(_RUNS, "requests are answered"),
    "AWS::ApiGateway::Stage": Row(_RUNS, "requests are answered"),
    "AWS::ApiGatewayV2::VpcLink": Row(_RECORDED, ""),
    "AWS::ApplicationAutoScaling::ScalableTarget": Row(_RECORDED, ""),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Row(_RECORDED, ""),
    "AWS::CloudFront::Distribution": Row(_RUNS, ""),
    "AWS::CloudFront::OriginAccessControl": Row(_RUNS, ""),
    "AWS::CloudFront::ResponseHeadersPolicy": Row(_ANSWERS, ""),
    "AWS::CloudTrail::Trail": Row(_ANSWERS, ""),
    "AWS::CloudWatch::Alarm": Row(_ANSWERS, ""),
    "AWS::CloudWatch::Dashboard": Row(_ANSWERS, ""),
    "AWS::EC2::EIP": Row(_ANSWERS, ""),
    "AWS::EC2::FlowLog": Row(_ANSWERS, ""),
    "AWS::EC2::InternetGateway": Row(_ANSWERS, ""),
    "AWS::EC2::NatGateway": Row(_ANSWERS, ""),
    "AWS::EC2::NetworkAcl": Row(_ANSWERS, ""),
    "AWS::EC2::NetworkAclEntry": Row(_ANSWERS, ""),
    "AWS::EC2::Route": Row(_ANSWERS, ""),
    "AWS::EC2::RouteTable": Row(_ANSWERS, ""),
    "AWS::EC2::SecurityGroup": Row(_ANSWERS, ""),
    "AWS::EC2::SecurityGroupEgress": Row(_ANSWERS, ""),
    "AWS::EC2::SecurityGroupIngress": Row(_ANSWERS, ""),
    "AWS::EC2::Subnet": Row(_ANSWERS, ""),
    "AWS::EC2::SubnetNetworkAclAssociation": Row(_ANSWERS, ""),
    "AWS::EC2::SubnetRouteTableAssociation": Row(_ANSWERS, ""),
    "AWS::EC2::VPC": Row(_ANSWERS, ""),
    "AWS::EC2::VPCEndpoint": Row(_ANSWERS, ""),
    "AWS::EC2::VPCGatewayAttachment": Row(_ANSWERS, ""),
    "AWS::ECR::Repository": Row(_ANSWERS, ""),
    "AWS::ECS::Cluster": Row(_ANSWERS, ""),
    "AWS::ECS::Service": Row(_ANSWERS, ""),
    "AWS::ECS::TaskDefinition": Row(_ANSWERS, ""),
    "AWS::ElasticLoadBalancingV2::Listener": Row(_RUNS, ""),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Row(_RUNS, ""),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Row(_RUNS, ""),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Row(_ANSWERS, ""),
    "AWS::Events::Rule": Row(_RUNS, ""),
    "AWS::IAM::Role": Row(_ANSWERS, ""),
    "AWS::IAM::RolePolicy": Row(_ANSWERS, ""),
    "AWS::KMS::Alias": Row(_RUNS, ""),
    "AWS::KMS::Key": Row(_RUNS, ""),
    "AWS::Lambda::EventInvokeConfig": Row(_RUNS, ""),
    "AWS::Lambda::Function": Row(_RUNS, ""),
    "AWS::Lambda::Permission": Row(_ANSWERS, ""),
    "AWS::Logs::LogGroup": Row(_RUNS, ""),
    "AWS::Logs::ResourcePolicy": Row(_ANSWERS, ""),
    "AWS::RDS::DBCluster": Row(_ANSWERS, ""),
    "AWS::RDS::DBClusterParameterGroup": Row(_ANSWERS, ""),
    "AWS::RDS::DBInstance": Row(_ANSWERS, ""),
    "AWS::RDS::DBParameterGroup": Row(_ANSWERS, ""),
    "AWS::RDS::DBSubnetGroup": Row(_ANSWERS, ""),
    "AWS::Route53::RecordSet": Row(_ANSWERS, ""),
    "AWS::S3::Bucket": Row(_RUNS, ""),
    "AWS::S3::BucketPolicy": Row(_ANSWERS, ""),
    "AWS::SNS::Subscription": Row(_RUNS, ""),
    "AWS::SNS::Topic": Row(_RUNS, ""),
    "AWS::SNS::TopicPolicy": Row(_ANSWERS, ""),
    "AWS::SQS::Queue": Row(_RUNS, ""),
    "AWS::SQS::QueuePolicy": Row(_ANSWERS, ""),
    "AWS::SSM::Parameter": Row(_RUNS, ""),
    "AWS::SecretsManager::RotationSchedule": Row(_ANSWERS, ""),
    "AWS::SecretsManager::Secret": Row(_RUNS, ""),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Row(_ANSWERS, ""),
    "AWS::ServiceDiscovery::Service": Row(_ANSWERS, ""),
    "AWS::WAFv2::LoggingConfiguration": Row(_RECORDED, ""),
    "AWS::WAFv2::WebACL": Row(_ANSWERS, ""),
    "AWS::WAFv2::WebACLAssociation": Row(_ANSWERS, ""),
    "AWS::XRay::Group": Row(_RECORDED, ""),
    "AWS::XRay::SamplingRule": Row(_RECORDED, ""),
}
"""Every type that the reference stages and the golden specs use."""


def standing(type_name: str) -> Standing:
    """Return the standing of a type; one that nothing knows is recorded at best."""
    row = STANDING.get(type_name)
    return row.standing if row else Standing.RECORDED
