"""Targets and policies of Application Auto Scaling, which MiniStack does not have: recorded only.

One thing acts: a target brings the number of tasks of its ECS service into its range.
"""

from __future__ import annotations

from dataclasses import replace

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import ecs

from petc_local.types.forms import Attributes, Handlers, Made, Properties, text
from petc_local.types.recorded_resources import recorded


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


def _in_range(properties: Properties) -> None:
    """Bring the number of tasks into the range.

    Application Auto Scaling User Guide, "How Application Auto Scaling works": a current capacity below the
    minimum or above the maximum is changed to it.
    """
    kind, _, rest = text(properties, "ResourceId").partition("/")
    cluster, _, name = rest.partition("/")
    service = ecs._services.get(f"{cluster}/{name}")
    if kind != "service" or service is None:
        return
    least, most = int(str(properties["MinCapacity"])), int(str(properties["MaxCapacity"]))
    count = max(least, min(most, int(service["desiredCount"])))
    if count != service["desiredCount"]:
        ecs._update_service({"cluster": cluster, "service": name, "desiredCount": count})


def _acting(recording: Handlers) -> Handlers:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made = recording.create(logical_id, properties, stack_name)
        _in_range(properties)
        return made

    def update(physical_id: str, old: Properties, new: Properties) -> Made:
        made = recording.update(physical_id, old, new)
        _in_range(new)
        return made

    return replace(recording, create=create, update=update)


HANDLERS = {
    _TARGET: _acting(recorded(_TARGET, _target, _target_attributes, tags="list")),
    _POLICY: recorded(_POLICY, _policy, _policy_attributes),
}
"""The types of this family."""
