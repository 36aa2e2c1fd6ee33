"""Access that comes or goes with a template: group rules, network ACL entries, statements of policies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from petc.deploy.plan.access_text import ports, sorted_words, worded
from petc.deploy.plan.types import AccessChange
from petc.source.tree import Json
from petc.verify.rendered import mapping, sequence, walk

GROUP_RULE = "group rule"
ACL_ENTRY = "network ACL entry"
STATEMENT = "IAM statement"
TRUST = "trust"
RESOURCE_POLICY = "resource policy"
INVOCATION = "permission to invoke"


@dataclass(frozen=True, slots=True)
class GrantedAccess:
    """One thing that a template allows, or denies, in words."""

    kind: str
    logical_id: str
    text: str


def changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[AccessChange, ...]:
    """Return what comes and goes between two sections of resources whose parameters are filled in."""
    old, new = Counter(grants(before)), Counter(grants(after))
    found = [AccessChange(False, *_row(grant, before)) for grant in (old - new).elements()]
    found += [AccessChange(True, *_row(grant, after)) for grant in (new - old).elements()]
    return tuple(sorted(found, key=lambda item: (item.logical_id, item.kind, item.gained, item.text)))


def _row(grant: GrantedAccess, resources: Mapping[str, Json]) -> tuple[str, str, str, str]:
    metadata = mapping(mapping(resources[grant.logical_id]).get("Metadata"))
    pointer = mapping(metadata.get("petc")).get("spec")
    return grant.kind, grant.logical_id, grant.text, pointer if isinstance(pointer, str) else ""


def grants(resources: Mapping[str, Json]) -> Iterator[GrantedAccess]:
    """Yield everything that resources allow or deny."""
    ruled = {
        worded(mapping(mapping(body).get("Properties")).get("GroupId"))
        for body in resources.values()
        if mapping(body).get("Type") == "AWS::EC2::SecurityGroupEgress"
    }
    for logical_id in sorted(resources):
        body = mapping(resources[logical_id])
        properties = mapping(body.get("Properties"))
        match body.get("Type"):
            case "AWS::EC2::SecurityGroupIngress":
                text = _rule(properties, worded(properties.get("GroupId")), into=True)
                yield GrantedAccess(GROUP_RULE, logical_id, text)
            case "AWS::EC2::SecurityGroupEgress":
                text = _rule(properties, worded(properties.get("GroupId")), into=False)
                yield GrantedAccess(GROUP_RULE, logical_id, text)
            case "AWS::EC2::SecurityGroup":
                yield from _group(logical_id, properties, ruled)
            case "AWS::EC2::NetworkAclEntry":
                yield GrantedAccess(ACL_ENTRY, logical_id, _entry(properties))
            case "AWS::Lambda::Permission":
                yield GrantedAccess(INVOCATION, logical_id, _invocation(properties))
            case _:
                yield from _policies(logical_id, str(body.get("Type", "")), properties)


def _group(logical_id: str, properties: Mapping[str, Json], ruled: set[str]) -> Iterator[GrantedAccess]:
    group = f"${{{logical_id}}}"
    for rule in sequence(properties.get("SecurityGroupIngress")):
        yield GrantedAccess(GROUP_RULE, logical_id, _rule(mapping(rule), group, into=True))
    for rule in sequence(properties.get("SecurityGroupEgress")):
        yield GrantedAccess(GROUP_RULE, logical_id, _rule(mapping(rule), group, into=False))
    if "SecurityGroupEgress" not in properties and not {group, f"${{{logical_id}.GroupId}}"} & ruled:
        # CloudFormation Template Reference, AWS::EC2::SecurityGroup: a group without egress rules gets one.
        yield GrantedAccess(
            GROUP_RULE, logical_id, f"all traffic from {group} to 0.0.0.0/0, as no rule says otherwise"
        )


def _rule(rule: Mapping[str, Json], group: str, into: bool) -> str:
    peers = (
        "CidrIp",
        "CidrIpv6",
        "SourceSecurityGroupId",
        "SourceSecurityGroupName",
        "DestinationSecurityGroupId",
        "SourcePrefixListId",
        "DestinationPrefixListId",
    )
    peer = next((worded(rule[key]) for key in peers if key in rule), "anywhere")
    what = ports(rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort"))
    return f"{what} from {peer} into {group}" if into else f"{what} from {group} to {peer}"


def _entry(entry: Mapping[str, Json]) -> str:
    between = mapping(entry.get("PortRange"))
    what = ports(entry.get("Protocol"), between.get("From"), between.get("To"))
    peer = worded(entry.get("CidrBlock", entry.get("Ipv6CidrBlock")))
    verb = "denies" if worded(entry.get("RuleAction")).lower() == "deny" else "allows"
    way = "out to" if worded(entry.get("Egress")).lower() == "true" else "in from"
    return f"{worded(entry.get('NetworkAclId'))} {verb} {what} {way} {peer}, rule {worded(entry.get('RuleNumber'))}"


def _invocation(properties: Mapping[str, Json]) -> str:
    source = worded(properties.get("SourceArn"))
    text = f"{worded(properties.get('Principal'))} may {worded(properties.get('Action'))}"
    text += f" on {worded(properties.get('FunctionName'))}"
    return f"{text} for {source}" if source else text


def _policies(logical_id: str, type_name: str, properties: Mapping[str, Json]) -> Iterator[GrantedAccess]:
    who = _bearers(logical_id, type_name, properties)
    for path, value in walk(dict(properties)):
        document = _document(value)
        if document is None:
            continue
        trust = type_name == "AWS::IAM::Role" and path[:1] == ("AssumeRolePolicyDocument",)
        statements = document.get("Statement")
        for statement in statements if isinstance(statements, list) else [statements]:
            held = mapping(statement)
            if trust:
                yield GrantedAccess(TRUST, logical_id, _sentence(held, _principal(held), f"as {who}"))
            elif "Principal" in held or "NotPrincipal" in held:
                place = f"by the policy of ${{{logical_id}}}"
                yield GrantedAccess(RESOURCE_POLICY, logical_id, _sentence(held, _principal(held), place))
            else:
                yield GrantedAccess(STATEMENT, logical_id, _sentence(held, who, ""))
    for policy in sequence(properties.get("ManagedPolicyArns")):
        yield GrantedAccess(STATEMENT, logical_id, f"{who} may what {worded(policy)} says")
    boundary = properties.get("PermissionsBoundary")
    if boundary is not None:
        yield GrantedAccess(STATEMENT, logical_id, f"{who} may at most what {worded(boundary)} says")


def _document(value: Json) -> dict[str, Json] | None:
    """Return a policy document, which some types take as the text of one."""
    if isinstance(value, str) and value.startswith("{") and "Statement" in value:
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) and "Statement" in value else None


def _bearers(logical_id: str, type_name: str, properties: Mapping[str, Json]) -> str:
    """Return who has the permissions of a policy."""
    if type_name in ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
        return f"${{{logical_id}}}"
    named: list[Json] = []
    for key in ("RoleName", "UserName", "GroupName", "Roles", "Users", "Groups"):
        held = properties.get(key)
        named += held if isinstance(held, list) else [] if held is None else [held]
    return sorted_words(named) if named else f"who has ${{{logical_id}}}"


def _principal(statement: Mapping[str, Json]) -> str:
    key = "Principal" if "Principal" in statement else "NotPrincipal"
    value = statement.get(key)
    if isinstance(value, dict) and not any(name.startswith(("Fn::", "Ref")) for name in value):
        found = ", ".join(sorted(sorted_words(item) for item in value.values()))
    else:
        found = worded(value)
    found = "anyone" if found == "*" else found
    return f"anyone but {found}" if key == "NotPrincipal" else found


def _sentence(statement: Mapping[str, Json], who: str, end: str) -> str:
    verb = "may not" if statement.get("Effect") == "Deny" else "may"
    actions = sorted_words(statement.get("Action")) or f"all but {sorted_words(statement.get('NotAction'))}"
    text = f"{who} {verb} {actions}"
    if "Resource" in statement:
        text += f" on {sorted_words(statement['Resource'])}"
    elif "NotResource" in statement:
        text += f" on all but {sorted_words(statement['NotResource'])}"
    text += f" {end}" if end else ""
    condition = statement.get("Condition")
    return f"{text} if {_condition(mapping(condition))}" if condition else text


def _condition(condition: Mapping[str, Json]) -> str:
    return " and ".join(
        f"{key} {operator} {sorted_words(value)}"
        for operator in sorted(condition)
        for key, value in sorted(mapping(condition[operator]).items())
    )
