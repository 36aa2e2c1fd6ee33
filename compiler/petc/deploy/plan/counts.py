"""Who sets the number of tasks of each scaled service in each target: the stack at first, then autoscaling. Pure.

A template sets DesiredCount for the first tasks of a service only (`petc.layers.application.scaling`). Once
tasks run, a deployment that updates the stack passes `autoscaling`, and the update leaves their number alone.
That parameter by itself is no reason for an update: a stack with nothing else to do keeps what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from petc import naming
from petc.deploy.observed import Deployed, Observed
from petc.deploy.plan.types import Action, Plan
from petc.deploy.targets import Target
from petc.deploy.wanted import Wanted, WantedLayer
from petc.model.components import Service

APPLICATION = "application"

_SERVICE = "AWS::ECS::Service"

_Decide = Callable[[WantedLayer, Deployed, Service], str]


def undisturbed(wanted: Wanted, observed: Observed, services: Iterable[Service]) -> Wanted:
    """Return what is wanted with the number of tasks set by whoever sets it now, in every standing stack."""

    def decide(layer: WantedLayer, deployed: Deployed, service: Service) -> str:
        return deployed.parameters.get(naming.desired_count_from(service.key), "")

    return _passed(wanted, observed, services, decide)


def decided(wanted: Wanted, observed: Observed, services: Iterable[Service], plan: Plan) -> Wanted:
    """Return what is wanted with the number of tasks left to autoscaling where the plan updates a stack.

    Only a service that has tasks counts, and one that stays: a replaced service starts with its fewest tasks.
    """
    moving = {
        (layer.name, target): {
            change.logical_id
            for change in group.resources
            if change.type == _SERVICE and change.action is Action.REPLACE
        }
        for layer in plan.layers
        for group in layer.groups
        if group.action is Action.UPDATE
        for target in group.targets
    }

    def decide(layer: WantedLayer, deployed: Deployed, service: Service) -> str:
        replaced = moving.get((layer.name, deployed.target))
        if replaced is None:
            return deployed.parameters.get(naming.desired_count_from(service.key), "")
        runs = deployed.parameters.get(naming.tasks_parameter(service.key), "0") not in ("", "0")
        stays = naming.logical_id("Service", service.key) not in replaced
        return naming.BY_AUTOSCALING if runs and stays else naming.BY_STACK

    return _passed(wanted, observed, services, decide)


def _passed(wanted: Wanted, observed: Observed, services: Iterable[Service], decide: _Decide) -> Wanted:
    scaled = tuple(service for service in services if service.scale.max > service.scale.min)
    if not scaled:
        return wanted
    return replace(
        wanted,
        layers=tuple(
            _layer(layer, observed, scaled, decide) if layer.layer == APPLICATION else layer
            for layer in wanted.layers
        ),
    )


def _layer(
    layer: WantedLayer, observed: Observed, scaled: tuple[Service, ...], decide: _Decide
) -> WantedLayer:
    held = observed.layers.get(layer.name)
    if held is None:
        return layer
    found: dict[Target, Mapping[str, str]] = {}
    for target, values in layer.parameters.items():
        deployed = held.deployed.get(target)
        if deployed is None or not deployed.exists:
            found[target] = values
            continue
        own = {
            naming.desired_count_from(service.key): value
            for service in scaled
            if (value := decide(layer, deployed, service))
        }
        found[target] = MappingProxyType({**values, **own})
    return replace(layer, parameters=MappingProxyType(found))
