"""VPCs, subnets, endpoints and flow logs: attributes that MiniStack lacks, and groups that are still in use."""

from __future__ import annotations

import ipaddress
import re

from ministack.core.responses import get_region
from ministack.services import ec2

from petc.resources.schemas import Json
from petc_local.types import ec2_addresses, ec2_network_acls
from petc_local.types.forms import (
    Attributes,
    Handlers,
    Made,
    Properties,
    ResourceError,
    accepted,
    entries,
    text,
)
from petc_local.types.patching import Mend

_KINDS = ("VPC", "Subnet", "NetworkInterface", "TransitGateway", "TransitGatewayAttachment")
_KEPT = ("DeliverLogsPermissionArn", "LogFormat", "LogGroupName", "MaxAggregationInterval")


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    kind = text(properties, "ResourceType")
    if kind not in _KINDS:
        raise ResourceError(f"Value ({kind}) for parameter resourceType is invalid.")
    body = accepted(
        ec2._create_flow_logs(
            {
                "ResourceId.1": [text(properties, "ResourceId")],
                "ResourceType": [kind],
                "TrafficType": [text(properties, "TrafficType", "ALL")],
                "LogDestinationType": [text(properties, "LogDestinationType", "cloud-watch-logs")],
                "LogDestination": [text(properties, "LogDestination")],
                "LogGroupName": [text(properties, "LogGroupName")],
            }
        )
    )
    found = re.search(rb"<item>(fl-[^<]+)</item>", body)
    if found is None:
        raise ResourceError(f"no flow log was made for {text(properties, 'ResourceId')}")
    flow_log = found.group(1).decode()
    ec2._flow_logs[flow_log].update({name: properties[name] for name in _KEPT if name in properties})
    ec2_addresses.write(flow_log, {}, properties)
    return flow_log, {"Id": flow_log}


def _update(physical_id: str, old: Properties, new: Properties) -> Made:
    """Update the tags, all that can change without replacement ("AWS::EC2::FlowLog")."""
    if physical_id not in ec2._flow_logs:
        raise ResourceError(f"The flow log ID '{physical_id}' does not exist")
    ec2_addresses.write(physical_id, old, new)
    return physical_id, {"Id": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    accepted(ec2._delete_flow_logs({"FlowLogId.1": [physical_id]}))


HANDLERS = {"AWS::EC2::FlowLog": Handlers(_create, _update, _delete, tags="list")}
"""The types of this family."""


def _vpc(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Add what GetAtt gives of a VPC ("AWS::EC2::VPC", return values)."""
    return physical_id, {
        **attributes,
        "CidrBlock": str(ec2._vpcs[physical_id]["CidrBlock"]),
        "CidrBlockAssociations": [physical_id.replace("vpc-", "vpc-cidr-assoc-")],
        "Ipv6CidrBlocks": [],
    }


def _subnet(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Put a new subnet behind the VPC's default ACL and add what GetAtt gives ("AWS::EC2::Subnet")."""
    subnet = ec2._subnets[physical_id]
    association = ec2_network_acls.association_of(physical_id)
    if association is None:
        association = ec2_network_acls.give_default(physical_id)
    return physical_id, {
        **attributes,
        "CidrBlock": str(subnet["CidrBlock"]),
        "VpcId": str(subnet["VpcId"]),
        "AvailabilityZoneId": str(subnet["AvailabilityZoneId"]),
        "Ipv6CidrBlocks": [],
        "NetworkAclAssociationId": association or "",
    }


def _subnet_free(properties: Properties) -> None:
    """Refuse a range that overlaps another subnet of the VPC ("CreateSubnet"; the words: aws-cdk issue 24708)."""
    block = text(properties, "CidrBlock")
    wanted = ipaddress.ip_network(block, strict=False) if block else None
    for subnet in ec2._subnets.values():
        if wanted is None or subnet["VpcId"] != text(properties, "VpcId"):
            continue
        if wanted.overlaps(ipaddress.ip_network(str(subnet["CidrBlock"]), strict=False)):
            raise ResourceError(f"The CIDR '{block}' conflicts with another subnet (InvalidSubnet.Conflict)")


def _subnet_gone(physical_id: str, properties: Properties) -> None:
    for acl in ec2._network_acls.values():
        acl["Associations"] = [held for held in acl["Associations"] if held["SubnetId"] != physical_id]


def _endpoint(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Name an interface endpoint as AWS does: `hosted zone:name`, its own names and then the private one.

    Source: "AWS::EC2::VPCEndpoint", return values. Hosted zone ids are assumed.
    """
    endpoint = ec2._vpc_endpoints[physical_id]
    if endpoint["VpcEndpointType"] != "Interface":
        return physical_id, attributes
    region = get_region()
    service = str(endpoint["ServiceName"]).removeprefix(f"com.amazonaws.{region}.")
    zone = "Z1YSA3EXCYUU9Z"
    own = f"{physical_id}-{physical_id.removeprefix('vpce-')[:8]}.{service}.{region}.vpce.amazonaws.com"
    names: list[Json] = [f"{zone}:{own}"]
    subnets = [str(name) for name in endpoint["SubnetIds"]]
    zones = sorted({str(ec2._subnets[name]["AvailabilityZone"]) for name in subnets if name in ec2._subnets})
    names += [f"{zone}:{own.replace('.', f'-{at}.', 1)}" for at in zones]
    if endpoint["PrivateDnsEnabled"]:
        names.append(f"{zone}:{service}.{region}.amazonaws.com")
    held: list[Json] = [
        f"eni-{physical_id.removeprefix('vpce-')[:-1]}{place}" for place in range(len(subnets))
    ]
    endpoint["DnsEntries"] = names
    endpoint["NetworkInterfaceIds"] = held
    return physical_id, {**attributes, "DnsEntries": names, "NetworkInterfaceIds": held}


def _group(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    return physical_id, {**attributes, "Id": physical_id}


def _group_unused(physical_id: str, properties: Properties) -> None:
    """Refuse to delete a group that rules of other groups name ("DeleteSecurityGroup")."""
    for other_id, other in ec2._security_groups.items():
        rules = other["IpPermissions"] + other["IpPermissionsEgress"]
        named = {text(pair, "GroupId") for rule in rules for pair in entries(rule.get("UserIdGroupPairs"))}
        if other_id != physical_id and physical_id in named:
            raise ResourceError(f"resource {physical_id} has a dependent object")


MENDS = {
    "AWS::EC2::SecurityGroup": Mend(made=_group, deletable=_group_unused),
    "AWS::EC2::Subnet": Mend(made=_subnet, deleted=_subnet_gone, creatable=_subnet_free),
    "AWS::EC2::VPC": Mend(made=_vpc),
    "AWS::EC2::VPCEndpoint": Mend(made=_endpoint),
}
"""The types that this module mends."""
