"""The access graph: every arrow that the spec declares, and every arrow that follows from one.

An edge says who reaches whom, how, and which line of the spec says so. Security group rules, network ACLs,
IAM statements, injected settings and alarms are projections of these edges (`flows`, `grants`, `settings`);
nothing else opens access.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from petc.model import queries
from petc.model.components import Function, Service, Use
from petc.model.types import Stage


class Kind(StrEnum):
    """What a party is."""

    INTERNET = "internet"
    DISTRIBUTION = "distribution"
    SITE = "site"
    GATEWAY = "gateway"
    LINK = "link"
    BALANCER = "balancer"
    SERVICE = "service"
    FUNCTION = "function"
    DATABASE = "database"
    READER = "reader"
    BUCKET = "bucket"
    SECRET = "secret"
    MODEL = "model"
    CONFIGURATION = "configuration"
    DISCOVERY = "discovery"
    REPOSITORY = "repository"
    LOGS = "logs"
    METRICS = "metrics"
    TRACES = "traces"
    TOPIC = "topic"
    QUEUE = "queue"
    ENDPOINTS = "endpoints"
    S3 = "s3"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """One end of an edge: a part of the spec by kind and name, or a kind of which there is one."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        """Return `service orders`, or the kind alone."""
        return f"{self.kind} {self.name}".strip()


INTERNET = Party(Kind.INTERNET)
GATEWAY = Party(Kind.GATEWAY)
BALANCER = Party(Kind.BALANCER)
LINK = Party(Kind.LINK)
TOPIC = Party(Kind.TOPIC)
DISTRIBUTION = Party(Kind.DISTRIBUTION)
SITE = Party(Kind.SITE)


class Access(StrEnum):
    """How one party reaches another."""

    CONNECT = "connect"
    FORWARD = "forward"
    INVOKE = "invoke"
    CONVERSE = "converse"
    READ_SECRET = "read secret"
    READ_PARAMETERS = "read parameters"
    PULL_IMAGE = "pull image"
    WRITE_LOGS = "write logs"
    WRITE_METRICS = "write metrics"
    WRITE_TRACES = "write traces"
    DISCOVER = "discover"
    READ_OBJECTS = "read objects"
    WRITE_OBJECTS = "write objects"
    PUBLISH = "publish"
    SEND = "send"
    ROLL = "roll"
    OUTBOUND = "outbound"
    REPLICATE = "replicate"


class Role(StrEnum):
    """Which role of the source acts: ECS's on behalf of a task, the task's own, or the function's."""

    EXECUTION = "execution"
    TASK = "task"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow. `port` is 0 where no port is spoken of; `at` points at the line of the spec that says so."""

    source: Party
    target: Party
    access: Access
    at: str = field(compare=False)
    because: str = field(compare=False)
    port: int = 0
    role: Role | None = None


def edges(stage: Stage) -> tuple[Edge, ...]:
    """Return every edge of the stage, without repetition, in the order of the spec."""
    found = (
        *_entrance(stage),
        *(edge for service in stage.services.values() for edge in _of_service(stage, service)),
        *(edge for function in stage.functions.values() for edge in _of_function(stage, function)),
        *_of_databases(stage),
    )
    return tuple(dict.fromkeys(found))


def _entrance(stage: Stage) -> Iterator[Edge]:
    """Users to the site and the gateway, and the gateway to the parts behind it."""
    routed = tuple(service for service in stage.services.values() if service.route)
    called = tuple(function for function in stage.functions.values() if function.route)
    port = queries.balancer_port(stage)
    if stage.frontend:
        at = stage.frontend.at
        yield Edge(INTERNET, DISTRIBUTION, Access.FORWARD, at, "users load the site", 443)
        yield Edge(DISTRIBUTION, SITE, Access.READ_OBJECTS, at, "the site's files lie in the bucket")
        if stage.frontend.api == "same-origin" and (routed or called):
            yield Edge(DISTRIBUTION, GATEWAY, Access.FORWARD, at, "the API shares the site's origin", 443)
    if routed or called:
        yield Edge(INTERNET, GATEWAY, Access.FORWARD, "/gateway", "the gateway is the single entry", 443)
    if routed:
        if stage.load_balancer.internal:
            yield Edge(GATEWAY, LINK, Access.FORWARD, "/load_balancer", "the load balancer is internal", port)
            yield Edge(LINK, BALANCER, Access.CONNECT, "/load_balancer", "the link ends in the VPC", port)
        else:
            yield Edge(INTERNET, BALANCER, Access.CONNECT, "/load_balancer", "it faces the internet", port)
            if stage.load_balancer.tls:
                yield Edge(INTERNET, BALANCER, Access.CONNECT, "/load_balancer", "port 80 redirects", 80)
        yield Edge(GATEWAY, BALANCER, Access.FORWARD, "/load_balancer", "routes lead to services", port)
        yield Edge(BALANCER, Party(Kind.METRICS), Access.WRITE_METRICS, "/load_balancer", "AWS measures it")
    for service in routed:
        assert service.route
        target = Party(Kind.SERVICE, service.name)
        at = service.route.at
        yield Edge(BALANCER, target, Access.CONNECT, at, f"route {service.route.path}", service.port)
    for function in called:
        assert function.route
        target = Party(Kind.FUNCTION, function.name)
        yield Edge(GATEWAY, target, Access.INVOKE, function.route.at, f"route {function.route.path}")


def _of_service(stage: Stage, service: Service) -> Iterator[Edge]:
    me = Party(Kind.SERVICE, service.name)
    at = service.at
    uri = service.image.uri
    # With its implied tag an image called as a service of the spec is not taken for that service's repository.
    name = (uri if ":" in uri or "/" in uri else f"{uri}:latest") if uri else service.name
    image = Party(Kind.REPOSITORY, name)
    yield Edge(me, image, Access.PULL_IMAGE, at, "a task starts from its image", role=Role.EXECUTION)
    yield Edge(
        me, Party(Kind.LOGS, service.name), Access.WRITE_LOGS, at, "output is logged", role=Role.EXECUTION
    )
    yield Edge(me, Party(Kind.METRICS), Access.WRITE_METRICS, at, "AWS measures it")
    if service.tracing:
        traced = f"{at}/tracing"
        yield Edge(me, Party(Kind.TRACES), Access.WRITE_TRACES, traced, "tracing is on", role=Role.TASK)
        yield Edge(me, INTERNET, Access.OUTBOUND, traced, "the collector's image is a public one", 443)
    for use in service.uses.values():
        yield from _of_use(stage, me, use, secrets=Role.EXECUTION, calls=Role.TASK)


def _of_function(stage: Stage, function: Function) -> Iterator[Edge]:
    me = Party(Kind.FUNCTION, function.name)
    at = function.at
    acts = Role.FUNCTION
    yield Edge(me, Party(Kind.LOGS, function.name), Access.WRITE_LOGS, at, "output is logged", role=acts)
    yield Edge(me, Party(Kind.METRICS), Access.WRITE_METRICS, at, "AWS measures it")
    if function.tracing:
        yield Edge(me, Party(Kind.TRACES), Access.WRITE_TRACES, f"{at}/tracing", "tracing is on", role=acts)
    trigger = function.trigger
    if trigger:
        queue = Party(Kind.QUEUE, function.name)
        yield Edge(me, queue, Access.SEND, f"{at}/trigger", "what fails is kept", role=acts)
    if trigger.alarms:
        yield Edge(TOPIC, me, Access.INVOKE, f"{at}/trigger/alarms", "alarms invoke it")
    if trigger.schedule:
        yield Edge(Party(Kind.EVENTS), me, Access.INVOKE, f"{at}/trigger/schedule", "a schedule invokes it")
    if trigger.rotation_of:
        cause = f"{at}/trigger/rotation_of"
        yield Edge(Party(Kind.EVENTS), me, Access.INVOKE, cause, "a rotation invokes it")
        for service in queries.holders(stage, trigger.rotation_of):
            target = Party(Kind.SERVICE, service.name)
            yield Edge(me, target, Access.ROLL, cause, "it rolls what holds the secret", role=acts)
    for use in function.uses.values():
        yield from _of_use(stage, me, use, secrets=acts, calls=acts)


def _of_use(stage: Stage, me: Party, use: Use, *, secrets: Role, calls: Role) -> Iterator[Edge]:
    """Yield what one declared edge means, by the kind of what is used."""
    name, at = use.name, use.at
    because = f"{me.name} uses {name}"
    if database := stage.databases.get(name):
        target = Party(Kind.DATABASE, name)
        yield Edge(me, target, Access.CONNECT, at, because, database.port)
        held = Party(Kind.SECRET, database.user) if database.user != "master" else target
        yield Edge(me, held, Access.READ_SECRET, at, because, role=secrets)
    elif service := stage.services.get(name):
        yield Edge(me, Party(Kind.SERVICE, name), Access.CONNECT, at, because, service.port)
    elif name in stage.functions:
        yield Edge(me, Party(Kind.FUNCTION, name), Access.INVOKE, at, because, role=calls)
    elif name in stage.models:
        yield Edge(me, Party(Kind.MODEL, name), Access.CONVERSE, at, because, role=calls)
    elif name in stage.secrets:
        yield Edge(me, Party(Kind.SECRET, name), Access.READ_SECRET, at, because, role=secrets)
    elif name in stage.buckets:
        target = Party(Kind.BUCKET, name)
        if "read" in use.access:
            yield Edge(me, target, Access.READ_OBJECTS, at, because, role=calls)
        if "write" in use.access:
            yield Edge(me, target, Access.WRITE_OBJECTS, at, because, role=calls)
    elif name == "configuration":
        target = Party(Kind.CONFIGURATION)
        yield Edge(me, target, Access.READ_PARAMETERS, at, because, role=Role.EXECUTION)
    elif name == "discovery":
        yield Edge(me, Party(Kind.DISCOVERY), Access.DISCOVER, at, because)
    elif name == "internet":
        yield Edge(me, INTERNET, Access.OUTBOUND, at, because, 443)
    elif name == "notifications":
        yield Edge(me, TOPIC, Access.PUBLISH, at, because, role=calls)


def _of_databases(stage: Stage) -> Iterator[Edge]:
    for database in stage.databases.values():
        writer = Party(Kind.DATABASE, database.name)
        yield Edge(writer, Party(Kind.METRICS), Access.WRITE_METRICS, database.at, "AWS measures it")
        if database.readers:
            reader = Party(Kind.READER, database.name)
            yield Edge(
                writer, reader, Access.REPLICATE, f"{database.at}/readers", "readers follow the writer"
            )
