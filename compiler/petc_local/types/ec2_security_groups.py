"""Standalone rules of security groups, in the groups that MiniStack's EC2 API shows."""

from __future__ import annotations

from collections.abc import Callable

from ministack.core.responses import new_uuid
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from petc.resources.schemas import Json
from petc_local.types.forms import Handlers, Made, Properties, ResourceError, text

_LISTS = {False: "IpPermissions", True: "IpPermissionsEgress"}
_RANGES = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")


def _creator(egress: bool) -> Callable[[str, Properties, str], Made]:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        """Add a rule. One that the group has already is refused ("AuthorizeSecurityGroupIngress")."""
        held = _rules(text(properties, "GroupId"), egress)
        rule = _rule(properties)
        if any(_bare(rule) == _bare(other) for other in held):
            raise ResourceError(f"the specified rule {_words(properties)} already exists")
        rule_id = f"sgr-0{new_uuid().replace('-', '')[:16]}"
        held.append({**rule, "SecurityGroupRuleId": rule_id})
        return rule_id, {"Id": rule_id}

    return create


def _updater(egress: bool) -> Callable[[str, Properties, Properties], Made]:
    def update(physical_id: str, old: Properties, new: Properties) -> Made:
        held = _rules(text(new, "GroupId"), egress)
        place = next(
            (at for at, rule in enumerate(held) if rule.get("SecurityGroupRuleId") == physical_id), None
        )
        if place is None:
            raise ResourceError(f"The security group rule ID '{physical_id}' does not exist")
        held[place] = {**_rule(new), "SecurityGroupRuleId": physical_id}
        return physical_id, {"Id": physical_id}

    return update


def _deleter(egress: bool) -> Callable[[str, Properties], None]:
    def delete(physical_id: str, properties: Properties) -> None:
        group = ec2._security_groups.get(text(properties, "GroupId"))
        if group is not None:
            held = group[_LISTS[egress]]
            held[:] = [rule for rule in held if rule.get("SecurityGroupRuleId") != physical_id]
            ec2._tags.pop(physical_id, None)

    return delete


def _rules(group_id: str, egress: bool) -> list[dict[str, Json]]:
    group = ec2._security_groups.get(group_id)
    if group is None:
        raise ResourceError(f"The security group '{group_id}' does not exist")
    held: list[dict[str, Json]] = group[_LISTS[egress]]
    return held


def _rule(properties: Properties) -> dict[str, Json]:
    """Return the rule in the form of the groups' own store, and refuse a group that does not exist."""
    for name in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        other = text(properties, name)
        if other and other not in ec2._security_groups:
            raise ResourceError(f"The security group '{other}' does not exist")
    rule: dict[str, Json] = provisioners._ec2_sg_permissions([dict(properties)])[0]
    return rule


def _bare(rule: dict[str, Json]) -> dict[str, Json]:
    """Return what makes a rule the same rule: everything but its id and descriptions."""
    bare = {name: value for name, value in rule.items() if name != "SecurityGroupRuleId"}
    for name in _RANGES:
        held = rule.get(name)
        bare[name] = [
            {key: value for key, value in entry.items() if key != "Description"}
            for entry in (held if isinstance(held, list) else ())
            if isinstance(entry, dict)
        ]
    return bare


def _words(properties: Properties) -> str:
    peers = (
        "CidrIp",
        "CidrIpv6",
        "SourceSecurityGroupId",
        "DestinationSecurityGroupId",
        "DestinationPrefixListId",
    )
    peer = next((text(properties, name) for name in peers if properties.get(name)), "")
    ports = f"from port: {text(properties, 'FromPort')}, to port: {text(properties, 'ToPort')}"
    return f'"peer: {peer}, {text(properties, "IpProtocol")}, {ports}, ALLOW"'


HANDLERS = {
    "AWS::EC2::SecurityGroupIngress": Handlers(_creator(False), _updater(False), _deleter(False)),
    "AWS::EC2::SecurityGroupEgress": Handlers(_creator(True), _updater(True), _deleter(True)),
}
"""The types of this family."""
