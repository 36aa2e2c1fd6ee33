"""Layer application: ECS services with their images, tasks and scaling, and the load balancer before them."""

from __future__ import annotations

from petc.layers.application import ecs_services, load_balancer, repositories, scaling, service_grants, tasks
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.model import queries
from petc.model.graph import Party, PartyKind
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit the cluster, the load balancer and, for each service, all that its tasks need to run."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    services = stage.services.values()
    if not services:
        return draft.finish()
    cluster = ecs_services.add_cluster(draft)
    for service in services:
        if not service.image.uri:
            repositories.add_repository(draft, service)
        tasks.add_log_group(draft, service)
    rules = load_balancer.add_load_balancer(draft)
    discovered = {service.name for service in queries.discovered(stage)}
    granted = service_grants.add_grants(draft)
    for service in services:
        task = tasks.add_task_definition(draft, service)
        needed = (*rules.get(service.name, ()), *granted.get(Party(PartyKind.SERVICE, service.name), ()))
        running = ecs_services.add_service(
            draft, service, cluster, task, needed, discovered=service.name in discovered
        )
        scaling.add_scaling(draft, service, cluster, running)
    return draft.finish()


LAYER = Layer(
    "application", 7, "container services on ECS Fargate with their images, scaling and load balancer", emit
)
