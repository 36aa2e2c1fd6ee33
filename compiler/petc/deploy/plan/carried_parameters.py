"""Parameters whose value goes on from what stands, and changes only together with something else. Pure.

Two things of a stack depend on its past. Who sets the number of tasks of a scaled service: the template for its
first tasks, autoscaling afterwards (`petc.layers.application.scaling`). And which of two equal forms the target
groups have: they are replaced with their load balancer (`petc.layers.application.load_balancer`). A first plan is
made with the values that stand (`undisturbed`); what it does to a stack decides which are passed (`decided`). A
value that changes alone is no reason for an update.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from petc import naming
from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import Deployed, Observed
from petc.deploy.plan.types import Action, Plan
from petc.deploy.targets import Target
from petc.model.components import Service

APPLICATION = "application"

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
SERVICE = "AWS::ECS::Service"

_Replaced = Mapping[tuple[str, Target], frozenset[tuple[str, str]]]
"""By layer and target of every stack that is updated: type and logical id of what is replaced there."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a layer that have such parameters: scaled services, and a load balancer or none."""

    scaled: tuple[Service, ...]
    balanced: bool


def undisturbed(wanted: DesiredState, observed: Observed, services: Iterable[Service]) -> DesiredState:
    """Return what is wanted with those values as they stand in every stack; a new stack has the defaults."""
    return _passed(wanted, observed, tuple(services), None)


def decided(
    wanted: DesiredState, observed: Observed, services: Iterable[Service], plan: Plan
) -> DesiredState:
    """Return what is wanted with those values as they follow from the `plan` of what is `undisturbed`."""
    replaced = {
        (layer.name, target): frozenset(
            (change.type, change.logical_id) for change in group.resources if change.action is Action.REPLACE
        )
        for layer in plan.layers
        for group in layer.groups
        if group.action is Action.UPDATE
        for target in group.targets
    }
    return _passed(wanted, observed, tuple(services), replaced)


def _passed(
    wanted: DesiredState, observed: Observed, services: tuple[Service, ...], replaced: _Replaced | None
) -> DesiredState:
    parts = _Parts(
        tuple(service for service in services if service.scale.max > service.scale.min),
        any(service.route for service in services),
    )
    return replace(
        wanted,
        layers=tuple(
            _layer(layer, observed, parts, replaced) if layer.layer == APPLICATION else layer
            for layer in wanted.layers
        ),
    )


def _layer(layer: WantedLayer, observed: Observed, parts: _Parts, replaced: _Replaced | None) -> WantedLayer:
    held = observed.layers.get(layer.name)
    if held is None:
        return layer
    found: dict[Target, Mapping[str, str]] = {}
    for target, values in layer.parameters.items():
        deployed = held.deployed.get(target)
        own: dict[str, str] = {}
        if deployed is not None and deployed.exists:
            moving = None if replaced is None else replaced.get((layer.name, target))
            own = _standing(deployed, parts) if moving is None else _moved(deployed, parts, moving)
        found[target] = MappingProxyType({**values, **{name: value for name, value in own.items() if value}})
    return replace(layer, parameters=MappingProxyType(found))


def _standing(deployed: Deployed, parts: _Parts) -> dict[str, str]:
    names = [naming.desired_count_from(service.key) for service in parts.scaled]
    if parts.balanced:
        names.append(naming.TARGET_GROUP_TURN)
    return {name: deployed.parameters.get(name, "") for name in names}


def _moved(deployed: Deployed, parts: _Parts, replaced: frozenset[tuple[str, str]]) -> dict[str, str]:
    """Return the values of a stack that is updated.

    Only a service that has tasks, and that stays, leaves their number to autoscaling: a replaced one starts with
    its fewest tasks. Target groups take the other form where the load balancer is replaced.
    """
    found = _standing(deployed, parts)
    for service in parts.scaled:
        runs = deployed.parameters.get(naming.tasks_parameter(service.key), "0") not in ("", "0")
        stays = (SERVICE, naming.logical_id("Service", service.key)) not in replaced
        found[naming.desired_count_from(service.key)] = (
            naming.BY_AUTOSCALING if runs and stays else naming.BY_STACK
        )
    if parts.balanced and any(type_name == BALANCER for type_name, _ in replaced):
        first, second = naming.TURNS
        standing = found[naming.TARGET_GROUP_TURN] or first
        found[naming.TARGET_GROUP_TURN] = second if standing == first else first
    return found
