"""Every resource type of MiniStack's own that is mended."""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services.cloudformation import provisioners

from petc.local.types import (
    alarms,
    attributes,
    balancers,
    bounded_roles,
    buckets,
    containers,
    databases,
    functions,
    gateways,
    mending,
    networks,
    secrets,
    service_roles,
    topics,
)
from petc.local.types.standing import STANDING

MENDED: Mapping[str, mending.Mend] = {
    **alarms.MENDS,
    **attributes.MENDS,
    **balancers.MENDS,
    **bounded_roles.MENDS,
    **buckets.MENDS,
    **containers.MENDS,
    **databases.MENDS,
    **functions.MENDS,
    **gateways.MENDS,
    **networks.MENDS,
    **secrets.MENDS,
    **service_roles.MENDS,
    **topics.MENDS,
}
"""The mended types."""

TAGGED = (
    "AWS::CloudWatch::Dashboard",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
)
"""Types whose tags are kept, here or by MiniStack, and to which it does not hand the tags of the stack."""


def enter() -> None:
    """Wrap MiniStack's handlers of these types, and those of the other types that petc makes."""
    plain = {name: mending.Mend() for name in STANDING if name in provisioners._RESOURCE_HANDLERS}
    mending.enter(plain | dict(MENDED))
    for type_name in TAGGED:
        provisioners._STACK_TAG_PROPERTY[type_name] = ("Tags", "list")
