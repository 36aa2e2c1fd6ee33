"""Layer network: the VPC with three tiers of subnets, its ways out, and private links to AWS services.

The default security group is left as AWS makes it: no resource type can change it, and nothing here uses it.
A brought VPC (`network.existing`) adds no more than interface endpoints. A gateway endpoint for S3 would need
route tables that the spec does not know, so S3 is then reached by the routes that the VPC already has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from troposphere import GetAtt, GetAZs, Join, Ref, Select, ec2

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.network.endpoints import emit_gateways, emit_interfaces
from petc.model import queries
from petc.model.types import RegionTarget, Stage

ANYWHERE = "0.0.0.0/0"


def emit(stage: Stage) -> LayerTemplate:
    """Emit the network, or the parameters that bring one; nothing when no part stands in a VPC."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    if queries.needs_network(stage):
        if stage.network.existing:
            _bring(draft)
        else:
            _build(draft)
    return draft.finish()


def _build(draft: Draft) -> None:
    network = draft.stage.network
    vpc = Ref(
        draft.add(
            ec2.VPC("Vpc", CidrBlock=network.cidr, EnableDnsSupport=True, EnableDnsHostnames=True),
            "/network/cidr",
            why="the network that every other part stands in",
            tags=_named(draft, "vpc"),
        )
    )
    public = _subnets(draft, vpc, "public", network.subnets.public)
    app = _subnets(draft, vpc, "app", network.subnets.app)
    database = _subnets(draft, vpc, "database", network.subnets.database)
    nat = _public_ways(draft, vpc, public) if public else []
    tables = _app_routes(draft, vpc, app, nat)
    if database:
        table = _route_table(draft, vpc, "Database", "/network/subnets/database", "no way out of the VPC")
        _associate(draft, "database", database, [table] * len(database))
    emit_gateways(draft, vpc, [Ref(table) for table in tables])
    emit_interfaces(draft, vpc, [Ref(subnet) for subnet in app])
    draft.export(contracts.VPC_ID, vpc)
    for value, made in (
        (contracts.PUBLIC_SUBNETS, public),
        (contracts.APP_SUBNETS, app),
        (contracts.DATABASE_SUBNETS, database),
    ):
        if made:
            draft.export(value, Join(",", [Ref(subnet) for subnet in made]))


def _subnets(draft: Draft, vpc: Any, tier: str, ranges: Sequence[str]) -> list[ec2.Subnet]:
    """Subnet n of a tier lies in the region's zone n, so that the tiers of a zone stand together."""
    return [
        draft.add(
            ec2.Subnet(
                naming.logical_id("Subnet", tier, str(zone + 1)),
                VpcId=vpc,
                CidrBlock=cidr,
                AvailabilityZone=Select(zone, GetAZs("")),
                MapPublicIpOnLaunch=False,
            ),
            f"/network/subnets/{tier}/{zone}",
            why=f"{tier} subnet of zone {zone + 1}",
            tags={**_named(draft, f"{tier}-{zone + 1}"), "tier": tier},
        )
        for zone, cidr in enumerate(ranges)
    ]


def _public_ways(draft: Draft, vpc: Any, public: Sequence[ec2.Subnet]) -> list[ec2.NatGateway]:
    """Add the internet gateway, the route to it, and the NAT gateways; return these."""
    at = "/network/subnets/public"
    gateway = draft.add(
        ec2.InternetGateway("InternetGateway"),
        at,
        why="way between the public subnets and the internet",
        tags=_named(draft, "internet"),
    )
    attachment = draft.add(
        ec2.VPCGatewayAttachment("InternetGatewayAttachment", VpcId=vpc, InternetGatewayId=Ref(gateway)),
        at,
        why="joins the internet gateway to the VPC",
    )
    table = _route_table(draft, vpc, "Public", at, "public subnets reach the internet")
    draft.add(
        ec2.Route(
            "RoutePublicToInternet",
            RouteTableId=Ref(table),
            DestinationCidrBlock=ANYWHERE,
            GatewayId=Ref(gateway),
        ),
        at,
        why="public subnets reach the internet",
        after=[attachment],
    )
    _associate(draft, "public", public, [table] * len(public))
    count = {"per-zone": len(public), "single": 1, "none": 0}[draft.stage.network.nat]
    return [_nat(draft, zone, public[zone], attachment) for zone in range(count)]


def _nat(draft: Draft, zone: int, subnet: ec2.Subnet, attachment: ec2.VPCGatewayAttachment) -> ec2.NatGateway:
    name = f"nat-{zone + 1}"
    address = draft.add(
        ec2.EIP(f"NatAddress{zone + 1}", Domain="vpc"),
        "/network/nat",
        why="public address that outbound connections come from",
        after=[attachment],
        tags=_named(draft, name),
    )
    return draft.add(
        ec2.NatGateway(
            f"NatGateway{zone + 1}",
            AllocationId=GetAtt(address, "AllocationId"),
            SubnetId=Ref(subnet),
        ),
        "/network/nat",
        why="lets the app subnets open connections to the internet, and none in",
        tags=_named(draft, name),
    )


def _app_routes(
    draft: Draft, vpc: Any, app: Sequence[ec2.Subnet], nat: Sequence[ec2.NatGateway]
) -> list[ec2.RouteTable]:
    """Add a table per zone, so that a zone that fails takes only its own way out along."""
    tables = []
    for zone in range(len(app)):
        at = f"/network/subnets/app/{zone}"
        table = _route_table(draft, vpc, f"App{zone + 1}", at, f"app subnet of zone {zone + 1}")
        if nat:
            draft.add(
                ec2.Route(
                    f"RouteApp{zone + 1}ToInternet",
                    RouteTableId=Ref(table),
                    DestinationCidrBlock=ANYWHERE,
                    NatGatewayId=Ref(nat[min(zone, len(nat) - 1)]),
                ),
                "/network/nat",
                why="app subnets reach the internet by NAT",
            )
        tables.append(table)
    _associate(draft, "app", app, tables)
    return tables


def _route_table(draft: Draft, vpc: Any, name: str, at: str, why: str) -> ec2.RouteTable:
    table = ec2.RouteTable(f"RouteTable{name}", VpcId=vpc)
    return draft.add(table, at, why=f"routes: {why}", tags=_named(draft, name.lower()))


def _associate(
    draft: Draft, tier: str, subnets: Sequence[ec2.Subnet], tables: Sequence[ec2.RouteTable]
) -> None:
    for zone, (subnet, table) in enumerate(zip(subnets, tables, strict=True)):
        draft.add(
            ec2.SubnetRouteTableAssociation(
                naming.logical_id("RouteTableAssociation", tier, str(zone + 1)),
                SubnetId=Ref(subnet),
                RouteTableId=Ref(table),
            ),
            f"/network/subnets/{tier}/{zone}",
            why=f"gives the {tier} subnet of zone {zone + 1} its routes",
        )


def _bring(draft: Draft) -> None:
    """Declare the ids of a brought VPC as parameters, and publish them under the same names."""
    vpc = Ref(
        draft.parameter("VpcId", "Id of the brought VPC", lambda region: region.vpc, type="AWS::EC2::VPC::Id")
    )
    app = _brought(draft, contracts.APP_SUBNETS, "app", lambda region: region.subnets.app)
    draft.export(contracts.VPC_ID, vpc)
    regions = draft.stage.targets.regions.values()
    if any(region.subnets.public for region in regions):
        _brought(draft, contracts.PUBLIC_SUBNETS, "public", lambda region: region.subnets.public)
    if any(region.subnets.database for region in regions):
        _brought(draft, contracts.DATABASE_SUBNETS, "database", lambda region: region.subnets.database)
    emit_interfaces(draft, vpc, app)
    draft.pass_on("/network/existing")


def _brought(
    draft: Draft, value: contracts.Value, tier: str, ids: Callable[[RegionTarget], Sequence[str]]
) -> Any:
    parameter = draft.parameter(
        value.name,
        f"Ids of the brought {tier} subnets",
        lambda region: ",".join(ids(region)),
        type="List<AWS::EC2::Subnet::Id>",
    )
    draft.export(value, Join(",", Ref(parameter)))
    return Ref(parameter)


def _named(draft: Draft, name: str) -> dict[str, str]:
    return {"Name": f"{draft.stage.name}-{draft.stage.stage}-{name}"}


LAYER = Layer(
    "network",
    1,
    "VPC with public, app and database subnets, its ways out, and private links to AWS services",
    emit,
)
