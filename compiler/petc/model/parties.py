"""The words of the access graph: who can stand at an end of an edge, how one reaches the other, and who acts.

A kind of part that is listed in `petc.model.kinds.table` may bring words of its own for `Party.kind` and
`Edge.access`; the enumerations hold those that belong to no kind, or that several share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from petc.model.components import Use


class PartyKind(StrEnum):
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
    DEAD_LETTERS = "dead letters"
    ENDPOINTS = "endpoints"
    S3 = "s3"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """One end of an edge: a part of the spec by kind and name, or a kind of which there is one."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        """Return `service orders`, or the kind alone."""
        return f"{self.kind} {self.name}".strip()


INTERNET = Party(PartyKind.INTERNET)
GATEWAY = Party(PartyKind.GATEWAY)
BALANCER = Party(PartyKind.BALANCER)
LINK = Party(PartyKind.LINK)
TOPIC = Party(PartyKind.TOPIC)
DISTRIBUTION = Party(PartyKind.DISTRIBUTION)
SITE = Party(PartyKind.SITE)


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
    """One arrow. `port` is 0 where no port is spoken of; `at` points at the line of the spec that says so.

    `calls` names the AWS services whose API the source calls for it, as `network.endpoints` does.
    """

    source: Party
    target: Party
    access: str
    at: str = field(compare=False)
    because: str = field(compare=False)
    port: int = 0
    role: Role | None = None
    calls: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """A part that uses others: which of its roles reads secrets, which calls AWS at run time, and what it uses."""

    party: Party
    secrets: Role
    calls: Role
    uses: tuple[Use, ...]

    def because(self, used: str) -> str:
        """Return why there is an edge: the spec says that this part uses the other."""
        return f"{self.party.name} uses {used}"
