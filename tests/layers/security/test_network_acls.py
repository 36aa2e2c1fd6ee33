"""Network ACLs let declared connections through, there and back, and no others: packets walk the template."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import product
from typing import Any

import pytest

from petc.layers import security
from petc.layers.base import LayerTemplate
from petc.model.flows import flows
from petc.model.graph import BALANCER, INTERNET, Party, PartyKind
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

HOSTS = {
    "public": ("10.0.1.10", "10.0.2.10"),
    "app": ("10.0.3.10", "10.0.4.10"),
    "database": ("10.0.5.10", "10.0.6.10"),
    "internet": ("198.51.100.7",),
}
"""A host in each zone of each tier of the reference spec, and one on the internet."""

CLIENT_PORTS = (1024, 32768, 60999, 65535)
"""NAT gateways and load balancers start at 1024, Linux at 32768."""

NAT = ("10.0.1.20", "10.0.2.20")

PROBES = (22, 80, 443, 1023, 3306, 3307, 8080, 8081, 9090, 33060)


ALIKE = ({"app"}, {"public", "internet"})
"""Where connections run both ways: above 1023 a list without state cannot tell requests from answers."""


@dataclass(frozen=True)
class Packet:
    """The first segment of a direction: addresses, and the port that it is sent to."""

    source: str
    target: str
    port: int


def tier(address: str) -> str:
    found = (name for name, hosts in HOSTS.items() if subnet(address) in {subnet(host) for host in hosts})
    return next(found, "internet")


def subnet(address: str) -> str:
    return address.rpartition(".")[0]


def admitted(layer: LayerTemplate, name: str, peer: str, port: int, *, egress: bool) -> bool:
    """Evaluate one list as EC2 does: the lowest number that matches decides, and the end is a denial."""
    rules = sorted(
        (
            item["Properties"]
            for item in resources(layer, "AWS::EC2::NetworkAclEntry").values()
            if item["Properties"]["NetworkAclId"] == {"Ref": f"NetworkAcl{name.title()}"}
            and item["Properties"]["Egress"] is egress
        ),
        key=lambda rule: int(rule["RuleNumber"]),
    )
    for rule in rules:
        span: Any = rule.get("PortRange", {"From": 0, "To": 65535})
        if IPv4Address(peer) in IPv4Network(rule["CidrBlock"]) and span["From"] <= port <= span["To"]:
            return bool(rule["RuleAction"] == "allow")
    return False


def crosses(layer: LayerTemplate, packet: Packet, *, leaves: str = "", enters: str = "") -> bool:
    """Whether a packet passes the list of the subnet it leaves and of the one it enters, if these differ.

    `leaves` and `enters` name hosts that hand a packet on although they are not its ends: NAT gateways.
    """
    start, end = leaves or packet.source, enters or packet.target
    if subnet(start) == subnet(end):
        return True
    out = tier(start) == "internet" or admitted(layer, tier(start), packet.target, packet.port, egress=True)
    into = tier(end) == "internet" or admitted(layer, tier(end), packet.source, packet.port, egress=False)
    return out and into


def connects(layer: LayerTemplate, client: str, server: str, port: int, back: int) -> bool:
    """Whether a connection opens directly: the request to the port, the answer to the client's port."""
    return crosses(layer, Packet(client, server, port)) and crosses(layer, Packet(server, client, back))


def connects_by_nat(layer: LayerTemplate, client: str, nat: str, server: str, port: int, back: int) -> bool:
    """Whether a connection opens through a NAT gateway, which puts its own address in the sender's place."""
    return (
        crosses(layer, Packet(client, server, port), enters=nat)
        and crosses(layer, Packet(nat, server, port))
        and crosses(layer, Packet(server, nat, back))
        and crosses(layer, Packet(server, client, back), leaves=nat)
    )


def place(stage: Stage, party: Party) -> str:
    """Say where a party stands, as the architecture's drawing has it."""
    if party in (INTERNET, Party(PartyKind.S3)):
        return "internet"
    if party == BALANCER:
        return "app" if stage.load_balancer.internal else "public"
    return "database" if party.kind is PartyKind.DATABASE else "app"


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return security.emit(dev)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_return_traffic_of_every_flow_comes_through(name: str) -> None:
    stage = specs.reference(name)
    layer = security.emit(stage)
    closed = []
    for flow in flows(stage):
        client, server = place(stage, flow.source), place(stage, flow.target)
        for start, end, back in product(HOSTS[client], HOSTS[server], CLIENT_PORTS):
            if flow.target == INTERNET:
                ways = [connects_by_nat(layer, start, nat, end, flow.port, back) for nat in NAT]
            else:
                ways = [connects(layer, start, end, flow.port, back)]
            if not all(ways):
                closed.append((str(flow.source), str(flow.target), flow.port, start, end, back))

    assert closed == []


def test_connections_that_no_flow_declares_are_denied(reference: LayerTemplate) -> None:
    declared = {
        ("internet", "public", 80),
        ("public", "app", 8080),
        ("public", "app", 9090),
        ("public", "internet", 443),  # the NAT gateways' own half of the way out
        ("app", "app", 443),
        ("app", "database", 3306),
    }
    possible = {
        (client, server, port)
        for client, server, port in product(HOSTS, HOSTS, PROBES)
        if (client, server) != ("internet", "internet")
        and not (port > 1023 and {client, server} in ALIKE)
        and connects(reference, HOSTS[client][0], HOSTS[server][-1], port, 40000)
    }

    # To S3 the app subnets speak by the gateway endpoint's route, so without NAT.
    assert possible == declared | {("app", "internet", 443)}


def test_no_list_allows_all_egress(reference: LayerTemplate) -> None:
    open_lists = [
        name
        for name, item in resources(reference, "AWS::EC2::NetworkAclEntry").items()
        if item["Properties"]["RuleAction"] == "allow" and item["Properties"]["Protocol"] != 6
    ]

    assert open_lists == []


def test_network_acls_stand_before_every_subnet(reference: LayerTemplate) -> None:
    lists = {
        name: item["Properties"]["NetworkAclId"]["Ref"]
        for name, item in resources(reference, "AWS::EC2::SubnetNetworkAclAssociation").items()
    }

    assert lists == {
        f"NetworkAclAssociation{tier}{zone}": f"NetworkAcl{tier}"
        for tier in ("Public", "App", "Database")
        for zone in (1, 2)
    }


def test_a_subnet_waits_for_the_entries_of_its_list(reference: LayerTemplate) -> None:
    waits = resources(reference)["NetworkAclAssociationDatabase1"]["DependsOn"]

    assert set(waits) == {
        name
        for name in resources(reference, "AWS::EC2::NetworkAclEntry")
        if name.startswith("NetworkAclDatabase")
    }


def test_ids_of_entries_are_made_of_their_numbers(reference: LayerTemplate) -> None:
    """During an update EC2 would refuse a second entry of the same number."""
    for name, item in resources(reference, "AWS::EC2::NetworkAclEntry").items():
        assert name.endswith(f"{'Egress' if item['Properties']['Egress'] else 'Ingress'}{number(item)}")


def number(item: Any) -> int:
    return int(item["Properties"]["RuleNumber"])


def test_brought_vpc_keeps_its_own_network_acls() -> None:
    stage = specs.stage_of("""
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network: {existing: true}
services: {orders: {image: {tag: "1"}, port: 8000}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {vpc: vpc-0123456789abcdef0}}}}}
""")

    assert not resources(security.emit(stage), "AWS::EC2::NetworkAcl")


def test_a_tier_that_no_flow_reaches_is_closed() -> None:
    stage = specs.stage_of("""
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
services: {orders: {image: {tag: "1"}, port: 8000}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
""")
    layer = security.emit(stage)

    assert properties(layer, "NetworkAclDatabase")
    assert not [name for name in resources(layer, "AWS::EC2::NetworkAclEntry") if "Database" in name]
