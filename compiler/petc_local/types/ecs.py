"""Mends ECS and ECR: settings that MiniStack's CloudFormation ignores, and repositories with images."""

from __future__ import annotations

from ministack.services import ecr, ecs
from ministack.services.cloudformation import provisioners

from petc.resources.schemas import Json
from petc_local.types.forms import Attributes, Made, Properties, ResourceError, flag
from petc_local.types.patching import Mend

_SERVICE: dict[str, tuple[str, Json]] = {
    "AvailabilityZoneRebalancing": ("availabilityZoneRebalancing", "ENABLED"),
    "EnableECSManagedTags": ("enableECSManagedTags", False),
    "EnableExecuteCommand": ("enableExecuteCommand", False),
    "HealthCheckGracePeriodSeconds": ("healthCheckGracePeriodSeconds", 0),
    "PlatformVersion": ("platformVersion", "LATEST"),
    "PropagateTags": ("propagateTags", "NONE"),
    "ServiceRegistries": ("serviceRegistries", []),
}
"""By property the field of `DescribeServices` and what it is without the property ("CreateService")."""

_TASK_DEFINITION = {
    "EphemeralStorage": "ephemeralStorage",
    "ProxyConfiguration": "proxyConfiguration",
    "RuntimePlatform": "runtimePlatform",
}


def _service(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    service = next((held for held in ecs._services.values() if held["serviceArn"] == physical_id), None)
    if service is None:
        raise ResourceError(f"Service not found: {physical_id}")
    if old and "DesiredCount" in new:
        _scaled(service, new["DesiredCount"])
    for name, (field, absent) in _SERVICE.items():
        if not old or new.get(name) != old.get(name):
            service[field] = provisioners._pascal_to_camel(new.get(name, absent))
    if new.get("Tags") != old.get("Tags"):
        tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in _tags(new)]
        service["tags"] = tags
        ecs._tags[physical_id] = list(tags)
    return physical_id, attributes


def _scaled(service: dict[str, Json], count: Json) -> None:
    """Set the number of tasks as each update of a service does, whatever autoscaling has made of it since.

    CloudFormation sends DesiredCount with every UpdateService, and omits it only where the template has none:
    AWS CloudFormation Template Reference, "AWS::ECS::Service", DesiredCount; cloudformation-coverage-roadmap
    issue 187. MiniStack sends it only where the property itself changed.
    """
    ecs._update_service(
        {"cluster": service["clusterArn"], "service": service["serviceName"], "desiredCount": count}
    )


def _tags(properties: Properties) -> list[dict[str, Json]]:
    tags = properties.get("Tags")
    return [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []


def _task_definition(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    held = ecs._task_defs[physical_id.rpartition("/")[2]]
    for name, field in _TASK_DEFINITION.items():
        if name in new:
            held[field] = provisioners._pascal_to_camel(new[name])
    return physical_id, attributes


def _without_images(physical_id: str, properties: Properties) -> None:
    """Refuse to delete a repository that holds images, unless it is emptied on delete ("DeleteRepository")."""
    if ecr._images.get(physical_id) and not flag(properties, "EmptyOnDelete"):
        raise ResourceError(
            f"The repository with name '{physical_id}' cannot be deleted because it still contains images"
        )


MENDS = {
    "AWS::ECR::Repository": Mend(deletable=_without_images),
    "AWS::ECS::Service": Mend(made=_service),
    "AWS::ECS::TaskDefinition": Mend(made=_task_definition),
}
"""The types that this module mends."""
