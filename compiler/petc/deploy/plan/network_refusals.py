"""Changes of a network that EC2, RDS and Elastic Load Balancing refuse: ranges in use, subnets in use, another VPC."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from petc.deploy.plan.refusal import Refused, described
from petc.deploy.plan.stateful import holds_data
from petc.deploy.plan.target_resources import Estate, Key, ResourceEntry, Side
from petc.deploy.plan.types import Action, PropertyChange
from petc.deploy.plan.value_text import shown
from petc.source.tree import Json

_SUBNET = "AWS::EC2::Subnet"
_VPC = "AWS::EC2::VPC"
_TO_VPC = ("VpcId", "Vpc", "SubnetId", "SubnetIds", "Subnets", "DBSubnetGroupName")
"""Properties that lead from a resource to the VPC that it is in, at once or by way of subnets."""

SUBNET_GROUPS = frozenset(
    {
        "AWS::DAX::SubnetGroup",
        "AWS::DocDB::DBSubnetGroup",
        "AWS::ElastiCache::SubnetGroup",
        "AWS::MemoryDB::SubnetGroup",
        "AWS::Neptune::DBSubnetGroup",
        "AWS::RDS::DBSubnetGroup",
        "AWS::Redshift::ClusterSubnetGroup",
    }
)
"""Groups of subnets, by `SubnetIds`, that keep their VPC and those subnets in which something runs.

RDS API reference, ModifyDBSubnetGroup: `SubnetAlreadyInUse`, `InvalidSubnet` ("not all in a common VPC");
ElastiCache API reference, ModifyCacheSubnetGroup: `SubnetInUse`; the other services' calls have the same errors.
"""

KEEPS_VPC: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(SUBNET_GROUPS, ("SubnetIds",)),
    "AWS::DocDB::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::EKS::Cluster": ("ResourcesVpcConfig",),
    "AWS::ElastiCache::CacheCluster": ("VpcSecurityGroupIds",),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds",),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("SecurityGroups", "Subnets"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups", "SubnetMappings", "Subnets"),
    "AWS::EC2::VPCEndpoint": ("SecurityGroupIds", "SubnetIds"),
    "AWS::MemoryDB::Cluster": ("SecurityGroupIds",),
    "AWS::Neptune::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::OpenSearchService::Domain": ("VPCOptions",),
    "AWS::RDS::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups",),
    "AWS::RDS::DBProxy": ("VpcSecurityGroupIds", "VpcSubnetIds"),
}
"""By type: properties that may change in place, but lead to one VPC for as long as the resource exists.

RDS API reference, ModifyDBSubnetGroup and ModifyDBCluster (`InvalidVPCNetworkStateFault`); Elastic Load Balancing
API reference, SetSubnets and SetSecurityGroups; Amazon OpenSearch Service Developer Guide, "Launching your
domains within a VPC"; Amazon EKS User Guide, "VPC and subnet requirements". Seen in public: aws-cdk issues 16869
and 26135, terraform-provider-aws issue 512.
"""

_ATTACHMENT = "AWS::EC2::VPCGatewayAttachment"

_Vpc: TypeAlias = tuple[str, str, bool]
"""A VPC: stack and logical id (or an id that is written out), and whether it is one that comes with the change."""


def of_ranges(estate: Estate) -> Iterator[Refused]:
    """Yield new or replaced subnets whose range overlaps that of a deployed one (`InvalidSubnet.Conflict`).

    The old subnet itself counts: it is deleted after the new one is created.
    """
    deployed = [
        (key, found, _vpcs(estate, estate.before, key))
        for key, entry in sorted(estate.before.resources.items())
        if entry.type == _SUBNET and (found := _range(entry)) is not None
    ]
    for key, entry in sorted(estate.after.resources.items()):
        if entry.type != _SUBNET or estate.action(key) not in (Action.CREATE, Action.REPLACE):
            continue
        wanted, vpcs = _range(entry), _vpcs(estate, estate.after, key)
        if wanted is None:
            continue
        hits = [(other, old) for other, old, there in deployed if vpcs & there and wanted.overlaps(old)]
        if not hits:
            continue
        others = " and ".join(
            f"{old} of {'the deployed one' if other == key else other.logical_id}" for other, old in hits
        )
        yield Refused(
            "subnet-overlaps",
            f"{described(key, entry)} would be created with the range {wanted}, which overlaps {others}: "
            "a replaced subnet is created before the old one is deleted",
            pointer=entry.pointer,
            help="choose a range that overlaps no deployed subnet of the VPC, or keep the present one; a range "
            "that a subnet gives up is free in the deployment after that",
        )


def _range(entry: ResourceEntry) -> ipaddress.IPv4Network | None:
    value = entry.properties.get("CidrBlock")
    try:
        return ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None


def of_subnets_in_use(estate: Estate) -> Iterator[Refused]:
    """Yield subnet groups that would lose subnets while something that is deployed uses the group."""
    for key, entry in sorted(estate.before.resources.items()):
        after = estate.after.resources.get(key)
        if entry.type not in SUBNET_GROUPS or after is None or estate.action(key) is not Action.UPDATE:
            continue
        old = estate.before.named_by(key.stack, entry.properties.get("SubnetIds"))
        new = estate.after.named_by(key.stack, after.properties.get("SubnetIds"))
        lost = sorted(
            item.logical_id
            for item in old
            if item not in new or estate.action(item) in (Action.REPLACE, Action.DELETE)
        )
        users = sorted(item.logical_id for item in _users(estate.before, key))
        if not lost or not users or _moves(estate, key, ("SubnetIds",)):
            continue
        yield Refused(
            "subnet-in-use",
            f"{described(key, entry)} would lose {', '.join(lost)} (replaced or removed), and "
            f"{', '.join(users)} uses the group: a subnet in use cannot leave it",
            pointer=after.pointer,
            help="keep these subnets with their ranges and zones, and add further ones; to move the data, restore "
            "a snapshot in a new stage",
        )


def of_vpcs(estate: Estate) -> Iterator[Refused]:
    """Yield each VPC that would be replaced while something deployed is bound to the old one."""
    ways: dict[frozenset[_Vpc], list[Key]] = {}
    for key, entry in sorted(estate.after.resources.items()):
        names = KEEPS_VPC.get(entry.type)
        if names and estate.action(key) in (Action.UPDATE, Action.UNCHANGED):
            moved = _moves(estate, key, names)
        elif entry.type == _ATTACHMENT and estate.action(key) is Action.REPLACE:
            # A gateway is attached to one VPC at a time, and a new NAT gateway needs it in the new one.
            moved = _moves(estate, key, ("VpcId",))
        else:
            continue
        if moved:
            ways.setdefault(moved, []).append(key)
    for vpcs, keys in ways.items():
        yield _bound(estate, vpcs, keys)


def _bound(estate: Estate, vpcs: frozenset[_Vpc], keys: list[Key]) -> Refused:
    groups = [key for key in keys if estate.after.resources[key].type in SUBNET_GROUPS]
    users = {user for key in groups for user in _users(estate.before, key)}
    data = sorted(
        key.logical_id
        for key in {*keys, *users}
        if key in estate.before.resources
        and holds_data(estate.before.resources[key].type, estate.before.resources[key].properties)
    )
    first = sorted(keys, key=lambda key: (key.logical_id not in data, key))
    names = [f"{key.logical_id} ({estate.after.resources[key].type})" for key in first]
    stack, logical_id, _ = min(vpcs)
    vpc = Key(stack, logical_id)
    entry = estate.after.resources.get(vpc) or estate.before.resources.get(vpc)
    change = estate.changes.get(vpc)
    why = next(iter(_reasons(change.properties)), "") if change is not None else ""
    what = described(vpc, entry) if entry is not None else f"the VPC {logical_id}"
    return Refused(
        "vpc-cannot-change",
        f"{what} would be replaced{f' because {why}' if why else ''}, but {', '.join(names)} cannot move to "
        f"another VPC{f', and {_listed(data)} would stay behind with the data' if data else ''}",
        pointer=entry.pointer if entry is not None else "",
        help="keep the VPC and its range; for another range deploy a new stage beside this one, and restore a "
        "snapshot of each database there",
    )


def _reasons(properties: tuple[PropertyChange, ...]) -> Iterator[str]:
    for item in properties:
        name = item.path.removeprefix("Properties.")
        if item.effect.value.startswith("replaces"):
            yield f"{name} changes from {shown(item.old)} to {shown(item.new)}"


def _listed(names: list[str]) -> str:
    return " and ".join(names)


def _moves(estate: Estate, key: Key, names: tuple[str, ...]) -> frozenset[_Vpc]:
    """Return the old VPCs that a resource's properties lead to, when they lead to none of them afterwards."""
    before, after = estate.before.resources.get(key), estate.after.resources.get(key)
    if before is None or after is None:
        return frozenset()
    old, new = (
        {
            vpc
            for name in names
            for found in side.named_by(key.stack, entry.properties.get(name))
            for vpc in _vpcs(estate, side, found)
        }
        for side, entry in ((estate.before, before), (estate.after, after))
    )
    return frozenset(old) if old and new and not old & new else frozenset()


def _vpcs(estate: Estate, side: Side, key: Key, depth: int = 4) -> frozenset[_Vpc]:
    """Return the VPCs that a resource is in, as far as templates tell."""
    entry = side.resources.get(key)
    if entry is None or depth == 0:
        return frozenset()
    if entry.type == _VPC:
        comes = side is estate.after and estate.action(key) in (Action.CREATE, Action.REPLACE)
        return frozenset({(key.stack, key.logical_id, comes)})
    found: set[_Vpc] = set()
    for name in _TO_VPC:
        value = entry.properties.get(name)
        if isinstance(value, str) and value.startswith("vpc-"):
            found.add(("", value, False))
        for other in side.named_by(key.stack, value) if value is not None else ():
            found |= _vpcs(estate, side, other, depth - 1)
    return frozenset(found)


def _users(side: Side, key: Key) -> Iterator[Key]:
    """Yield the resources of a side that name a resource."""
    for other, entry in side.resources.items():
        if other != key and key in side.named_by(other.stack, _all(entry.properties)):
            yield other


def _all(properties: Mapping[str, Json]) -> Json:
    return dict(properties)
