"""By what a service tells one resource of a type from another, as far as a template decides it: its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from petc.resources.schemas import FALLBACK_REGION, schema
from petc.source.tree import Json

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")

_SCOPES: Mapping[str, frozenset[str]] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": frozenset(
        {"ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"}
    ),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": frozenset({"Vpc"}),
    "AWS::ServiceDiscovery::Service": frozenset({"NamespaceId"}),
}
"""By type: properties within whose values its names are unique, so that the same name may exist in another one.

Application Auto Scaling API reference, PutScalingPolicy (a policy is identified by name and target); AWS Cloud
Map API reference, CreateService and CreatePrivateDnsNamespace. For other types a name is taken to be unique in
the account and region, as CloudFormation takes it ("CloudFormation resource custom naming").
"""

_SHARED = frozenset(
    {
        "AWS::Athena::NamedQuery",
        "AWS::DataPipeline::Pipeline",
        "AWS::EMR::Cluster",
        "AWS::EMR::InstanceFleetConfig",
        "AWS::EMR::InstanceGroupConfig",
        "AWS::EMR::Step",
        "AWS::Route53::HostedZone",
        "AWS::Shield::Protection",
    }
)
"""Types of which many may have one name. Route 53 API reference, CreateHostedZone; EMR API reference, RunJobFlow."""


@cache
def naming_properties(type_name: str) -> tuple[str, ...]:
    """Return the properties that name a resource of a type; none where the service makes up the name.

    They are the primary identifier of the schema where a template can set all of it. Where the identifier is an
    ARN or id that the service returns, it is the property that is called after the type (`Name`, `TopicName`
    of a topic, `GroupName` of a security group) and can be set at creation only.
    """
    known = schema(type_name, FALLBACK_REGION)
    if known is None or type_name in _SHARED:
        return ()
    listed = known.body.get("primaryIdentifier")
    paths = [str(item).removeprefix("/properties/") for item in listed] if isinstance(listed, list) else []
    if paths and not any(path in known.read_only or "/" in path for path in paths):
        return tuple(paths)
    words = _WORD.findall(type_name.rpartition("::")[2])
    names = ("Name", *("".join(words[index:]) + "Name" for index in range(len(words))))
    return next(((name,) for name in names if name in known.create_only), ())


def scope_properties(type_name: str) -> frozenset[str]:
    """Return the properties within whose values a name of the type is unique."""
    return _SCOPES.get(type_name, frozenset())


def custom_name(type_name: str, properties: Mapping[str, Json]) -> tuple[Json, ...]:
    """Return the name that a template gives a resource, part by part; empty when it leaves it to the service."""
    names = naming_properties(type_name)
    found = tuple(properties.get(name) for name in names)
    return found if names and all(value not in (None, "") for value in found) else ()
