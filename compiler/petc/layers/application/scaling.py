"""How many tasks of a service run: none before its image, then the fewest, then what autoscaling has set."""

from __future__ import annotations

from typing import Any

from troposphere import Equals, If, Parameter, Ref, Sub, ecs
from troposphere import applicationautoscaling as scaling

from petc import naming
from petc.layers import kind_table
from petc.layers.base import Draft
from petc.layers.kind_emission import Scaled
from petc.model.components import Service
from petc.model.kinds import table

DIMENSION = "ecs:service:DesiredCount"


def tasks_parameter(draft: Draft, service: Service) -> Parameter:
    """Declare the parameter that holds the fewest tasks of a service.

    A stack waits for its services' tasks, for hours if their image is not there. The repository is made in
    the same stack, so the first deployment cannot have one: by default a service with a repository of ours
    starts with no task, and a deployment passes the spec's number as soon as the image is pushed.
    The first desired count and the scaling minimum are this one parameter, for a scalable target raises a
    desired count of 0 to its minimum at once.
    """
    fewest = str(service.scale.min)
    ours = not service.image.uri
    return draft.parameter(
        naming.tasks_parameter(service.key),
        f"Fewest tasks of {service.name}" + ("; 0 until its image is pushed" if ours else ""),
        lambda region: "" if ours else fewest,
        type="Number",
        default="0" if ours else fewest,
        unlocked_by=service.name if ours else "",
        full_value=fewest if ours else "",
        MinValue=0,
    )


def desired_count(draft: Draft, service: Service) -> Any:
    """Return the desired count of a service; one that scales has none in its template once its tasks run.

    CloudFormation sends DesiredCount with every update of a service, so a release would reset what Application
    Auto Scaling has set. Without the property the number is left alone: AWS CloudFormation Template Reference,
    "AWS::ECS::Service": "For existing services, if a desired count is not specified, it is omitted from the
    operation". The first tasks need it all the same: the stack waits for them before it starts services that
    come after. So a parameter says who sets the number, and `petc.deploy.plan.carried_parameters` passes it.
    """
    fewest = Ref(tasks_parameter(draft, service))
    if not scales(service):
        return fewest
    source = draft.parameter(
        naming.desired_count_from(service.key),
        f"Who sets the number of tasks of {service.name}: {naming.BY_AUTOSCALING} once tasks run",
        default=naming.BY_STACK,
        AllowedValues=[naming.BY_STACK, naming.BY_AUTOSCALING],
    )
    first = draft.condition(
        naming.logical_id("FirstTasks", service.key), Equals(Ref(source), naming.BY_STACK)
    )
    return If(first, fewest, Ref("AWS::NoValue"))


def scales(service: Service) -> bool:
    """Whether Application Auto Scaling sets the number of tasks: there is a range, and not one number."""
    return service.scale.max > service.scale.min


def add_scaling(draft: Draft, service: Service, cluster: ecs.Cluster, running: ecs.Service) -> None:
    """Add the scalable target of a service, the policy for its CPU utilisation, and those of what it uses.

    Of several policies the one that wants most tasks wins. The role is Application Auto Scaling's service-linked
    one. Nothing is added where there is no range.
    """
    scale = service.scale
    if not scales(service):
        return
    at = f"{service.at}/scale"
    target = draft.add(
        scaling.ScalableTarget(
            naming.logical_id("ScalableTarget", service.key),
            ServiceNamespace="ecs",
            ScalableDimension=DIMENSION,
            ResourceId=Sub(f"service/${{{cluster.title}}}/${{{running.title}.Name}}"),
            MinCapacity=Ref(tasks_parameter(draft, service)),
            MaxCapacity=scale.max,
        ),
        at,
        why=f"range of tasks of {service.name}",
    )
    draft.add(
        scaling.ScalingPolicy(
            naming.logical_id("ScalingPolicy", service.key),
            PolicyName="cpu",
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=Ref(target),
            TargetTrackingScalingPolicyConfiguration=scaling.TargetTrackingScalingPolicyConfiguration(
                PredefinedMetricSpecification=scaling.PredefinedMetricSpecification(
                    PredefinedMetricType="ECSServiceAverageCPUUtilization"
                ),
                TargetValue=scale.cpu_percent,
                ScaleInCooldown=scale.in_cooldown_seconds,
                ScaleOutCooldown=scale.out_cooldown_seconds,
            ),
        ),
        at,
        why=f"holds the CPU utilisation of {service.name}",
    )
    scaled = Scaled(service, cluster, running, target)
    for item, use in table.used(draft.stage, service):
        kind_table.BY_WORD[item.kind.word].scales(draft, scaled, item.part, use)
