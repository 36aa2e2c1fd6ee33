"""How real each resource type is on the local AWS: what a result there is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Fidelity(Enum):
    """What stands behind a resource of a type.

    `RUNS`: it does its job on this machine. `ANSWERS`: the service's API shows it, nothing acts behind it.
    `RECORDED`: only its properties are kept; it never counts as deployed.
    """

    RUNS = "runs"
    ANSWERS = "answers"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class FidelityRow:
    """The standing of a type, and the reason in one line."""

    standing: Fidelity
    reason: str


_RUNS, _ANSWERS, _RECORDED = Fidelity.RUNS, Fidelity.ANSWERS, Fidelity.RECORDED

STANDING: Mapping[str, FidelityRow] = {
    "AWS::ApiGateway::Deployment": FidelityRow(
        _RUNS, "a stage serves the resources and methods of its deployment, not later ones"
    ),
    "AWS::ApiGateway::GatewayResponse": FidelityRow(
        _RUNS, "errors are answered by it; variables in its templates stay as they are written"
    ),
    "AWS::ApiGateway::Method": FidelityRow(
        _RUNS, "a request is answered by a function or a mock; a route into the VPC finds no service"
    ),
    "AWS::ApiGateway::Resource": FidelityRow(_RUNS, "requests find their way by it"),
    "AWS::ApiGateway::RestApi": FidelityRow(
        _RUNS, "requests are answered on this machine; policy and private access are not enforced"
    ),
    "AWS::ApiGateway::Stage": FidelityRow(
        _RUNS, "requests are answered; there is no access log, and no trace"
    ),
    "AWS::ApiGatewayV2::VpcLink": FidelityRow(
        _RECORDED, "MiniStack has no links into a VPC; one that a stage leads to cannot be deleted"
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": FidelityRow(
        _ANSWERS, "brings its service's number of tasks into its range; nothing scales by load"
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": FidelityRow(
        _RECORDED, "MiniStack has no Application Auto Scaling"
    ),
    "AWS::CloudFront::Distribution": FidelityRow(
        _RUNS, "the site and the API answer under the distribution's local name"
    ),
    "AWS::CloudFront::Function": FidelityRow(
        _RUNS,
        "its code runs on requests of viewers where Node.js is installed; else requests pass as they are",
    ),
    "AWS::CloudFront::OriginAccessControl": FidelityRow(
        _RUNS, "the bucket's policy decides what the distribution may read"
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": FidelityRow(_RUNS, "its headers are in the answers"),
    "AWS::CloudTrail::Trail": FidelityRow(_ANSWERS, "shown as logging; it writes nothing into its bucket"),
    "AWS::CloudWatch::Alarm": FidelityRow(
        _ANSWERS,
        "judges metrics that someone puts; no service here publishes its own, metric math is kept only",
    ),
    "AWS::CloudWatch::Dashboard": FidelityRow(_ANSWERS, "kept; there is no console that draws it"),
    "AWS::EC2::EIP": FidelityRow(_ANSWERS, "an address is shown; no traffic goes by it"),
    "AWS::EC2::FlowLog": FidelityRow(_ANSWERS, "shown as active; there is no traffic to log"),
    "AWS::EC2::InternetGateway": FidelityRow(_ANSWERS, "shown as attached; no traffic goes by it"),
    "AWS::EC2::NatGateway": FidelityRow(_ANSWERS, "shown as available; no traffic goes by it"),
    "AWS::EC2::NetworkAcl": FidelityRow(_ANSWERS, "shown; it lets nothing through and holds nothing back"),
    "AWS::EC2::NetworkAclEntry": FidelityRow(
        _ANSWERS, "shown; it lets nothing through and holds nothing back"
    ),
    "AWS::EC2::Route": FidelityRow(_ANSWERS, "shown; no traffic follows it"),
    "AWS::EC2::RouteTable": FidelityRow(_ANSWERS, "shown; no traffic follows it"),
    "AWS::EC2::SecurityGroup": FidelityRow(_ANSWERS, "shown; it lets nothing through and holds nothing back"),
    "AWS::EC2::SecurityGroupEgress": FidelityRow(
        _ANSWERS, "shown in its group; it lets nothing through and holds nothing back"
    ),
    "AWS::EC2::SecurityGroupIngress": FidelityRow(
        _ANSWERS, "shown in its group; it lets nothing through and holds nothing back"
    ),
    "AWS::EC2::Subnet": FidelityRow(_ANSWERS, "shown; nothing has an address in it"),
    "AWS::EC2::SubnetNetworkAclAssociation": FidelityRow(_ANSWERS, "shown with its ACL; no traffic meets it"),
    "AWS::EC2::SubnetRouteTableAssociation": FidelityRow(
        _ANSWERS, "shown with its table; no traffic follows it"
    ),
    "AWS::EC2::VPC": FidelityRow(_ANSWERS, "shown; there is no network"),
    "AWS::EC2::VPCEndpoint": FidelityRow(_ANSWERS, "shown as available; its names do not resolve"),
    "AWS::EC2::VPCGatewayAttachment": FidelityRow(_ANSWERS, "shown with its gateway; no traffic goes by it"),
    "AWS::ECR::Repository": FidelityRow(_ANSWERS, "shown; images are neither scanned nor run"),
    "AWS::ECS::Cluster": FidelityRow(_ANSWERS, "shown as active; no container runs in it"),
    "AWS::ECS::Service": FidelityRow(_ANSWERS, "shown as steady, its tasks as running; no container runs"),
    "AWS::ECS::TaskDefinition": FidelityRow(_ANSWERS, "kept as a revision; no container is started from it"),
    "AWS::ElasticLoadBalancingV2::Listener": FidelityRow(_RUNS, "requests are answered, by HTTP only"),
    "AWS::ElasticLoadBalancingV2::ListenerRule": FidelityRow(
        _RUNS, "requests are matched; the target groups have no targets that listen"
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": FidelityRow(_RUNS, "requests are answered on this machine"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": FidelityRow(
        _ANSWERS, "shown; no task registers and nothing is checked"
    ),
    "AWS::Events::Rule": FidelityRow(
        _RUNS, "events that someone puts reach its targets; ECS and RDS here put none"
    ),
    "AWS::IAM::Role": FidelityRow(_ANSWERS, "shown; what it may do is decided with PETC_LOCAL_IAM=1 only"),
    "AWS::IAM::RolePolicy": FidelityRow(_ANSWERS, "shown at its role; it decides with PETC_LOCAL_IAM=1 only"),
    "AWS::KMS::Alias": FidelityRow(_ANSWERS, "leads to its key"),
    "AWS::KMS::Key": FidelityRow(
        _ANSWERS, "encrypts when asked; what is stored here is not encrypted with it"
    ),
    "AWS::Lambda::EventInvokeConfig": FidelityRow(
        _RUNS, "failed events are tried again and then end in the queue"
    ),
    "AWS::Lambda::EventSourceMapping": FidelityRow(
        _RUNS, "messages of a queue reach the function, in batches"
    ),
    "AWS::Lambda::Function": FidelityRow(
        _RUNS, "its code runs in a process on this machine, outside of any VPC"
    ),
    "AWS::Lambda::Permission": FidelityRow(
        _ANSWERS, "shown in the function's policy; every call is allowed, whatever it says"
    ),
    "AWS::Logs::LogGroup": FidelityRow(_RUNS, "functions write into it; nothing expires"),
    "AWS::Logs::ResourcePolicy": FidelityRow(_ANSWERS, "kept; every call is allowed, whatever it says"),
    "AWS::RDS::DBCluster": FidelityRow(
        _ANSWERS, "shown as available; no engine runs and its endpoint does not resolve"
    ),
    "AWS::RDS::DBClusterParameterGroup": FidelityRow(_ANSWERS, "kept; there is no engine to set"),
    "AWS::RDS::DBInstance": FidelityRow(_ANSWERS, "shown as available; no engine runs"),
    "AWS::RDS::DBParameterGroup": FidelityRow(_ANSWERS, "kept; there is no engine to set"),
    "AWS::RDS::DBSubnetGroup": FidelityRow(_ANSWERS, "shown; there is no network"),
    "AWS::Route53::RecordSet": FidelityRow(_ANSWERS, "kept in its zone; no server answers queries"),
    "AWS::S3::Bucket": FidelityRow(_RUNS, "keeps objects; nothing expires and nothing is encrypted"),
    "AWS::S3::BucketPolicy": FidelityRow(
        _RUNS, "decides what a distribution may read; other calls are all allowed"
    ),
    "AWS::SNS::Subscription": FidelityRow(_RUNS, "messages reach functions and queues; no mail is sent"),
    "AWS::SNS::Topic": FidelityRow(_RUNS, "messages reach its subscribers"),
    "AWS::SNS::TopicPolicy": FidelityRow(_ANSWERS, "kept; every call is allowed, whatever it says"),
    "AWS::SQS::Queue": FidelityRow(_RUNS, "keeps and gives messages"),
    "AWS::SQS::QueuePolicy": FidelityRow(_ANSWERS, "kept; every call is allowed, whatever it says"),
    "AWS::SSM::Parameter": FidelityRow(_RUNS, "gives its value"),
    "AWS::SecretsManager::RotationSchedule": FidelityRow(
        _ANSWERS, "the schedule is shown; the password stays the same"
    ),
    "AWS::SecretsManager::Secret": FidelityRow(_RUNS, "gives its value"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": FidelityRow(
        _ANSWERS, "shown with its zone; no server answers queries"
    ),
    "AWS::ServiceDiscovery::Service": FidelityRow(_ANSWERS, "shown; no task registers"),
    "AWS::WAFv2::LoggingConfiguration": FidelityRow(_RECORDED, "MiniStack's WAF has no logging"),
    "AWS::WAFv2::WebACL": FidelityRow(_ANSWERS, "shown; no request is held back"),
    "AWS::WAFv2::WebACLAssociation": FidelityRow(_ANSWERS, "shown at its resource; no request is held back"),
    "AWS::XRay::Group": FidelityRow(_RECORDED, "MiniStack has no X-Ray"),
    "AWS::XRay::SamplingRule": FidelityRow(_RECORDED, "MiniStack has no X-Ray"),
}
"""Every type that the reference stages and the golden specs use."""


def standing(type_name: str) -> Fidelity:
    """Return the standing of a type; one that nothing knows is recorded at best."""
    row = STANDING.get(type_name)
    return row.standing if row else Fidelity.RECORDED
