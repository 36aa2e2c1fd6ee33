"""Which services hold which secret, and rolling one of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shared import aws, deadline, logs, settings, shapes


@dataclass(frozen=True, slots=True)
class Service:
    """An ECS service; `cluster` is an ARN, `name` an ARN or a name."""

    cluster: str
    name: str


class Outcome(Enum):
    """What became of a service."""

    ROLLED = "rolled"
    CURRENT = "already current"
    FAILED = "failed"


def holders(secret: str) -> tuple[Service, ...]:
    """Return the services that `ROLLS` names for `secret`; raise `Misconfigured` when it cannot be read.

    `ROLLS` is a JSON object: secret ARN to a list of `{"cluster": ..., "service": ...}`.
    """
    try:
        rolls = shapes.parsed(settings.required("ROLLS"))
    except ValueError as error:
        raise settings.Misconfigured("ROLLS is not JSON") from error
    services = tuple(
        Service(shapes.text(entry.get("cluster")), shapes.text(entry.get("service")))
        for entry in map(shapes.mapping, shapes.items(shapes.mapping(rolls).get(secret)))
    )
    if not all(service.cluster and service.name for service in services):
        raise settings.Misconfigured(f"ROLLS names a service without cluster or name for {secret}")
    return services


def roll(service: Service, *, since: datetime) -> Outcome:
    """Start one deployment of `service`, unless its newest one started at or after `since`.

    Tasks read a secret when they start, so a deployment that began after the rotation already holds the
    new value: an event that is delivered twice, or retried, rolls nothing twice.
    """
    try:
        if _deployed_after(service, since):
            return Outcome.CURRENT
        aws.call(
            "ecs", "update_service", cluster=service.cluster, service=service.name, forceNewDeployment=True
        )
    except (aws.Refused, aws.Unreachable) as error:
        logs.error("a service was not rolled", cause=error, service=service.name)
        return Outcome.FAILED
    logs.info("a service was rolled", service=service.name)
    return Outcome.ROLLED


def settled(service: Service, until: deadline.Deadline) -> bool:
    """Wait until the newest deployment of `service` no longer runs; return whether that was so before `until`.

    While a service rolls, its old and new tasks run at once. Amazon ECS API Reference, Deployment: `rolloutState`.
    """
    while (state := _rollout(service)) == _RUNS:
        if until.remaining() <= POLL_SECONDS:
            logs.warning("a service still rolls while the next one begins", service=service.name)
            return False
        time.sleep(POLL_SECONDS)
    return state != _FAILED


POLL_SECONDS = 10.0
"""How long to wait between two looks at a deployment."""

_RUNS, _FAILED = "IN_PROGRESS", "FAILED"


def _rollout(service: Service) -> object:
    """Return the state of the newest deployment; nothing where it cannot be read, so that nobody waits for it."""
    try:
        answer = aws.call("ecs", "describe_services", cluster=service.cluster, services=[service.name])
    except (aws.Refused, aws.Unreachable) as error:
        logs.warning("a service's deployments could not be read", cause=error, service=service.name)
        return None
    for found in map(shapes.mapping, shapes.items(answer.get("services"))):
        for deployment in map(shapes.mapping, shapes.items(found.get("deployments"))):
            if deployment.get("status") == "PRIMARY":
                return deployment.get("rolloutState")
    return None


def _deployed_after(service: Service, since: datetime) -> bool:
    try:
        answer = aws.call("ecs", "describe_services", cluster=service.cluster, services=[service.name])
    except (aws.Refused, aws.Unreachable) as error:
        # One deployment too many is harmless, a service with the old password is not.
        logs.warning("a service's deployments could not be read", cause=error, service=service.name)
        return False
    described = map(shapes.mapping, shapes.items(answer.get("services")))
    return any(
        deployment.get("status") == "PRIMARY" and _starts_at_or_after(deployment.get("createdAt"), since)
        for found in described
        for deployment in map(shapes.mapping, shapes.items(found.get("deployments")))
    )


def _starts_at_or_after(created: object, since: datetime) -> bool:
    return isinstance(created, datetime) and created >= since
