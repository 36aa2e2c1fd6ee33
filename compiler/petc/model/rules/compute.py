"""Rules about tasks: sizes that Fargate has, ports that are free, and rooms that a roll-out needs."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Severity
from petc.model.components import Service
from petc.model.rules.rule import Case, Found, Rule

GIB = 1024

SIZES: dict[int, tuple[int, ...]] = {
    256: (512, GIB, 2 * GIB),
    512: tuple(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: tuple(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: tuple(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: tuple(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: tuple(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: tuple(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}
"""Memory in MiB by CPU units; Amazon ECS Developer Guide, "Task CPU and memory" of Fargate tasks."""

TRACED_MEMORY = 1024
"""Least MiB of a task with a trace collector, which takes 128: too much of 512 for most servers."""

COLLECTOR_PORTS = {4318: "OTLP over HTTP", 8888: "its own metrics", 9411: "Zipkin"}
"""Ports on which the trace collector of the same task listens; see `petc.layers.application.collector`."""

MOVING_TAGS = ("latest", "main", "master", "edge", "nightly", "stable")
"""Tags that by custom move on with each build."""


def _services(case: Case) -> Iterator[Service]:
    yield from case.stage.services.values()


def _listed(values: tuple[int, ...]) -> str:
    if len(values) <= 4:
        return ", ".join(str(value) for value in values)
    return f"{values[0]} to {values[-1]} in steps of {values[1] - values[0]}"


def _sizes(case: Case) -> Iterator[Found]:
    for service in _services(case):
        fitting = SIZES[service.cpu]
        if service.memory not in fitting:
            yield Found(
                f"{service.at}/memory",
                f"Fargate has no task of {service.cpu} CPU units and {service.memory} MiB, as {service.name}"
                " wants",
                f"with `cpu: {service.cpu}` memory is {_listed(fitting)}",
            )


def _sidecars(case: Case) -> Iterator[Found]:
    for service in _services(case):
        if service.tracing and service.memory < TRACED_MEMORY:
            fitting = tuple(size for size in SIZES[service.cpu] if size >= TRACED_MEMORY)
            yield Found(
                f"{service.at}/memory",
                f"{service.memory} MiB do not hold {service.name} and the trace collector beside it",
                f"with `cpu: {service.cpu}` write memory {_listed(fitting)}, or switch `tracing` off",
            )


def _ports(case: Case) -> Iterator[Found]:
    for service in _services(case):
        if service.tracing and service.port in COLLECTOR_PORTS:
            yield Found(
                f"{service.at}/port",
                f"port {service.port} of {service.name} is taken by the trace collector for"
                f" {COLLECTOR_PORTS[service.port]}",
                "containers of a task share one network interface: choose another port, or switch `tracing`"
                " off",
            )


def _scales(case: Case) -> Iterator[Found]:
    for service in _services(case):
        if service.scale.min > service.scale.max:
            yield Found(
                f"{service.at}/scale/min",
                f"{service.name} runs at least {service.scale.min} tasks, but at most {service.scale.max}",
                "write a minimum that is not above the maximum",
            )


def _stuck(service: Service) -> int:
    """Return the least number of desired tasks with which no deployment can begin, or 0.

    ECS rounds the minimum up and the maximum down; API reference, DeploymentConfiguration.
    """
    deployment = service.deployment
    for desired in range(max(1, service.scale.min), service.scale.max + 1):
        least = -(-desired * deployment.minimum_percent // 100)
        most = desired * deployment.maximum_percent // 100
        if least >= desired and most <= desired:
            return desired
    return 0


def _rolls(case: Case) -> Iterator[Found]:
    for service in _services(case):
        desired = _stuck(service)
        if desired:
            deployment = service.deployment
            yield Found(
                f"{service.at}/deployment",
                f"with {desired} task{'s'[: desired > 1]} of {service.name}, {deployment.minimum_percent} to"
                f" {deployment.maximum_percent} percent leave a deployment no task to stop and none to start",
                "raise `maximum_percent` to 200, or lower `minimum_percent`; ECS rounds to whole tasks",
                on_key=True,
            )


def _images(case: Case) -> Iterator[Found]:
    for service in _services(case):
        image = service.image
        _, _, tag = image.uri.rpartition("/")[2].partition(":")
        if image.uri and "@sha256:" not in image.uri and (not tag or tag in MOVING_TAGS):
            shown = f"`{image.uri}` says no version" if not tag else f"`{image.uri}` moves on"
            help = "add a version, or `@sha256:` and a digest"
            yield Found(f"{service.at}/image/uri", f"the image {shown}", help)
        elif not image.uri and image.tag in MOVING_TAGS:
            yield Found(
                f"{service.at}/image/tag",
                f"the tag `{image.tag}` of {service.name} moves on",
                "write a version that names one build for good",
            )


def _singles(case: Case) -> Iterator[Found]:
    for service in _services(case):
        # A page for few known addresses is an operator's tool, which may be away for a minute.
        public = service.route and not service.route.admit
        if case.stage.protected and public and service.scale.min < 2:
            yield Found(
                f"{service.at}/scale/min",
                f"{service.name} may run {service.scale.min} task in a protected stage, so one lost zone"
                " stops it",
                "write `scale: {min: 2}` or more; tasks spread over the zones",
            )


RULES = (
    Rule(
        Code(
            "fargate-size",
            Severity.ERROR,
            "CPU and memory that Fargate does not combine",
            "Fargate offers certain sizes of memory with each size of CPU. ECS refuses any other task"
            " definition.",
            bad="services: {orders: {cpu: 1024, memory: 1024}}\n",
            good="services: {orders: {cpu: 1024, memory: 2048}}\n",
        ),
        _sizes,
    ),
    Rule(
        Code(
            "sidecar-memory",
            Severity.ERROR,
            "no room for the trace collector",
            "With `tracing` a collector runs beside the service in the same task. In 512 MiB one of both "
            "would be killed for want of memory. Take the next size of memory, or do without traces of this "
            "service.",
            bad="services: {orders: {tracing: true, memory: 512}}\n",
            good="services: {orders: {tracing: true, memory: 1024}}\n",
        ),
        _sidecars,
    ),
    Rule(
        Code(
            "port-conflict",
            Severity.ERROR,
            "a port that the trace collector takes",
            "Containers of one Fargate task share a network interface. Two that listen on one port cannot"
            " both start.",
            bad="services: {orders: {port: 9411, tracing: true, memory: 1024}}\n",
            good="services: {orders: {port: 9412, tracing: true, memory: 1024}}\n",
        ),
        _ports,
    ),
    Rule(
        Code(
            "scale-inverted",
            Severity.ERROR,
            "a minimum of tasks above the maximum",
            "Application Auto Scaling refuses a scalable target whose least number is above its greatest.",
            bad="services: {orders: {scale: {min: 4, max: 3}}}\n",
            good="services: {orders: {scale: {min: 3, max: 3}}}\n",
        ),
        _scales,
    ),
    Rule(
        Code(
            "deployment-cannot-roll",
            Severity.ERROR,
            "a deployment that can neither stop nor start a task",
            "ECS keeps the running tasks between both percentages of the desired number, rounding the lower "
            "bound up and the upper bound down. When both give the desired number, a new version never "
            "starts and the stack waits for hours.",
            bad="services: {orders: {deployment: {maximum_percent: 150}}}\n",
            good="services: {orders: {deployment: {maximum_percent: 150}, scale: {min: 2}}}\n",
        ),
        _rolls,
    ),
    Rule(
        Code(
            "floating-image",
            Severity.WARNING,
            "an image whose version can change unseen",
            "A task that is replaced next month pulls what the tag means then: tasks of one service differ, "
            "and a roll-back brings nothing back. Name a version, or a digest.",
            bad="services: {orders: {image: {tag: latest}}}\n",
            good="services: {orders: {image: {tag: 1.4.2}}}\n",
        ),
        _images,
    ),
    Rule(
        Code(
            "single-task",
            Severity.WARNING,
            "a public service of a protected stage may run alone",
            "One task runs in one availability zone. When it or the zone fails, the path answers nothing "
            "until a new task is up. Routes that admit known addresses only are left out.",
            bad="protected: true\non_delete: keep\ndatabases: {orders-db: {deletion_protection: true}}\n"
            "stages: {dev: {on_delete: keep}}\n",
            good="protected: true\ndatabases: {orders-db: {deletion_protection: true}}\n"
            "stages: {dev: {on_delete: keep}}\nservices: {orders: {scale: {min: 2}}}\n",
        ),
        _singles,
    ),
)
