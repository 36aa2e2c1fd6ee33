"""What is watched of entrance, functions and databases, and what to do about it; thresholds are the spec's.

What AWS tells as an event (a failover, a failed rotation, a crashed task) is layer aws-native's to pass on.
CloudFront publishes its metrics in us-east-1 alone, where alarms on them would have to be: there are none.
"""

from __future__ import annotations

from petc.layers.base import Draft
from petc.layers.monitoring import metrics, slow_calls
from petc.layers.monitoring.alarms import AT_ONCE, BRIEFLY, SOON, STEADILY, AlarmWatch, MissingData, Window
from petc.model import queries
from petc.model.catalogue import max_connections
from petc.model.components import Database, Function

NEAR_TIMEOUT = 0.9
"""Share of its timeout that a function may take before someone should know."""

ROOM_TO_GROW = 2
"""Capacity units from which on staying at the largest capacity says something: a database that may not grow
beyond less fills it with its own work."""

FULL_PERCENT = 99
"""Utilisation of the largest capacity that counts as all of it, rounding allowed for."""


def of_gateway(draft: Draft) -> tuple[AlarmWatch, ...]:
    """Return what is watched of the REST API, and of the load balancer if there is one."""
    alarms = draft.stage.monitoring.alarms
    watches = [
        AlarmWatch(
            kind="gateway",
            key="",
            what="errors",
            watched=metrics.of_gateway(draft, "5XXError", "Sum"),
            threshold=alarms.errors_per_5_minutes,
            window=AT_ONCE,
            missing=MissingData.GOOD,
            text="Callers of the API get server errors",
            first="See in the dashboard whether the load balancer, a service or a function answers with them",
            at="/gateway",
        ),
        *slow_calls.of_gateway(draft),
    ]
    if queries.routed_services(draft.stage):
        watches.append(
            AlarmWatch(
                kind="load-balancer",
                key="",
                what="errors",
                watched=metrics.of_balancer(draft, "HTTPCode_ELB_5XX_Count", "Sum"),
                threshold=alarms.errors_per_5_minutes,
                window=AT_ONCE,
                missing=MissingData.GOOD,
                text="The load balancer finds no service that answers",
                first="Look for a service without healthy hosts, then at its latest deployment and its log",
                at="/load_balancer",
            )
        )
    return tuple(watches)


def of_function(draft: Draft, function: Function) -> tuple[AlarmWatch, ...]:
    """Return what is watched of a function; its dead letters too if it has a trigger."""
    alarms = draft.stage.monitoring.alarms
    name = function.name
    longest = NEAR_TIMEOUT * function.timeout_seconds * 1000 if alarms.latency_ms else 0
    watches = [
        AlarmWatch(
            kind="function",
            key=function.key,
            what="errors",
            watched=metrics.of_function(draft, function, "Errors", "Sum"),
            threshold=_failures(function, alarms.errors_per_5_minutes),
            window=AT_ONCE,
            missing=MissingData.GOOD,
            text=f"{name} fails",
            first="Read its log for the first error: an exception, a timeout, or no memory left",
            at=function.at,
        ),
        AlarmWatch(
            kind="function",
            key=function.key,
            what="throttles",
            watched=metrics.of_function(draft, function, "Throttles", "Sum"),
            threshold=alarms.throttles_per_5_minutes,
            window=AT_ONCE,
            missing=MissingData.GOOD,
            text=f"{name} is refused invocations",
            first="Compare its concurrency with what the spec reserves and with the account's limit",
            at=function.at,
        ),
        AlarmWatch(
            kind="function",
            key=function.key,
            what="duration",
            watched=metrics.of_function(draft, function, "Duration", "Maximum"),
            threshold=longest,
            window=SOON,
            missing=MissingData.GOOD,
            text=f"{name} nearly runs into its timeout of {function.timeout_seconds} s, in milliseconds",
            first="See which of the things it uses is slow; then raise timeout_seconds or memory",
            at=f"{function.at}/timeout_seconds",
        ),
    ]
    if function.trigger.is_event:
        watches.append(
            AlarmWatch(
                kind="function",
                key=function.key,
                what="dead-letters",
                watched=metrics.of_dead_letters(
                    draft, function, "ApproximateNumberOfMessagesVisible", "Maximum"
                ),
                threshold=alarms.dead_letters,
                window=AT_ONCE,
                # SQS falls silent about a queue that nobody has touched for hours, whatever lies in it.
                missing=MissingData.AS_BEFORE,
                text=f"Work of {name} was given up and lies in its dead-letter queue",
                first="Each message says why; mend the cause, invoke the function with it, then delete it",
                at=f"{function.at}/trigger",
            )
        )
    return tuple(watches)


def _failures(function: Function, tolerated: int) -> int:
    """Return from how many failed invocations on the alarm rings; 0 for never.

    A trigger brings one event at a time and Lambda tries it three times at most, so a single one that fails has to
    ring. Source: AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation".
    """
    return min(1, tolerated) if function.trigger.is_event else tolerated


def of_database(draft: Draft, database: Database) -> tuple[AlarmWatch, ...]:
    """Return what is watched of a database.

    AWS publishes one value a minute for each instance, so the maximum of a minute is the busiest instance.
    """
    alarms = draft.stage.monitoring.alarms
    name = database.name
    allowed = max_connections(database)
    # A database always speaks, unless it may pause.
    silence = MissingData.BAD if database.capacity.min else MissingData.GOOD
    watches = [
        AlarmWatch(
            kind="database",
            key=database.key,
            what="cpu",
            watched=metrics.of_database(draft, database, "CPUUtilization", "Maximum"),
            threshold=alarms.cpu_percent,
            window=STEADILY,
            missing=silence,
            text=f"An instance of {name} is short of CPU, in percent of its largest capacity, or silent",
            first="Database Insights shows the statements that take it; capacity.max raises the ceiling",
            at=database.at,
        ),
        AlarmWatch(
            kind="database",
            key=database.key,
            what="connections",
            watched=metrics.of_database(draft, database, "DatabaseConnections", "Maximum"),
            threshold=allowed * alarms.connections_percent / 100,
            window=BRIEFLY,
            # The alarm on CPU tells of silence; one is enough.
            missing=MissingData.UNKNOWN,
            text=f"{name} has {alarms.connections_percent} % of the {allowed} connections that it allows",
            first="Compare tasks times pool size of each service that uses it; a deployment adds tasks",
            at=database.at,
        ),
    ]
    if database.capacity.max >= ROOM_TO_GROW:
        watches.append(
            AlarmWatch(
                kind="database",
                key=database.key,
                what="capacity",
                watched=metrics.of_database(draft, database, "ACUUtilization", "Maximum"),
                threshold=FULL_PERCENT if alarms.cpu_percent else 0,
                window=Window(300, 12, 12),
                missing=MissingData.GOOD,
                text=f"{name} has needed all of its {database.capacity.max:g} capacity units for an hour",
                first="See CPU and connections for the cause; if the load is meant, raise capacity.max",
                at=f"{database.at}/capacity",
            )
        )
    if database.readers:
        watches.append(
            AlarmWatch(
                kind="database",
                key=database.key,
                what="replica-lag",
                watched=metrics.of_database(draft, database, "AuroraReplicaLagMaximum", "Maximum"),
                threshold=alarms.latency_ms,
                window=BRIEFLY,
                missing=MissingData.GOOD,
                text=f"A reader of {name} answers with old data, in milliseconds",
                first="Look for long statements on the reader and for bulk writes; then at its CPU",
                at=f"{database.at}/readers",
            )
        )
    return tuple(watches)
