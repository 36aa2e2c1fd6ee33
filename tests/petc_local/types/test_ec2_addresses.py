from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, ref, resource, update
from tests.petc_local.types.networking import network


def gateway(subnet: str = "SubnetA", **properties: Any) -> dict[str, Any]:
    return {
        **network(),
        "Address": resource("AWS::EC2::EIP", Domain="vpc"),
        "Gateway": resource(
            "AWS::EC2::NatGateway",
            SubnetId=ref(subnet),
            AllocationId=att("Address", "AllocationId"),
            **properties,
        ),
    }


def test_a_gateway_is_shown_in_its_subnet(aws: LocalAws) -> None:
    made = create(aws, gateway())
    (shown,) = aws.client("ec2").describe_nat_gateways()["NatGateways"]

    assert (made.status, shown["State"]) == ("CREATE_COMPLETE", "available")
    assert shown["NatGatewayId"] == made.ids["Gateway"]
    assert shown["SubnetId"] == made.ids["SubnetA"]


def test_ref_of_an_address_is_the_address_itself(aws: LocalAws) -> None:
    made = create(aws, gateway(), outputs={"Ip": ref("Address"), "Id": att("Address", "AllocationId")})
    (shown,) = aws.client("ec2").describe_addresses()["Addresses"]

    assert made.outputs == {"Ip": shown["PublicIp"], "Id": shown["AllocationId"]}


def test_tags_change_in_place_and_those_of_the_stack_are_there(aws: LocalAws) -> None:
    tags = [{"Key": "use", "Value": "old"}]
    made = create(aws, gateway(Tags=tags), tags={"owner": "team"})
    update(aws, gateway(Tags=[{"Key": "use", "Value": "new"}]), tags={"owner": "team"})
    (shown,) = aws.client("ec2").describe_nat_gateways()["NatGateways"]
    found = {tag["Key"]: tag["Value"] for tag in shown["Tags"]}

    assert shown["NatGatewayId"] == made.ids["Gateway"]
    assert (found["use"], found["owner"]) == ("new", "team")
    assert found["aws:cloudformation:logical-id"] == "Gateway"


def test_another_subnet_would_replace_the_gateway_whose_address_is_in_use(aws: LocalAws) -> None:
    made = create(aws, gateway())
    changed = update(aws, gateway("SubnetB"))
    (shown,) = aws.client("ec2").describe_nat_gateways()["NatGateways"]

    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "is already associated (Resource.AlreadyAssociated)" in changed.reasons[0]
    assert shown["NatGatewayId"] == made.ids["Gateway"]


def test_a_gateway_without_its_address_is_refused(aws: LocalAws) -> None:
    lost = gateway()
    lost["Gateway"]["Properties"]["AllocationId"] = "eipalloc-0123"
    made = create(aws, lost)

    assert made.status == "ROLLBACK_COMPLETE"
    assert made.reasons[0] == "Elastic IP address 'eipalloc-0123' could not be found"


def test_deleting_releases_the_address(aws: LocalAws) -> None:
    create(aws, gateway())
    delete(aws)

    assert aws.client("ec2").describe_addresses()["Addresses"] == []
    assert aws.client("ec2").describe_nat_gateways()["NatGateways"] == []
