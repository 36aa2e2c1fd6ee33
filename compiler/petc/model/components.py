"""A stage and its named parts, typed: databases, buckets, queues, secrets, models, services, functions.

Field names are the spec's keys; schemas/stage.schema.json describes each and holds its default.
`at` is the JSON pointer of a part in the spec; it plays no role in comparisons.
`name` is what the spec calls a part; `key` is what names are made of, the same unless `moved:` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol

from petc.model.sections import (
    Acceptance,
    Encryption,
    Frontend,
    Gateway,
    LoadBalancer,
    Logs,
    Monitoring,
    Network,
    Notifications,
    Override,
    Security,
    Targets,
    pointer_field,
)

Setting = str | int | float | bool
"""A configuration value as written."""


class Part(Protocol):
    """What all parts have: their name, the key that names in AWS are made of, and their place in the spec."""

    @property
    def name(self) -> str:
        """What the spec calls it."""

    @property
    def key(self) -> str:
        """What its names in AWS are made of."""

    @property
    def at(self) -> str:
        """JSON pointer of its place in the spec."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Aurora capacity units."""

    min: float
    max: float


@dataclass(frozen=True, slots=True)
class Database:
    """An Aurora cluster: one writer, any readers."""

    engine: str
    version: str
    schema: str
    port: int
    capacity: Capacity
    readers: int
    max_connections: int
    backup_days: int
    backup_window: str
    maintenance_window: str
    rotation_days: int
    user: str
    tls: bool
    log_exports: tuple[str, ...]
    monitoring_seconds: int
    insights: bool
    deletion_protection: bool
    name: str = ""
    key: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A private data bucket."""

    description: str
    versioning: bool
    expire_days: int
    noncurrent_days: int
    name: str = ""
    key: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with its dead-letter queue."""

    description: str
    visibility_seconds: int
    retention_days: int
    max_receives: int
    dead_letter_days: int
    alarm_age_seconds: int
    name: str = ""
    key: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret whose value is put by hand."""

    description: str
    name: str = ""
    key: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Model:
    """A foundation model on Bedrock."""

    id: str
    name: str = ""
    key: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Image:
    """A container image: `uri`, or `tag` in the service's own repository."""

    tag: str
    uri: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How many tasks run."""

    min: int
    max: int
    cpu_percent: int
    in_cooldown_seconds: int
    out_cooldown_seconds: int


@dataclass(frozen=True, slots=True)
class Health:
    """Health check of the load balancer."""

    path: str
    interval_seconds: int
    timeout_seconds: int
    healthy_after: int
    unhealthy_after: int
    grace_seconds: int


@dataclass(frozen=True, slots=True)
class Route:
    """A public path prefix that leads to a service."""

    path: str
    aliases: tuple[str, ...]
    prefix: Literal["strip", "context-path", "keep"]
    admit: tuple[str, ...]
    at: str = pointer_field()

    @property
    def paths(self) -> tuple[str, ...]:
        """The prefix and its aliases."""
        return (self.path, *self.aliases)


@dataclass(frozen=True, slots=True)
class Deployment:
    """How a new version rolls out, in percent of the desired tasks."""

    minimum_percent: int
    maximum_percent: int


@dataclass(frozen=True, slots=True)
class Use:
    """One declared edge's options."""

    pool: int
    access: Literal["read", "write", "read-write", "send", "receive"]
    backlog: int
    management: bool
    as_: str = field(metadata={"key": "as"})
    name: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Service:
    """A container service on ECS Fargate."""

    description: str
    framework: Literal["plain", "spring-boot"]
    image: Image
    architecture: Literal["x86_64", "arm64"]
    port: int
    cpu: int
    memory: int
    scale: Scale
    health: Health
    route: Route | None
    private_paths: tuple[str, ...]
    after: tuple[str, ...]
    uses: Mapping[str, Use]
    configuration: Mapping[str, Setting]
    tracing: bool
    deployment: Deployment
    stop_seconds: int
    capabilities: Literal["none", "default"]
    name: str = ""
    key: str = ""
    at: str = pointer_field()

    @property
    def context_path(self) -> str:
        """Path below which the service itself serves, without a slash at its end; empty for the root."""
        if not self.route or self.route.prefix != "context-path":
            return ""
        return self.route.path.rstrip("/")

    @property
    def health_path(self) -> str:
        """Path of the health check as the target sees it."""
        return self.context_path + self.health.path


@dataclass(frozen=True, slots=True)
class FunctionRoute:
    """A public path prefix that leads to a function."""

    path: str
    methods: tuple[str, ...]
    admit: tuple[str, ...]
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Trigger:
    """What invokes a function beside routes and other parts."""

    alarms: bool
    rotation_of: str
    schedule: str
    queue: str
    batch_size: int
    batch_seconds: int

    @property
    def is_event(self) -> bool:
        """Whether events invoke it asynchronously: what fails has no caller to be told, and is kept."""
        return self.alarms or bool(self.rotation_of or self.schedule)

    def __bool__(self) -> bool:
        """Whether anything does."""
        return self.is_event or bool(self.queue)


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function."""

    description: str
    source: str
    shared: str
    handler: str
    runtime: str
    architecture: Literal["x86_64", "arm64"]
    memory: int
    timeout_seconds: int
    concurrency: int
    vpc: Literal["auto", "always", "never"]
    environment: Mapping[str, Setting]
    route: FunctionRoute | None
    trigger: Trigger
    uses: Mapping[str, Use]
    tracing: bool
    name: str = ""
    key: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the spec says for one stage."""

    stage: str
    name: str
    description: str
    tags: Mapping[str, str]
    protected: bool
    on_delete: Literal["keep", "discard"]
    targets: Targets
    network: Network
    encryption: Encryption
    security: Security
    logs: Logs
    databases: Mapping[str, Database]
    buckets: Mapping[str, Bucket]
    queues: Mapping[str, Queue]
    secrets: Mapping[str, Secret]
    models: Mapping[str, Model]
    configuration: Mapping[str, Setting]
    services: Mapping[str, Service]
    functions: Mapping[str, Function]
    gateway: Gateway
    load_balancer: LoadBalancer
    frontend: Frontend | None
    monitoring: Monitoring
    notifications: Notifications
    layers: Mapping[str, str]
    moved: Mapping[str, str]
    overrides: Mapping[str, Mapping[str, Override]]
    exceptions: Mapping[str, Acceptance]
    assets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Digest of each function's sources, by the function's name; the pipeline fills it in."""

    @property
    def keep(self) -> bool:
        """Whether stateful resources outlive their stack."""
        return self.on_delete == "keep"

    @property
    def root(self) -> str:
        """Path of the stage's parameters, for example `/shop/dev`."""
        return f"/{self.name}/{self.stage}"
