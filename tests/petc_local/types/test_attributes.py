from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, ref, resource
from tests.petc_local.types.networking import network


def test_attributes_of_routes(aws: LocalAws) -> None:
    made = create(
        aws,
        {
            **network(),
            "Gateway": resource("AWS::EC2::InternetGateway"),
            "Attachment": resource(
                "AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")
            ),
            "Table": resource("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
            "Route": resource(
                "AWS::EC2::Route",
                RouteTableId=ref("Table"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=ref("Gateway"),
            ),
            "Association": resource(
                "AWS::EC2::SubnetRouteTableAssociation", RouteTableId=ref("Table"), SubnetId=ref("SubnetA")
            ),
        },
        outputs={
            "Block": att("Route", "CidrBlock"),
            "Kind": att("Attachment", "AttachmentType"),
            "Id": att("Association", "Id"),
        },
    )

    assert made.outputs["Block"] == "0.0.0.0/0"
    assert made.outputs["Kind"] == "IGW"
    assert made.outputs["Id"] == made.ids["Association"]


def test_attributes_of_a_web_acl(aws: LocalAws) -> None:
    visible = {"CloudWatchMetricsEnabled": True, "MetricName": "all", "SampledRequestsEnabled": True}
    acl: dict[str, Any] = resource(
        "AWS::WAFv2::WebACL",
        Name="acl",
        DefaultAction={"Allow": {}},
        Scope="REGIONAL",
        VisibilityConfig=visible,
    )
    names = ("LabelNamespace", "Capacity")
    made = create(aws, {"Acl": acl}, outputs={name: {"Fn::Sub": f"${{Acl.{name}}}"} for name in names})

    assert made.outputs == {"LabelNamespace": f"awswaf:{aws.account}:webacl:acl:", "Capacity": "0"}
