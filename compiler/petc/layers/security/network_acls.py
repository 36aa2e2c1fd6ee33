"""Network ACLs: the subnet-level firewall of the three tiers, a second fence behind the security groups."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, Select, ec2

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.layers.security.acl_entries import TIERS, AclEntry, entries, subnets

_TCP = 6
_EVERY_PROTOCOL = -1

_SUBNETS = {
    "public": contracts.PUBLIC_SUBNETS,
    "app": contracts.APP_SUBNETS,
    "database": contracts.DATABASE_SUBNETS,
}


def emit_acls(draft: Draft) -> None:
    """Add a network ACL for each tier that has subnets, its entries, and its place before each subnet."""
    wanted = entries(draft.stage)
    for tier in TIERS:
        zones = len(subnets(draft.stage, tier))
        if not zones:
            continue
        at = f"/network/subnets/{tier}"
        acl = draft.add(
            ec2.NetworkAcl(naming.logical_id("NetworkAcl", tier), VpcId=draft.imported(contracts.VPC_ID)),
            at,
            why=f"subnet-level firewall of the {tier} tier",
            tags={"Name": f"{draft.stage.name}-{draft.stage.stage}-{tier}"},
        )
        made = [_entry(draft, acl, entry) for entry in wanted if entry.tier == tier]
        for zone in range(zones):
            draft.add(
                ec2.SubnetNetworkAclAssociation(
                    naming.logical_id("NetworkAclAssociation", tier, str(zone + 1)),
                    NetworkAclId=Ref(acl),
                    SubnetId=Select(zone, draft.imported(_SUBNETS[tier])),
                ),
                f"{at}/{zone}",
                why=f"puts the firewall before the {tier} subnet of zone {zone + 1}",
                # A subnet never stands behind a list that is still empty.
                after=made,
            )


def _entry(draft: Draft, acl: ec2.NetworkAcl, entry: AclEntry) -> ec2.NetworkAclEntry:
    """Add an entry. Its id is made of its number: during an update EC2 refuses two entries of one number."""
    way = "Egress" if entry.egress else "Ingress"
    ports: dict[str, Any] = (
        {"PortRange": ec2.PortRange(From=entry.ports[0], To=entry.ports[1])} if entry.allow else {}
    )
    return draft.add(
        ec2.NetworkAclEntry(
            naming.logical_id("NetworkAcl", entry.tier, way, str(entry.number)),
            NetworkAclId=Ref(acl),
            RuleNumber=entry.number,
            Protocol=_TCP if entry.allow else _EVERY_PROTOCOL,
            RuleAction="allow" if entry.allow else "deny",
            Egress=entry.egress,
            CidrBlock=entry.cidr,
            **ports,
        ),
        entry.at,
        why=entry.why,
    )
