"""What is watched of a service: utilisation, missing tasks, and its answers where it is routed."""

from __future__ import annotations

from petc.layers.base import Draft
from petc.layers.monitoring import metrics, slow_calls
from petc.layers.monitoring.alarms import AT_ONCE, SOON, STEADILY, AlarmWatch, MissingData, Window
from petc.model.components import Service

STARTING_MINUTES = 5
"""Minutes beyond the grace of a starting task: for placing it and pulling its image."""


def of_service(draft: Draft, service: Service) -> tuple[AlarmWatch, ...]:
    """Return what is watched of a service."""
    alarms = draft.stage.monitoring.alarms
    name = service.name
    watches = [
        AlarmWatch(
            kind="service",
            key=service.key,
            what="cpu",
            watched=metrics.of_service(draft, service, "CPUUtilization", "Average"),
            threshold=alarms.cpu_percent,
            window=STEADILY,
            # Without a task there is no utilisation: before the first image, or when all have gone.
            missing=MissingData.UNKNOWN,
            text=f"The tasks of {name} are short of CPU, in percent",
            first="See whether it runs its largest number of tasks and whether requests or latency rose",
            at=service.at,
        ),
        AlarmWatch(
            kind="service",
            key=service.key,
            what="memory",
            # The fullest task, for that is the one that is killed.
            watched=metrics.of_service(draft, service, "MemoryUtilization", "Maximum"),
            threshold=alarms.memory_percent,
            window=STEADILY,
            missing=MissingData.UNKNOWN,
            text=f"A task of {name} is about to run out of memory, in percent",
            first="A slow rise is a leak and a new deployment gains time; a step came with a release or load",
            at=service.at,
        ),
    ]
    if draft.stage.monitoring.container_insights != "disabled":
        watches.append(_missing_tasks(draft, service))
    if service.route:
        watches += _answers(draft, service)
    return tuple(watches)


def _starting(service: Service) -> Window:
    """Return the window in which a host must stay unhealthy: longer than a healthy one takes to start."""
    health = service.health
    seconds = health.grace_seconds + health.unhealthy_after * health.interval_seconds
    minutes = STARTING_MINUTES + -(-seconds // 60)
    return Window(60, minutes, minutes)


def _missing_tasks(draft: Draft, service: Service) -> AlarmWatch:
    return AlarmWatch(
        kind="service",
        key=service.key,
        what="tasks",
        watched={
            "desired": metrics.of_tasks(draft, service, "DesiredTaskCount", "Maximum"),
            "running": metrics.of_tasks(draft, service, "RunningTaskCount", "Maximum"),
        },
        formula="desired - running",
        threshold=draft.stage.monitoring.alarms.unhealthy_hosts,
        window=_starting(service),
        missing=MissingData.UNKNOWN,
        text=f"{service.name} runs fewer tasks than it should",
        first="Read the service's events and why its last tasks stopped: image, secret, memory or health",
        at=service.at,
    )


def _answers(draft: Draft, service: Service) -> tuple[AlarmWatch, ...]:
    alarms = draft.stage.monitoring.alarms
    slowest, formula = slow_calls.guarded(
        metrics.of_targets(draft, service, "TargetResponseTime", "p95"),
        metrics.of_targets(draft, service, "TargetResponseTime", "SampleCount"),
    )
    return (
        AlarmWatch(
            kind="service",
            key=service.key,
            what="errors",
            # What callers see as a server error: the service's own, and calls that it never answered.
            watched={
                "answered": metrics.of_targets(draft, service, "HTTPCode_Target_5XX_Count", "Sum"),
                "refused": metrics.of_targets(draft, service, "TargetConnectionErrorCount", "Sum"),
            },
            formula="FILL(answered, 0) + FILL(refused, 0)",
            threshold=alarms.errors_per_5_minutes,
            window=AT_ONCE,
            missing=MissingData.GOOD,
            text=f"Calls of {service.name} fail",
            first="Read its log for the first error, then see the database and what else it uses",
            at=service.at,
        ),
        AlarmWatch(
            kind="service",
            key=service.key,
            what="latency",
            watched=slowest,
            formula=formula,
            threshold=alarms.latency_ms / 1000,
            window=SOON,
            missing=MissingData.GOOD,
            text=f"One call of {service.name} in twenty takes too long, in seconds",
            first="See its CPU, then the database's latency and connections; a trace shows the rest",
            at=service.at,
        ),
        AlarmWatch(
            kind="service",
            key=service.key,
            what="unhealthy-hosts",
            watched=metrics.of_targets(draft, service, "UnHealthyHostCount", "Maximum"),
            threshold=alarms.unhealthy_hosts,
            window=_starting(service),
            # Without a task there is no host to be unhealthy.
            missing=MissingData.UNKNOWN,
            text=f"Hosts of {service.name} fail their health check",
            first=f"Ask {service.health_path} what is down, and read the log of the task that fails",
            at=f"{service.at}/health",
        ),
    )
