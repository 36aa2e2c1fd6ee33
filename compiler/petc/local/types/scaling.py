"""Targets and policies of Application Auto Scaling, which MiniStack does not have: recorded only."""

from __future__ import annotations

from ministack.core.responses import get_account_id, get_region, new_uuid

from petc.local.types.forms import Attributes, Properties, text
from petc.local.types.records import recorded


def _target(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return `resource|dimension|namespace`, what Ref gives ("AWS::ApplicationAutoScaling::ScalableTarget")."""
    return "|".join(
        text(properties, name) for name in ("ResourceId", "ScalableDimension", "ServiceNamespace")
    )


def _policy(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return an ARN, what Ref gives ("AWS::ApplicationAutoScaling::ScalingPolicy")."""
    resource, namespace = _parts(properties)
    return (
        f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{new_uuid()}"
        f":resource/{namespace}/{resource}:policyName/{text(properties, 'PolicyName')}"
    )


def _parts(properties: Properties) -> tuple[str, str]:
    """Return the resource and the namespace of a policy, which names its target in one of two ways."""
    resource, _, rest = text(properties, "ScalingTargetId").partition("|")
    if resource:
        return resource, rest.rpartition("|")[2]
    return text(properties, "ResourceId"), text(properties, "ServiceNamespace")


def _policy_attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"Arn": physical_id}


def _target_attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"Id": physical_id}


_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"

HANDLERS = {
    _TARGET: recorded(_TARGET, _target, _target_attributes, tags="list"),
    _POLICY: recorded(_POLICY, _policy, _policy_attributes),
}
"""The types of this family."""
