"""ECS services: how many tasks run where, how they roll out, and what must be there before them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from troposphere import GetAtt, Ref, ecs

from petc import naming
from petc.layers import contracts
from petc.layers.application import load_balancer, scaling
from petc.layers.base import Draft
from petc.model.components import Service


def title(service: Service) -> str:
    """Return the logical id of an ECS service."""
    return naming.logical_id("Service", service.key)


def add_cluster(draft: Draft) -> ecs.Cluster:
    """Add the cluster; nobody opens a shell in a task, so there is no session to log.

    It names no capacity provider: ECS would attach it with a role that the first cluster of an account only
    begins to make, and the deployment would fail. The services ask for Fargate themselves.
    """
    insights = ecs.ClusterSetting(Name="containerInsights", Value=draft.stage.monitoring.container_insights)
    cluster = draft.add(
        ecs.Cluster(
            "Cluster",
            ClusterSettings=[insights],
            Configuration=ecs.ClusterConfiguration(
                ExecuteCommandConfiguration=ecs.ExecuteCommandConfiguration(Logging="NONE")
            ),
        ),
        "/services",
        why="runs the tasks of all services on Fargate",
    )
    draft.export(contracts.CLUSTER_NAME, Ref(cluster))
    return cluster


def add_service(
    draft: Draft,
    service: Service,
    cluster: ecs.Cluster,
    task: ecs.TaskDefinition,
    after: Iterable[Any],
    *,
    discovered: bool,
) -> ecs.Service:
    """Add a service, after its listener rules and grants (`after`) and the services that the spec names.

    A stack waits until a service is steady before it goes on, so `after` in the spec orders what the
    services do when they first start, such as making tables that refer to each other. `discovered` says that
    others find it by its name in Cloud Map.
    """
    running = draft.add(
        ecs.Service(
            title(service),
            Cluster=Ref(cluster),
            TaskDefinition=Ref(task),
            DesiredCount=scaling.desired_count(draft, service),
            LaunchType="FARGATE",
            PlatformVersion="LATEST",
            NetworkConfiguration=_network(draft, service),
            DeploymentConfiguration=ecs.DeploymentConfiguration(
                MinimumHealthyPercent=service.deployment.minimum_percent,
                MaximumPercent=service.deployment.maximum_percent,
                DeploymentCircuitBreaker=ecs.DeploymentCircuitBreaker(Enable=True, Rollback=True),
            ),
            # ECS moves a task by starting another first, which takes room above 100 percent.
            AvailabilityZoneRebalancing="ENABLED" if service.deployment.maximum_percent > 100 else "DISABLED",
            EnableECSManagedTags=True,
            EnableExecuteCommand=False,
            PropagateTags="SERVICE",
            **_balanced(service),
            **(_registered(draft, service) if discovered else {}),
        ),
        service.at,
        why=f"keeps the tasks of {service.name} running",
        after=[*after, *(title(draft.stage.services[name]) for name in service.after)],
    )
    draft.export(contracts.SERVICE_NAME, GetAtt(running, "Name"), service.key)
    return running


def _network(draft: Draft, service: Service) -> ecs.NetworkConfiguration:
    return ecs.NetworkConfiguration(
        AwsvpcConfiguration=ecs.AwsvpcConfiguration(
            Subnets=draft.imported(contracts.APP_SUBNETS),
            SecurityGroups=[draft.imported(contracts.SECURITY_GROUP, service.key)],
            AssignPublicIp="DISABLED",
        )
    )


def _balanced(service: Service) -> dict[str, Any]:
    if not service.route:
        return {}
    target = ecs.LoadBalancer(
        ContainerName=service.key,
        ContainerPort=service.port,
        TargetGroupArn=Ref(load_balancer.target_group_title(service)),
    )
    return {"LoadBalancers": [target], "HealthCheckGracePeriodSeconds": service.health.grace_seconds}


def _registered(draft: Draft, service: Service) -> dict[str, Any]:
    """Return the registration in Cloud Map: each task's address under the service's name."""
    arn = draft.imported(contracts.DISCOVERY_SERVICE_ARN, service.key)
    return {"ServiceRegistries": [ecs.ServiceRegistry(RegistryArn=arn)]}
