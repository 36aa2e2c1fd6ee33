"""Which resources with ids that AWS chooses are a stage's own: those that carry its tags.

Every resource that can have tags gets `project` and `stage` from its template, at its creation. An action on a
resource that exists is allowed where the resource carries both. What creates or tags a resource, and kinds
that cannot have tags or that AWS owns (defaults, snapshots), are allowed unless the resource carries the tags
of another stage. IAM User Guide, "Controlling access to AWS resources using tags".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc.deploy.bootstrap.policy_packing import Group
from petc.resources.actions import arn_of, knows_tags, limited_to
from petc.resources.schemas import schema
from petc.source.tree import Json
from petc.verify.rendered import View, mapping, resources, sequence

_PROJECT, _STAGE = "project", "stage"

_KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "cloudfront": {"distribution": "AWS::CloudFront::Distribution"},
        "ec2": {
            "elastic-ip": "AWS::EC2::EIP",
            "internet-gateway": "AWS::EC2::InternetGateway",
            "natgateway": "AWS::EC2::NatGateway",
            "network-acl": "AWS::EC2::NetworkAcl",
            "route-table": "AWS::EC2::RouteTable",
            "security-group": "AWS::EC2::SecurityGroup",
            "subnet": "AWS::EC2::Subnet",
            "vpc": "AWS::EC2::VPC",
            "vpc-endpoint": "AWS::EC2::VPCEndpoint",
            "vpc-flow-log": "AWS::EC2::FlowLog",
        },
        "ecs": {"cluster": "AWS::ECS::Cluster", "service": "AWS::ECS::Service"},
        "elasticloadbalancing": {
            "listener-rule/app": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "listener/app": "AWS::ElasticLoadBalancingV2::Listener",
            "loadbalancer/app/": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "targetgroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
        },
        "rds": {
            "cluster": "AWS::RDS::DBCluster",
            "cluster-pg": "AWS::RDS::DBClusterParameterGroup",
            "db": "AWS::RDS::DBInstance",
            "pg": "AWS::RDS::DBParameterGroup",
            "subgrp": "AWS::RDS::DBSubnetGroup",
        },
        "servicediscovery": {
            "namespace": "AWS::ServiceDiscovery::PrivateDnsNamespace",
            "service": "AWS::ServiceDiscovery::Service",
        },
        "wafv2": {"webacl": "AWS::WAFv2::WebACL"},
        "xray": {"group": "AWS::XRay::Group", "sampling-rule": "AWS::XRay::SamplingRule"},
    }
)
"""By service and kind of resource: the type whose resources it is."""

_BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ec2": ("network-interface", "security-group-rule"),
        "ecs": ("service-deployment",),
        "rds": ("cluster-snapshot", "og", "snapshot"),
        "wafv2": (
            "apigateway",
            "ipset",
            "loadbalancer/app/",
            "managedruleset",
            "regexpatternset",
            "rulegroup",
        ),
    }
)
"""By service: kinds that an action may name beside the stage's own, which cannot carry its tags: rules of a
group, interfaces of a gateway, option groups of AWS, snapshots that a deletion leaves, what a web ACL protects."""

_ELSEWHERE: Mapping[str, tuple[str, ...]] = MappingProxyType({"wafv2": ("apigateway", "loadbalancer/app/")})
"""By service: kinds that lie in another service, so that a pattern for all of the own does not match them."""

_CREATING = ("Create", "Allocate", "Register", "Tag", "AddTags", "CreateTags", "Restore", "PutScalingPolicy")

_ON_EXISTING = frozenset({"ec2:CreateRoute", "ec2:CreateNetworkAclEntry"})
"""What creates something inside of a resource that exists."""

_WITH_DEFAULTS = frozenset({"ec2:ReplaceNetworkAclAssociation"})
"""What also names a resource that AWS made with another one: a subnet goes back to the default network ACL."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a stage's resources."""

    project: str
    stage: str

    @property
    def own(self) -> Mapping[str, Json]:
        """The condition that a resource carries them."""
        return {"StringEquals": self._keys}

    @property
    def not_of_others(self) -> Mapping[str, Json]:
        """The condition that a resource carries no others: it may have none, or none yet."""
        return {"StringEqualsIfExists": self._keys}

    @property
    def _keys(self) -> dict[str, Json]:
        return {f"aws:ResourceTag/{_PROJECT}": self.project, f"aws:ResourceTag/{_STAGE}": self.stage}


def groups(view: View, tags: Tags, actions: Iterable[str], regional: Mapping[str, Json]) -> tuple[Group, ...]:
    """Return how actions that take a resource without a name of the stage's are limited by tags.

    `regional` is the condition on regions, for services that are in one.
    """
    services: dict[str, list[str]] = {}
    for action in actions:
        services.setdefault(action.partition(":")[0], []).append(action)
    carrying = _carrying(view)
    found: list[Group] = []
    for service, held in services.items():
        everything = (f"arn:${{AWS::Partition}}:{service}:*:${{AWS::AccountId}}:*",)
        own: list[str] = []
        new: list[str] = []
        beside: list[str] = []
        places: dict[str, None] = {}
        for action in held:
            mine, others = _kinds(carrying, service, action)
            (own if mine else new).append(action)
            if not mine:
                others = [kind for kind in others if kind in _ELSEWHERE.get(service, ())]
            if others:
                beside.append(action)
                places |= dict.fromkeys(arn for kind in others if (arn := _pattern(service, kind)))
        title = "".join(part.capitalize() for part in service.split("-"))
        where = {} if service in _WITHOUT_REGION else regional
        for name, some, resources_, condition in (
            ("Own", own, everything, tags.own),
            ("New", new, everything, tags.not_of_others),
            ("Beside", beside, tuple(places), tags.not_of_others),
        ):
            if some and resources_:
                found.append(Group(f"{name}{title}", tuple(some), resources_, together(condition, where)))
    return tuple(found)


_WITHOUT_REGION = frozenset({"cloudfront", "wafv2"})
"""Services whose calls may go to another region than the stack's; a web ACL for CloudFront is in us-east-1."""


def together(*conditions: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the conditions as one block: all of them hold."""
    made: dict[str, Json] = {}
    for condition in conditions:
        for operator, keys in condition.items():
            made[operator] = {**mapping(made.get(operator)), **mapping(keys)}
    return made


def _kinds(carrying: frozenset[str], service: str, action: str) -> tuple[list[str], list[str]]:
    """Return the kinds of resource whose tags decide about an action, and the others that it takes."""
    kinds = list(limited_to(action) or ())
    verb = action.partition(":")[2]
    creates = verb.startswith(_CREATING) and action not in _ON_EXISTING
    if creates or action in _WITH_DEFAULTS:
        return [], kinds
    known = _KINDS.get(service, {})
    mine = [kind for kind in kinds if kind in known and known[kind] in carrying and knows_tags(service, kind)]
    beside = () if "Tag" in verb else _BESIDE.get(service, ())
    return mine, [kind for kind in kinds if kind in beside and kind not in mine]


def _carrying(view: View) -> frozenset[str]:
    """Return the types of which every resource carries the tags from its creation on."""
    found: dict[str, bool] = {}
    for item in resources(view):
        found[item.type] = found.get(item.type, True) and _has_both(item.properties.get("Tags"))
    return frozenset(name for name, tagged in found.items() if tagged and _at_once(name))


def _at_once(type_name: str) -> bool:
    known = schema(type_name)
    return known is not None and mapping(known.body.get("tagging")).get("tagOnCreate") is True


def _has_both(tags: Json) -> bool:
    keys = set(tags) if isinstance(tags, dict) else {mapping(tag).get("Key") for tag in sequence(tags)}
    return {_PROJECT, _STAGE} <= keys


def _pattern(service: str, kind: str) -> str:
    arn = arn_of(service, kind).replace("${Partition}", "${AWS::Partition}")
    return arn.replace("${Account}", "${AWS::AccountId}")
