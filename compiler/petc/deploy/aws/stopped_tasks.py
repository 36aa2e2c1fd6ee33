"""Why the tasks of an ECS service stop: what the service itself says while CloudFormation only waits."""

from __future__ import annotations

from typing import Any

from petc.deploy.aws.connection import Connection, calling
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

TYPE = "AWS::ECS::Service"
"""The resource type that this module knows."""

_REPEATED = 2
_SHOWN = 10


def stopping(connection: Connection, target: Target, service: str, *, repeatedly: bool = False) -> str:
    """Return why the service's last stopped task stopped, with its containers; empty when none did.

    `service` is the ARN that the stack's resource has as its physical id. `repeatedly` asks for two tasks
    that stopped, for one may be a task that was replaced. Stopped tasks are shown for an hour
    (ECS Developer Guide, "Viewing Amazon ECS stopped task errors"). Where they may not be read, nothing is
    known, for this only explains.
    """
    client = connection.client("ecs", target.region, target.account)
    try:
        with calling("ecs:DescribeTasks", service):
            return _stopped(client, service, _REPEATED if repeatedly else 1)
    except Rejected:
        return ""


def _stopped(client: Any, service: str, enough: int) -> str:
    # arn:aws:ecs:region:account:service/cluster/name, which needs the long format of ARNs.
    cluster, name = service.split("/")[-2:]
    found = client.list_tasks(cluster=cluster, serviceName=name, desiredStatus="STOPPED", maxResults=_SHOWN)
    arns = found["taskArns"]
    tasks = client.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    failed = [task for task in tasks if _is_failure(task)]
    if len(failed) >= enough:
        newest = max(failed, key=lambda task: str(task.get("stoppedAt", "")))
        return "; ".join((str(newest["stoppedReason"]), *_containers(newest)))
    services = client.describe_services(cluster=cluster, services=[name])["services"]
    messages = [str(event["message"]) for item in services for event in item.get("events", ())]
    return next((message for message in messages if "unable to" in message or "failed" in message), "")


def _is_failure(task: dict[str, Any]) -> bool:
    """Whether a task stopped for a fault; one that the service replaced or scaled in did not.

    The stop code does not tell: tasks that fail health checks have that of the scheduler too.
    """
    reason = str(task.get("stoppedReason", ""))
    return bool(reason) and not reason.startswith("Scaling activity initiated")


def _containers(task: dict[str, Any]) -> tuple[str, ...]:
    found = []
    for container in task.get("containers", ()):
        code, reason = container.get("exitCode"), container.get("reason", "")
        if reason or code:
            said = ", ".join(
                part for part in (f"exit code {code}" if code is not None else "", reason) if part
            )
            found.append(f"container {container['name']}: {said}")
    return tuple(found)
