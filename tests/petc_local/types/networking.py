"""A VPC with two subnets, which many of the tested types stand in."""

from __future__ import annotations

from typing import Any

from tests.petc_local.types.deploying import ref, resource


def network() -> dict[str, Any]:
    subnets = {
        name: resource(
            "AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block, AvailabilityZone=f"us-west-2{zone}"
        )
        for name, block, zone in (("SubnetA", "10.0.1.0/24", "a"), ("SubnetB", "10.0.2.0/24", "b"))
    }
    return {"Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")} | subnets


def group(description: str, **properties: Any) -> dict[str, Any]:
    """Return a security group without any rule of egress but one to itself nobody can reach."""
    closed = [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]
    return resource(
        "AWS::EC2::SecurityGroup",
        GroupDescription=description,
        VpcId=ref("Vpc"),
        SecurityGroupEgress=closed,
        **properties,
    )
