"""Why the tasks of a service stop."""

from __future__ import annotations

import time
from typing import Any

from petc.deploy.aws import event_history, stopped_tasks
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.ecs_health import TASKS_STOP, EcsWatch
from petc.deploy.aws.event_history import HistoryEntry
from petc.deploy.engine import Cause, ResourceEvent
from petc.deploy.targets import Target
from tests.petc_local.running import LocalAws


def service(aws: LocalAws) -> tuple[Any, str]:
    client = aws.client("ecs")
    client.create_cluster(clusterName="c")
    client.register_task_definition(family="f", containerDefinitions=[{"name": "app", "image": "i"}])
    made = client.create_service(cluster="c", serviceName="s", taskDefinition="f", desiredCount=2)
    return client, str(made["service"]["serviceArn"])


def stopped(client: Any, reason: str) -> None:
    for arn in client.list_tasks(cluster="c")["taskArns"][:1]:
        client.stop_task(cluster="c", task=arn, reason=reason)


def entry(target: Target, arn: str, status: str = "CREATE_IN_PROGRESS") -> HistoryEntry:
    event = ResourceEvent(1.0, target, "stack", "Service", stopped_tasks.TYPE, status)
    return HistoryEntry(event, arn, "arn:stack", "")


def test_a_service_whose_tasks_run_says_nothing(aws: LocalAws) -> None:
    _, arn = service(aws)

    assert stopped_tasks.stopping(Connection(aws.region), Target(aws.account, aws.region), arn) == ""


def test_the_reason_of_a_stopped_task_is_told(aws: LocalAws) -> None:
    client, arn = service(aws)
    stopped(client, "CannotPullContainerError: no such image")

    found = stopped_tasks.stopping(Connection(aws.region), Target(aws.account, aws.region), arn)

    assert "CannotPullContainerError: no such image" in found


def test_a_task_that_was_only_scaled_in_is_no_failure(aws: LocalAws) -> None:
    client, arn = service(aws)
    stopped(client, "Scaling activity initiated by (deployment ecs-svc/1)")

    assert stopped_tasks.stopping(Connection(aws.region), Target(aws.account, aws.region), arn) == ""


def test_who_may_not_read_tasks_learns_nothing_and_is_not_stopped(aws: LocalAws) -> None:
    _, arn = service(aws)
    aws.faults.error("AccessDeniedException", service="ecs", times=0, status=400)

    assert stopped_tasks.stopping(Connection(aws.region), Target(aws.account, aws.region), arn) == ""


def test_a_waiting_service_whose_tasks_keep_stopping_is_told_early(aws: LocalAws) -> None:
    client, arn = service(aws)
    target, connection, watch = Target(aws.account, aws.region), Connection(aws.region), EcsWatch(every=0.0)
    stopped(client, "essential container exited")
    once = watch.of(connection, target, "arn:stack", [entry(target, arn)])
    stopped(client, "essential container exited")

    twice = watch.of(connection, target, "arn:stack", [])

    assert TASKS_STOP not in {event.status for event in once}
    assert [(event.status, event.reason) for event in twice] == [(TASKS_STOP, twice[0].reason)]
    assert "essential container exited" in twice[0].reason
    assert twice[0].time <= time.time()


def test_a_service_that_is_steady_is_watched_no_more(aws: LocalAws) -> None:
    client, arn = service(aws)
    target, connection, watch = Target(aws.account, aws.region), Connection(aws.region), EcsWatch(every=0.0)
    stopped(client, "a")
    stopped(client, "b")
    read = (entry(target, arn, "CREATE_COMPLETE"), entry(target, arn))

    watch.of(connection, target, "arn:stack", read)

    assert watch.of(connection, target, "arn:stack", []) == ()


def test_a_failed_service_has_the_reason_of_its_tasks_beside_its_own(aws: LocalAws) -> None:
    client, arn = service(aws)
    stopped(client, "CannotPullContainerError: no such image")
    target = Target(aws.account, aws.region)
    event = ResourceEvent(
        2.0, target, "stack", "Service", stopped_tasks.TYPE, "CREATE_FAILED", "did not stabilize"
    )

    found = event_history.cause(
        Connection(aws.region),
        target,
        [HistoryEntry(event, arn, "arn:stack", "")],
        deleting=False,
        otherwise=Cause(None, "", "", ""),
    )

    assert (found.logical_id, found.reason) == ("Service", "did not stabilize")
    assert "no such image" in found.detail
