"""How many tasks of a service run: the first deployment's zero, and scaling by CPU after it."""

from __future__ import annotations

from troposphere import Parameter, Ref, Sub, ecs
from troposphere import applicationautoscaling as scaling

from petc import naming
from petc.layers.base import Draft
from petc.model.components import Service

DIMENSION = "ecs:service:DesiredCount"


def tasks_parameter(draft: Draft, service: Service) -> Parameter:
    """Declare the parameter that holds the fewest tasks of a service.

    A stack waits for its services' tasks, for hours if their image is not there. The repository is made in
    the same stack, so the first deployment cannot have one: by default a service with a repository of ours
    starts with no task, and a deployment passes the spec's number as soon as the image is pushed.
    Desired count and scaling minimum are this one parameter, for a scalable target raises a desired count
    of 0 to its minimum at once.
    """
    fewest = str(service.scale.min)
    ours = not service.image.uri
    return draft.parameter(
        naming.logical_id("Tasks", service.key),
        f"Fewest tasks of {service.name}" + ("; 0 until its image is pushed" if ours else ""),
        lambda region: "" if ours else fewest,
        type="Number",
        default="0" if ours else fewest,
        unlocked_by=service.name if ours else "",
        full_value=fewest if ours else "",
        MinValue=0,
    )


def add_scaling(draft: Draft, service: Service, cluster: ecs.Cluster, running: ecs.Service) -> None:
    """Add the scalable target of a service and the policy that holds its CPU utilisation.

    The role is Application Auto Scaling's service-linked one. Nothing is added where there is no range.
    """
    scale = service.scale
    if scale.max <= scale.min:
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
