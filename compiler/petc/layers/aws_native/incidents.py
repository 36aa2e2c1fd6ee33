"""Events between AWS services that someone should hear of: failed deployments, crashed tasks, failovers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Sub, events

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.layers.functions import triggers
from petc.model import queries

_DAY_SECONDS = 24 * 3600

FAILED_DEPLOYMENTS = (
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_TASK_START_IMPAIRED",
    "SERVICE_TASK_PLACEMENT_FAILURE",
)
"""Amazon ECS Developer Guide, "Service action events" and "Service deployment state change events"."""

CRASHES = ("EssentialContainerExited", "TaskFailedToStart")
"""Reasons for which a task of a service ends only when something is wrong: not by scaling or deploying.

Amazon ECS API reference, Task, `stopCode`.
"""

DATABASE_CATEGORIES = ("failover", "failure")
"""Amazon Aurora User Guide, "Amazon RDS event categories and event messages"."""


def add_incidents(draft: Draft) -> None:
    """Add a rule to the topic for each kind of event that the stage's parts can cause."""
    stage = draft.stage
    if stage.services:
        _services(draft)
    for database in stage.databases.values():
        pattern = {
            "source": ["aws.rds"],
            "detail-type": ["RDS DB Cluster Event"],
            "detail": {
                "SourceIdentifier": [draft.imported(contracts.CLUSTER_ID, database.key)],
                "EventCategories": list(DATABASE_CATEGORIES),
            },
        }
        at, why = database.at, f"tells of failovers and failures of {database.name}"
        _notify(draft, naming.logical_id("DatabaseEvents", database.key), pattern, at, why)
    # Failures are told through CloudTrail alone; AWS Secrets Manager User Guide, "Log entries for rotation".
    told = stage.security.trail != "none"
    for function in queries.functions_of(stage, draft.layer) if told else ():
        database = stage.databases[function.trigger.rotation_of]
        secret = draft.imported(contracts.MASTER_SECRET_ARN, database.key)
        pattern = triggers.rotation_pattern([secret], *triggers.NOT_ROTATED)
        at, why = f"{function.at}/trigger/rotation_of", f"tells of a failed rotation of {database.name}"
        # By the function's key: two functions may wait for one database.
        _notify(draft, naming.logical_id("RotationFailures", function.key), pattern, at, why)


def _services(draft: Draft) -> None:
    cluster = draft.imported(contracts.CLUSTER_NAME)
    here = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}"
    deployments = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
        "resources": [{"prefix": Sub(f"{here}:service/${{Cluster}}/", Cluster=cluster)}],
        "detail": {"eventName": list(FAILED_DEPLOYMENTS)},
    }
    _notify(draft, "FailedDeployments", deployments, "/services", "tells of deployments that fail or stall")
    crashes = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [Sub(f"{here}:cluster/${{Cluster}}", Cluster=cluster)],
            "lastStatus": ["STOPPED"],
            "stopCode": list(CRASHES),
        },
    }
    _notify(draft, "CrashedTasks", crashes, "/services", "tells of tasks that ended although they should run")


def _notify(draft: Draft, title: str, pattern: Mapping[str, Any], at: str, why: str) -> None:
    draft.add(
        events.Rule(
            title,
            Description=why[:1].upper() + why[1:],
            State="ENABLED",
            EventPattern=pattern,
            Targets=[
                events.Target(
                    Id="topic",
                    Arn=draft.imported(contracts.TOPIC_ARN),
                    RetryPolicy=events.RetryPolicy(
                        MaximumEventAgeInSeconds=_DAY_SECONDS, MaximumRetryAttempts=185
                    ),
                )
            ],
        ),
        at,
        why=why,
    )
