"""Network ACLs, their entries and the subnets that they stand before, on MiniStack's EC2 stores."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import ec2

from petc.resources.schemas import Json
from petc_local.types import ec2_addresses
from petc_local.types.forms import (
    Attributes,
    Handlers,
    Made,
    Properties,
    ResourceError,
    accepted,
    element,
    flag,
    mapping,
    number,
    text,
)


def _create_acl(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Create an ACL that denies everything, as a new one does until it has entries."""
    vpc = text(properties, "VpcId")
    if vpc not in ec2._vpcs:
        raise ResourceError(f"The vpc ID '{vpc}' does not exist")
    acl = element(accepted(ec2._create_network_acl({"VpcId": [vpc]})), "networkAclId")
    ec2_addresses.write(acl, {}, properties)
    return acl, {"Id": acl}


def _update_acl(physical_id: str, old: Properties, new: Properties) -> Made:
    _acl(physical_id)
    ec2_addresses.write(physical_id, old, new)
    return physical_id, {"Id": physical_id}


def _delete_acl(physical_id: str, properties: Properties) -> None:
    """Delete an ACL; one that still stands before a subnet is refused ("DeleteNetworkAcl")."""
    held = ec2._network_acls.get(physical_id)
    if held is None:
        return
    if held["Associations"]:
        raise ResourceError(f"The networkAcl '{physical_id}' has dependencies and cannot be deleted.")
    accepted(ec2._delete_network_acl({"NetworkAclId": [physical_id]}))
    ec2._tags.pop(physical_id, None)


def _create_entry(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Add an entry; a second one of the same number and direction is refused ("CreateNetworkAclEntry")."""
    acl = _acl(text(properties, "NetworkAclId"))
    entry = _entry(properties)
    if any(_same(held, entry) for held in acl["Entries"]):
        raise ResourceError(f"The network acl entry identified by {entry['RuleNumber']} already exists.")
    acl["Entries"].append(entry)
    identity = "|".join(
        (
            text(properties, "NetworkAclId"),
            str(entry["RuleNumber"]),
            "egress" if entry["Egress"] else "ingress",
        )
    )
    return identity, {"Id": identity}


def _update_entry(physical_id: str, old: Properties, new: Properties) -> Made:
    acl = _acl(text(new, "NetworkAclId"))
    entry = _entry(new)
    acl["Entries"] = [held for held in acl["Entries"] if not _same(held, entry)] + [entry]
    return physical_id, {"Id": physical_id}


def _delete_entry(physical_id: str, properties: Properties) -> None:
    acl = ec2._network_acls.get(text(properties, "NetworkAclId"))
    if acl is not None:
        entry = _entry(properties)
        acl["Entries"] = [held for held in acl["Entries"] if not _same(held, entry)]


def _entry(properties: Properties) -> Attributes:
    """Return the entry in EC2's form; the protocol is a number as text, -1 for all."""
    entry: Attributes = {
        "RuleNumber": number(properties, "RuleNumber"),
        "Protocol": text(properties, "Protocol", "-1"),
        "RuleAction": text(properties, "RuleAction", "allow"),
        "Egress": flag(properties, "Egress"),
    }
    block = "Ipv6CidrBlock" if properties.get("Ipv6CidrBlock") else "CidrBlock"
    entry[block] = text(properties, block, "0.0.0.0/0")
    ports = mapping(properties.get("PortRange"))
    if ports:
        entry["PortRange"] = {"From": number(ports, "From"), "To": number(ports, "To")}
    return entry


def _same(held: Attributes, entry: Attributes) -> bool:
    return (held["RuleNumber"], held["Egress"]) == (entry["RuleNumber"], entry["Egress"])


def _create_association(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Put the ACL before the subnet; the one that stood there leaves ("ReplaceNetworkAclAssociation")."""
    subnet = text(properties, "SubnetId")
    if subnet not in ec2._subnets:
        raise ResourceError(f"The subnet ID '{subnet}' does not exist")
    association = _associate(text(properties, "NetworkAclId"), subnet)
    return association, {"AssociationId": association}


def _update_association(physical_id: str, old: Properties, new: Properties) -> Made:
    return physical_id, {"AssociationId": physical_id}


def _delete_association(physical_id: str, properties: Properties) -> None:
    """Give the subnet back to the default ACL of its VPC, unless it has another one by now."""
    for acl in ec2._network_acls.values():
        for held in acl["Associations"]:
            if held["NetworkAclAssociationId"] == physical_id:
                acl["Associations"].remove(held)
                give_default(held["SubnetId"])
                return


def association_of(subnet: str) -> str | None:
    """Return the association of a subnet with the ACL that it is behind."""
    for acl in ec2._network_acls.values():
        for held in acl["Associations"]:
            if held["SubnetId"] == subnet:
                return str(held["NetworkAclAssociationId"])
    return None


def give_default(subnet_id: str) -> str | None:
    """Put a subnet behind the default ACL of its VPC, where every new one stands ("Network ACL basics").

    Returns the association, nothing when subnet, VPC or ACL are gone.
    """
    subnet = ec2._subnets.get(subnet_id)
    vpc = ec2._vpcs.get(subnet["VpcId"]) if subnet else None
    if vpc is None or vpc.get("DefaultNetworkAclId") not in ec2._network_acls:
        return None
    return _associate(vpc["DefaultNetworkAclId"], subnet_id)


def _associate(acl_id: str, subnet: str) -> str:
    acl = _acl(acl_id)
    for other in ec2._network_acls.values():
        other["Associations"] = [held for held in other["Associations"] if held["SubnetId"] != subnet]
    association = f"aclassoc-{new_uuid().replace('-', '')[:17]}"
    acl["Associations"].append({"NetworkAclAssociationId": association, "SubnetId": subnet})
    return association


def _acl(acl_id: str) -> dict[str, list[dict[str, Json]]]:
    held: dict[str, list[dict[str, Json]]] | None = ec2._network_acls.get(acl_id)
    if held is None:
        raise ResourceError(f"The network ACL '{acl_id}' does not exist")
    return held


def enter() -> None:
    """Let `DescribeNetworkAcls` show the ports of entries, which MiniStack leaves out."""
    module: Any = ec2
    own = module._network_acl_entry_xml
    if hasattr(own, "petc"):
        return

    def shown(entry: Properties) -> str:
        ports = mapping(entry.get("PortRange"))
        told = f"<from>{ports['From']}</from><to>{ports['To']}</to>" if ports else ""
        return str(own(entry)).replace(
            "</item>", f"<portRange>{told}</portRange></item>" if told else "</item>"
        )

    module._network_acl_entry_xml = shown
    module._network_acl_entry_xml.petc = True


HANDLERS = {
    "AWS::EC2::NetworkAcl": Handlers(_create_acl, _update_acl, _delete_acl, tags="list"),
    "AWS::EC2::NetworkAclEntry": Handlers(_create_entry, _update_entry, _delete_entry),
    "AWS::EC2::SubnetNetworkAclAssociation": Handlers(
        _create_association, _update_association, _delete_association
    ),
}
"""The types of this family."""
