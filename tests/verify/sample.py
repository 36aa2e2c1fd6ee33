"""A small stage in twelve templates, as values, for the tests of the verification."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from petc.verify.rendered import Json, Rendered, View

Template = dict[str, Any]

PREFIX = "shop-dev"
CONTEXT = "com.aws.cloudformation.Context"


def rendered(layer: str, number: int, template: Mapping[str, Any]) -> Rendered:
    text = json.dumps(template, indent=1)
    return Rendered(layer, f"{number:02d}-{layer}.yaml", template, len(text.encode()), text)


def view(*templates: Template) -> View:
    """The templates as layers a, b, c...: for tests that need one or two."""
    return tuple(rendered(chr(97 + number), number + 1, item) for number, item in enumerate(templates))


def resource(type_name: str, spec: str = "/services/api", **properties: Any) -> dict[str, Any]:
    metadata = {"petc": {"spec": spec}, CONTEXT: {"why": f"part of {spec}"}}
    return {"Type": type_name, "Metadata": metadata, "Properties": properties}


def template(*, outputs: dict[str, Any] | None = None, **resources: Any) -> Template:
    body: Template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Metadata": {CONTEXT: {"arch": "one layer of a shop"}},
        "Resources": resources,
    }
    if outputs:
        body["Outputs"] = outputs
    return body


def export(layer: str, name: str, value: Any) -> dict[str, Any]:
    return {name: {"Value": value, "Export": {"Name": f"{PREFIX}-{layer}-{name}"}}}


def imported(layer: str, name: str) -> Json:
    return {"Fn::ImportValue": f"{PREFIX}-{layer}-{name}"}


def ref(name: str) -> Json:
    return {"Ref": name}


def get(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> Json:
    return {"Fn::Sub": text}


TAGS = [{"Key": "project", "Value": "shop"}]


def trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def network() -> Template:
    resources: dict[str, Any] = {
        "Vpc": resource("AWS::EC2::VPC", "/network", CidrBlock="10.0.0.0/16", Tags=TAGS),
        "Gateway": resource("AWS::EC2::InternetGateway", "/network", Tags=TAGS),
        "Attachment": resource(
            "AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")
        ),
    }
    for number in range(4):
        resources[f"Subnet{number}"] = resource(
            "AWS::EC2::Subnet",
            "/network/zones",
            VpcId=ref("Vpc"),
            CidrBlock=f"10.0.{number}.0/24",
            AvailabilityZone={"Fn::Select": [number % 2, {"Fn::GetAZs": ""}]},
            Tags=TAGS,
        )
        resources[f"Routes{number}"] = resource("AWS::EC2::RouteTable", VpcId=ref("Vpc"), Tags=TAGS)
        resources[f"RouteLink{number}"] = resource(
            "AWS::EC2::SubnetRouteTableAssociation",
            SubnetId=ref(f"Subnet{number}"),
            RouteTableId=ref(f"Routes{number}"),
        )
        resources[f"Default{number}"] = {
            **resource(
                "AWS::EC2::Route",
                RouteTableId=ref(f"Routes{number}"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=ref("Gateway"),
            ),
            "DependsOn": ["Attachment"],
        }
    outputs = export("network", "VpcId", ref("Vpc"))
    for number in range(4):
        outputs |= export("network", f"Subnet{number}", ref(f"Subnet{number}"))
    return template(outputs=outputs, **resources)


def security(services: int) -> Template:
    resources: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    for number in range(services):
        resources[f"Group{number}"] = resource(
            "AWS::EC2::SecurityGroup",
            f"/services/s{number}",
            GroupDescription=f"service {number}",
            VpcId=imported("network", "VpcId"),
            Tags=TAGS,
        )
        resources[f"Ingress{number}"] = resource(
            "AWS::EC2::SecurityGroupIngress",
            f"/services/s{number}",
            GroupId=get(f"Group{number}", "GroupId"),
            IpProtocol="tcp",
            FromPort=8080,
            ToPort=8080,
            CidrIp="10.0.0.0/16",
            Description="from the balancer",
        )
        resources[f"Egress{number}"] = resource(
            "AWS::EC2::SecurityGroupEgress",
            f"/services/s{number}",
            GroupId=get(f"Group{number}", "GroupId"),
            IpProtocol="tcp",
            FromPort=443,
            ToPort=443,
            CidrIp="10.0.0.0/16",
            Description="to the endpoints",
        )
        resources[f"Role{number}"] = resource(
            "AWS::IAM::Role",
            f"/services/s{number}",
            AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"),
            Tags=TAGS,
        )
        outputs |= export("security", f"Group{number}", get(f"Group{number}", "GroupId"))
        outputs |= export("security", f"Role{number}", get(f"Role{number}", "Arn"))
    return template(outputs=outputs, **resources)


def parameters(services: int) -> Template:
    return template(
        **{
            f"Parameter{number}": resource(
                "AWS::SSM::Parameter",
                f"/services/s{number}/settings",
                Name=f"/shop/dev/s{number}/greeting",
                Type="String",
                Value="hello",
                Description="a greeting",
                Tags={"project": "shop"},
            )
            for number in range(services)
        }
    )


def application(services: int) -> Template:
    resources: dict[str, Any] = {
        "Cluster": resource("AWS::ECS::Cluster", "/services", ClusterName="shop-dev", Tags=TAGS)
    }
    outputs = export("application", "Cluster", ref("Cluster"))
    for number in range(services):
        resources[f"Logs{number}"] = {
            **resource(
                "AWS::Logs::LogGroup", LogGroupName=f"/shop/dev/s{number}", RetentionInDays=30, Tags=TAGS
            ),
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
        }
        resources[f"Task{number}"] = resource(
            "AWS::ECS::TaskDefinition",
            f"/services/s{number}",
            Family=f"shop-dev-s{number}",
            Cpu="256",
            Memory="512",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ExecutionRoleArn=imported("security", f"Role{number}"),
            TaskRoleArn=imported("security", f"Role{number}"),
            ContainerDefinitions=[
                {
                    "Name": "app",
                    "Image": "public.ecr.aws/docker/library/busybox:1.37",
                    "Essential": True,
                    "PortMappings": [{"ContainerPort": 8080, "Protocol": "tcp"}],
                    "Secrets": [
                        {
                            "Name": "GREETING",
                            "ValueFrom": sub(
                                "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}"
                                f":parameter/shop/dev/s{number}/greeting"
                            ),
                        }
                    ],
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {
                            "awslogs-group": ref(f"Logs{number}"),
                            "awslogs-region": ref("AWS::Region"),
                            "awslogs-stream-prefix": "app",
                        },
                    },
                }
            ],
            Tags=TAGS,
        )
        resources[f"Service{number}"] = resource(
            "AWS::ECS::Service",
            f"/services/s{number}",
            Cluster=ref("Cluster"),
            LaunchType="FARGATE",
            TaskDefinition=ref(f"Task{number}"),
            DesiredCount=1,
            NetworkConfiguration={
                "AwsvpcConfiguration": {
                    "AssignPublicIp": "DISABLED",
                    "SecurityGroups": [imported("security", f"Group{number}")],
                    "Subnets": [imported("network", "Subnet0"), imported("network", "Subnet1")],
                }
            },
            Tags=TAGS,
        )
        outputs |= export("application", f"Service{number}", get(f"Service{number}", "Name"))
    return template(outputs=outputs, **resources)


def monitoring(services: int) -> Template:
    return template(
        **{
            f"Alarm{metric}{number}": resource(
                "AWS::CloudWatch::Alarm",
                f"/services/s{number}",
                Namespace="AWS/ECS",
                MetricName=f"{metric}Utilization",
                Dimensions=[
                    {"Name": "ClusterName", "Value": imported("application", "Cluster")},
                    {"Name": "ServiceName", "Value": imported("application", f"Service{number}")},
                ],
                Statistic="Average",
                Period=60,
                EvaluationPeriods=5,
                Threshold=80,
                ComparisonOperator="GreaterThanThreshold",
                TreatMissingData="notBreaching",
                Tags=TAGS,
            )
            for number in range(services)
            for metric in ("CPU", "Memory")
        }
    )


def queues(count: int) -> Template:
    return template(
        **{
            f"Queue{number}": {
                **resource(
                    "AWS::SQS::Queue",
                    "/queues",
                    SqsManagedSseEnabled=True,
                    MessageRetentionPeriod=345600,
                    Tags=TAGS,
                ),
                "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": "Delete",
            }
            for number in range(count)
        }
    )


def stage(services: int = 4) -> View:
    """Twelve templates in deployment order that no check finds anything in."""
    layers = (
        ("network", network()),
        ("security", security(services)),
        ("parameter-store", parameters(services)),
        ("queues-a", queues(services)),
        ("queues-b", queues(services)),
        ("queues-c", queues(services)),
        ("application", application(services)),
        ("queues-d", queues(services)),
        ("queues-e", queues(services)),
        ("monitoring", monitoring(services)),
        ("queues-f", queues(services)),
        ("queues-g", queues(services)),
    )
    return tuple(rendered(name, number, body) for number, (name, body) in enumerate(layers, 1))
