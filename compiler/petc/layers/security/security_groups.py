"""Security groups: one per part, closed, and a rule on both sides of every declared connection.

Sizes: a service brings a group, two rules for each connection to another part, and one for each way out. EC2
takes 60 rules in one direction of a group by default, which the endpoints' group meets first.
"""

from __future__ import annotations

import re
from typing import Any

from troposphere import FindInMap, GetAtt, Ref, ec2

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.model import queries
from petc.model.flows import ENDPOINTS, Flow, flows
from petc.model.gateway_endpoints import BY_PARTY, GATEWAYS, GatewayEndpoint
from petc.model.graph import BALANCER, INTERNET, LINK, Party
from petc.model.kinds import table
from petc.model.types import Stage

ANYWHERE = "0.0.0.0/0"

BALANCER_KEY = "load-balancer"
LINK_KEY = "link"
"""Under these keys `contracts.SECURITY_GROUP` holds the groups of what is no part of the spec."""

_DESCRIPTION_LIMIT = 255
_REFUSED = re.compile(r"[^A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]")
"""What EC2 refuses in descriptions; EC2 API reference, AuthorizeSecurityGroupIngress, IpRange."""


def closed_group(draft: Draft, title: str, vpc: Any, at: str, *, why: str, name: str) -> ec2.SecurityGroup:
    """Add a security group that lets nothing in and nothing out; standalone rules open it."""
    return draft.add(
        ec2.SecurityGroup(
            title,
            GroupDescription=described(why),
            VpcId=vpc,
            # Without an egress rule of its own EC2 adds one that allows everything.
            SecurityGroupEgress=[
                {"CidrIp": "127.0.0.1/32", "IpProtocol": "-1", "Description": "Nothing may leave by default"}
            ],
        ),
        at,
        why=why,
        tags={"Name": f"{draft.stage.name}-{draft.stage.stage}-{name}"},
    )


def emit_groups(draft: Draft) -> None:
    """Add and export the group of each part that has a network interface in the VPC."""
    vpc = draft.imported(contracts.VPC_ID)
    for key, (name, at) in _members(draft.stage).items():
        title = contracts.SECURITY_GROUP.name + naming.pascal(key)
        group = closed_group(draft, title, vpc, at, why=f"firewall of {name}", name=key)
        draft.export(contracts.SECURITY_GROUP, GetAtt(group, "GroupId"), key)


def emit_rules(draft: Draft) -> None:
    """Add the rules of every flow: egress at its source, ingress at its target."""
    needed = flows(draft.stage)
    reached = {flow.target for flow in needed}
    for endpoint in (item for item in GATEWAYS if item.party in reached):
        draft.mapping(_prefix_lists(endpoint), _ids(draft.stage, endpoint))
    for flow in needed:
        if flow.source != INTERNET:
            _add_egress(draft, flow)
        if flow.target != INTERNET and flow.target not in BY_PARTY:
            _add_ingress(draft, flow)


def described(text: str) -> str:
    """Return a text as EC2 accepts it in a description."""
    return _REFUSED.sub(" ", text)[:_DESCRIPTION_LIMIT]


def group_key(stage: Stage, party: Party) -> str:
    """Return the key of a party's group; parties without a group are called by their kind."""
    if party == BALANCER:
        return BALANCER_KEY
    if party == LINK:
        return LINK_KEY
    item = table.of_party(stage, party)
    return item.part.key if item else str(party.kind)


def _members(stage: Stage) -> dict[str, tuple[str, str]]:
    """Return what each group is for, and its line of the spec, by key."""
    found: dict[str, tuple[str, str]] = {}
    if queries.routed_services(stage):
        found[BALANCER_KEY] = ("the load balancer", "/load_balancer")
        if stage.load_balancer.internal:
            found[LINK_KEY] = ("the gateway's link into the VPC", "/load_balancer")
    for item in table.every(stage):
        if queries.has_interface(stage, item):
            found[item.part.key] = (f"{item.kind.word} {item.part.name}", item.part.at)
    return found


def _add_egress(draft: Draft, flow: Flow) -> None:
    source, target = group_key(draft.stage, flow.source), group_key(draft.stage, flow.target)
    if flow.target == INTERNET:
        where: dict[str, Any] = {"CidrIp": ANYWHERE}
    elif endpoint := BY_PARTY.get(flow.target):
        # A gateway endpoint is a route, not an interface: packets carry the service's public addresses.
        known = FindInMap(_prefix_lists(endpoint), Ref("AWS::Region"), "Id")
        where = {"DestinationPrefixListId": known}
    else:
        where = {"DestinationSecurityGroupId": _group(draft, flow.target)}
    draft.add(
        ec2.SecurityGroupEgress(
            naming.logical_id("Egress", source, "to", target, str(flow.port)),
            GroupId=_group(draft, flow.source),
            **_port(flow),
            **where,
        ),
        flow.at,
        why=f"{flow.source} reaches {flow.target} on {flow.port}: {flow.because}",
    )


def _add_ingress(draft: Draft, flow: Flow) -> None:
    source, target = group_key(draft.stage, flow.source), group_key(draft.stage, flow.target)
    whence: dict[str, Any] = (
        {"CidrIp": ANYWHERE}
        if flow.source == INTERNET
        else {"SourceSecurityGroupId": _group(draft, flow.source)}
    )
    draft.add(
        ec2.SecurityGroupIngress(
            naming.logical_id("Ingress", target, "from", source, str(flow.port)),
            GroupId=_group(draft, flow.target),
            **_port(flow),
            **whence,
        ),
        flow.at,
        why=f"{flow.target} admits {flow.source} on {flow.port}: {flow.because}",
    )


def _port(flow: Flow) -> dict[str, Any]:
    return {
        "IpProtocol": "tcp",
        "FromPort": flow.port,
        "ToPort": flow.port,
        "Description": described(flow.because),
    }


def _group(draft: Draft, party: Party) -> Any:
    if party == ENDPOINTS:
        return draft.imported(contracts.ENDPOINT_SECURITY_GROUP)
    return GetAtt(contracts.SECURITY_GROUP.name + naming.pascal(group_key(draft.stage, party)), "GroupId")


def _prefix_lists(endpoint: GatewayEndpoint) -> str:
    """Return the name of the mapping from region to the prefix list of a service's addresses."""
    return f"{endpoint.name}PrefixList"


def _ids(stage: Stage, endpoint: GatewayEndpoint) -> dict[str, dict[str, str]]:
    known = {region.name: endpoint.prefix_list(region) for region in stage.targets.regions.values()}
    return {region: {"Id": found} for region, found in sorted(known.items()) if found}
