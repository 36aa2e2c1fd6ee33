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
    "AWS::ApiGateway::Deployment": Row(
        _RUNS, "a stage serves the resources and methods of its deployment, not later ones"
    ),
    "AWS::ApiGateway::GatewayResponse": Row(
        _RUNS, "errors are answered by it; variables in its templates stay as they are written"
    ),
    "AWS::ApiGateway::Method": Row(
        _RUNS, "a request is answered by a function or a mock; a route into the VPC finds nobody"
    ),
    "AWS::ApiGateway::Resource": Row(_RUNS, "requests find their way by it"),
    "AWS::ApiGateway::RestApi": Row(
        _RUNS, "requests are answered on this machine; policy and private access are not enforced"
    ),
    "AWS::ApiGateway::Stage": Row(_RUNS, "requests are answered; there is no access log, and no trace"),
    "AWS::ApiGatewayV2::VpcLink": Row(
        _RECORDED, "MiniStack has no links into a VPC; one that a stage leads to cannot be deleted"
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": Row(
        _ANSWERS, "brings its service's number of tasks into its range; nothing scales by load"
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Row(_RECORDED, "MiniStack has no Application Auto Scaling"),
    "AWS::CloudFront::Distribution": Row(
        _RUNS, "the site and the API answer under the distribution's local name"
    ),
    "AWS::CloudFront::Function": Row(
        _RUNS,
        "its code runs on requests of viewers where Node.js is installed; else requests pass as they are",
    ),
    "AWS::CloudFront::OriginAccessControl": Row(
        _RUNS, "the bucket's policy decides what the distribution may read"
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": Row(_RUNS, "its headers are in the answers"),
    "AWS::CloudTrail::Trail": Row(_ANSWERS, "shown as logging; it writes nothing into its bucket"),
    "AWS::CloudWatch::Alarm": Row(
        _ANSWERS,
        "judges metrics that someone puts; no service here publishes its own, metric math is kept only",
    ),
    "AWS::CloudWatch::Dashboard": Row(_ANSWERS, "kept; there is no console that draws it"),
    "AWS::EC2::EIP": Row(_ANSWERS, "an address is shown; no traffic goes by it"),
    "AWS::EC2::FlowLog": Row(_ANSWERS, "shown as active; there is no traffic to log"),
    "AWS::EC2::InternetGateway": Row(_ANSWERS, "shown as attached; no traffic goes by it"),
    "AWS::EC2::NatGateway": Row(_ANSWERS, "shown as available; no traffic goes by it"),
    "AWS::EC2::NetworkAcl": Row(_ANSWERS, "shown; it lets nothing through and holds nothing back"),
    "AWS::EC2::NetworkAclEntry": Row(_ANSWERS, "shown; it lets nothing through and holds nothing back"),
    "AWS::EC2::Route": Row(_ANSWERS, "shown; no traffic follows it"),
    "AWS::EC2::RouteTable": Row(_ANSWERS, "shown; no traffic follows it"),
    "AWS::EC2::SecurityGroup": Row(_ANSWERS, "shown; it lets nothing through and holds nothing back"),
    "AWS::EC2::SecurityGroupEgress": Row(
        _ANSWERS, "shown in its group; it lets nothing through and holds nothing back"
    ),
    "AWS::EC2::SecurityGroupIngress": Row(
        _ANSWERS, "shown in its group; it lets nothing through and holds nothing back"
    ),
    "AWS::EC2::Subnet": Row(_ANSWERS, "shown; nothing has an address in it"),
    "AWS::EC2::SubnetNetworkAclAssociation": Row(_ANSWERS, "shown with its ACL; no traffic meets it"),
    "AWS::EC2::SubnetRouteTableAssociation": Row(_ANSWERS, "shown with its table; no traffic follows it"),
    "AWS::EC2::VPC": Row(_ANSWERS, "shown; there is no network"),
    "AWS::EC2::VPCEndpoint": Row(_ANSWERS, "shown as available; its names do not resolve"),
    "AWS::EC2::VPCGatewayAttachment": Row(_ANSWERS, "shown with its gateway; no traffic goes by it"),
    "AWS::ECR::Repository": Row(_ANSWERS, "shown; images are neither scanned nor run"),
    "AWS::ECS::Cluster": Row(_ANSWERS, "shown as active; no container runs in it"),
    "AWS::ECS::Service": Row(_ANSWERS, "shown as steady, its tasks as running; no container runs"),
    "AWS::ECS::TaskDefinition": Row(_ANSWERS, "kept as a revision; no container is started from it"),
    "AWS::ElasticLoadBalancingV2::Listener": Row(_RUNS, "requests are answered, by HTTP only"),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Row(
        _RUNS, "requests are matched; behind the target groups nobody listens"
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Row(_RUNS, "requests are answered on this machine"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Row(
        _ANSWERS, "shown; no task registers and nothing is checked"
    ),
    "AWS::Events::Rule": Row(_RUNS, "events that someone puts reach its targets; ECS and RDS here put none"),
    "AWS::IAM::Role": Row(_ANSWERS, "shown; what it may do is decided with PETC_LOCAL_IAM=1 only"),
    "AWS::IAM::RolePolicy": Row(_ANSWERS, "shown at its role; it decides with PETC_LOCAL_IAM=1 only"),
    "AWS::KMS::Alias": Row(_ANSWERS, "leads to its key"),
    "AWS::KMS::Key": Row(_ANSWERS, "encrypts when asked; what is stored here is not encrypted with it"),
    "AWS::Lambda::EventInvokeConfig": Row(_RUNS, "failed events are tried again and then end in the queue"),
    "AWS::Lambda::EventSourceMapping": Row(_RUNS, "messages of a queue reach the function, in batches"),
    "AWS::Lambda::Function": Row(_RUNS, "its code runs in a process on this machine, outside of any VPC"),
    "AWS::Lambda::Permission": Row(
        _ANSWERS, "shown in the function's policy; every call is allowed, whatever it says"
    ),
    "AWS::Logs::LogGroup": Row(_RUNS, "functions write into it; nothing expires"),
    "AWS::Logs::ResourcePolicy": Row(_ANSWERS, "kept; every call is allowed, whatever it says"),
    "AWS::RDS::DBCluster": Row(
        _ANSWERS, "shown as available; no engine runs and its endpoint does not resolve"
    ),
    "AWS::RDS::DBClusterParameterGroup": Row(_ANSWERS, "kept; there is no engine to set"),
    "AWS::RDS::DBInstance": Row(_ANSWERS, "shown as available; no engine runs"),
    "AWS::RDS::DBParameterGroup": Row(_ANSWERS, "kept; there is no engine to set"),
    "AWS::RDS::DBSubnetGroup": Row(_ANSWERS, "shown; there is no network"),
    "AWS::Route53::RecordSet": Row(_ANSWERS, "kept in its zone; no server answers queries"),
    "AWS::S3::Bucket": Row(_RUNS, "keeps objects; nothing expires and nothing is encrypted"),
    "AWS::S3::BucketPolicy": Row(_RUNS, "decides what a distribution may read; other calls are all allowed"),
    "AWS::SNS::Subscription": Row(_RUNS, "messages reach functions and queues; no mail is sent"),
    "AWS::SNS::Topic": Row(_RUNS, "messages reach its subscribers"),
    "AWS::SNS::TopicPolicy": Row(_ANSWERS, "kept; every call is allowed, whatever it says"),
    "AWS::SQS::Queue": Row(_RUNS, "keeps and gives messages"),
    "AWS::SQS::QueuePolicy": Row(_ANSWERS, "kept; every call is allowed, whatever it says"),
    "AWS::SSM::Parameter": Row(_RUNS, "gives its value"),
    "AWS::SecretsManager::RotationSchedule": Row(
        _ANSWERS, "the schedule is shown; the password stays the same"
    ),
    "AWS::SecretsManager::Secret": Row(_RUNS, "gives its value"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Row(
        _ANSWERS, "shown with its zone; no server answers queries"
    ),
    "AWS::ServiceDiscovery::Service": Row(_ANSWERS, "shown; no task registers"),
    "AWS::WAFv2::LoggingConfiguration": Row(_RECORDED, "MiniStack's WAF has no logging"),
    "AWS::WAFv2::WebACL": Row(_ANSWERS, "shown; no request is held back"),
    "AWS::WAFv2::WebACLAssociation": Row(_ANSWERS, "shown at its resource; no request is held back"),
    "AWS::XRay::Group": Row(_RECORDED, "MiniStack has no X-Ray"),
    "AWS::XRay::SamplingRule": Row(_RECORDED, "MiniStack has no X-Ray"),
}
"""Every type that the reference stages and the golden specs use."""


def standing(type_name: str) -> Standing:
    """Return the standing of a type; one that nothing knows is recorded at best."""
    row = STANDING.get(type_name)
    return row.standing if row else Standing.RECORDED
