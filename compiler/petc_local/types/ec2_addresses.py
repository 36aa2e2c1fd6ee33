"""Elastic IP addresses, NAT gateways and the tags of EC2 resources, on MiniStack's own EC2 API."""

from __future__ import annotations

from ministack.services import ec2

from petc_local.types.forms import Handlers, Made, Properties, ResourceError, accepted, element, entries, text


def _create_address(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Allocate an address. Ref is the address itself ("AWS::EC2::EIP", return values)."""
    body = accepted(ec2._allocate_address({"Domain": [text(properties, "Domain", "vpc")]}))
    allocation = element(body, "allocationId")
    write(allocation, {}, properties)
    return _address(allocation)


def _update_address(physical_id: str, old: Properties, new: Properties) -> Made:
    allocation = _allocation(physical_id)
    if allocation is None:
        raise ResourceError(f"the address '{physical_id}' does not exist")
    write(allocation, old, new)
    return _address(allocation)


def _delete_address(physical_id: str, properties: Properties) -> None:
    allocation = _allocation(physical_id)
    if allocation is not None:
        accepted(ec2._release_address({"AllocationId": [allocation]}))


def _allocation(public_ip: str) -> str | None:
    return next((key for key, held in ec2._addresses.items() if held["PublicIp"] == public_ip), None)


def _address(allocation: str) -> Made:
    public_ip = str(ec2._addresses[allocation]["PublicIp"])
    return public_ip, {"AllocationId": allocation, "PublicIp": public_ip}


def _create_gateway(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Create a gateway; its subnet must exist and its address be allocated and free, as EC2 demands."""
    subnet, allocation = text(properties, "SubnetId"), text(properties, "AllocationId")
    if subnet not in ec2._subnets:
        raise ResourceError(f"The subnet ID '{subnet}' does not exist")
    private = text(properties, "ConnectivityType") == "private"
    if not private and allocation not in ec2._addresses:
        raise ResourceError(f"Elastic IP address '{allocation}' could not be found")
    if not private and ec2._addresses[allocation].get("AssociationId"):
        # "CreateNatGateway"; seen in public: pulumi-aws issue 1483.
        raise ResourceError(
            f"Elastic IP address [{allocation}] is already associated (Resource.AlreadyAssociated)"
        )
    body = accepted(
        ec2._create_nat_gateway(
            {
                "SubnetId": [subnet],
                "AllocationId": [allocation],
                "ConnectivityType": ["private" if private else "public"],
            }
        )
    )
    gateway = element(body, "natGatewayId")
    if not private:
        ec2._addresses[allocation]["AssociationId"] = gateway.replace("nat-", "eipassoc-")
    write(gateway, {}, properties)
    return _gateway(gateway)


def _update_gateway(physical_id: str, old: Properties, new: Properties) -> Made:
    if physical_id not in ec2._nat_gateways:
        raise ResourceError(f"NatGateway {physical_id} was not found")
    write(physical_id, old, new)
    return _gateway(physical_id)


def _delete_gateway(physical_id: str, properties: Properties) -> None:
    """Delete a gateway for good: EC2 shows a deleted one for about an hour, here it is gone at once."""
    held = ec2._nat_gateways.pop(physical_id, None)
    ec2._tags.pop(physical_id, None)
    if held is not None and held.get("AllocationId") in ec2._addresses:
        ec2._addresses[held["AllocationId"]]["AssociationId"] = None


def _gateway(gateway: str) -> Made:
    return gateway, {"NatGatewayId": gateway, "EniId": gateway.replace("nat-", "eni-")}


HANDLERS = {
    "AWS::EC2::EIP": Handlers(_create_address, _update_address, _delete_address, tags="list"),
    "AWS::EC2::NatGateway": Handlers(_create_gateway, _update_gateway, _delete_gateway, tags="list"),
}
"""The types of this family."""


def write(resource_id: str, old: Properties, new: Properties) -> None:
    """Set the tags of the new properties and drop those that only the old ones had; others stay."""
    owned = {text(tag, "Key") for side in (old, new) for tag in entries(side.get("Tags"))}
    kept = [tag for tag in ec2._tags.get(resource_id) or [] if tag.get("Key") not in owned]
    tags = kept + [{"Key": text(tag, "Key"), "Value": text(tag, "Value")} for tag in entries(new.get("Tags"))]
    if tags:
        ec2._tags[resource_id] = tags
    else:
        ec2._tags.pop(resource_id, None)
