"""What a check reads and what it finds. Frozen; nothing here asks AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Protocol

from petc.deploy.targets import Target
from petc.source.tree import Json

BOOTSTRAP = "bootstrap"
"""The check of what `petc bootstrap` made, whose errors have a code of their own."""


class Verdict(Enum):
    """How sure a finding is: `ERROR` is certain to fail, `WARNING` may fail, `NOT_CHECKED` had no answer."""

    ERROR = "error"
    WARNING = "warning"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """One resource of the wanted templates, with the parameter values of one target filled in.

    `properties` keep as functions what only the deployment knows. `deployed` says that the target's stack has
    the resource already; `earlier` holds its deployed properties then. `replaced` says that another one is created
    in its place before it is deleted, as CloudFormation does. `pointer` leads to the spec.
    """

    layer: str
    logical_id: str
    type: str
    properties: Mapping[str, Json]
    pointer: str = ""
    deployed: bool = False
    replaced: bool = False
    earlier: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """What a deployment plans for one target, as far as checks read it.

    `deployed` are type and properties of all resources in the stage's stacks there, `own_stacks` the names of these.
    `dropped_exports` are names that one of them exports and no wanted template does. `role` is the role of the account
    with which CloudFormation creates resources there, empty where AWS keeps one of its own.
    """

    target: Target
    resources: tuple[PlannedResource, ...]
    deployed: tuple[tuple[str, Mapping[str, Json]], ...] = ()
    dropped_exports: tuple[str, ...] = ()
    own_stacks: frozenset[str] = frozenset()
    role: str = ""

    def of(self, *types: str) -> tuple[PlannedResource, ...]:
        """Return the resources of the given types."""
        return tuple(item for item in self.resources if item.type in types)

    def created(self, *types: str) -> tuple[PlannedResource, ...]:
        """Return the resources of the given types that the deployment creates, also in place of deployed ones."""
        return tuple(item for item in self.of(*types) if item.replaced or not item.deployed)


@dataclass(frozen=True, slots=True)
class PreflightFinding:
    """One thing that would or could stop the deployment in one target, or could not be asked.

    `check` names the check. `help` is the way out, with commands. `pointer` leads to the spec, when it can.
    """

    check: str
    verdict: Verdict
    target: Target
    message: str
    help: str = ""
    pointer: str = ""


class NotAnswered(Exception):
    """A look-up got no usable answer: denied, throttled, unknown to the service, unreachable, or malformed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotReached(NotAnswered):
    """The target itself cannot be looked at, because the role that reads there cannot be taken."""


class Lookups(Protocol):
    """Reading calls in one target. Every call raises `NotAnswered`; none writes."""

    def in_region(self, region: str) -> Lookups:
        """Return the look-ups of the same account in another region."""

    def call(
        self, service: str, operation: str, /, *absent: str, **parameters: object
    ) -> Mapping[str, Any] | None:
        """Return the answer of one call by botocore's names, or None for one of the `absent` error codes."""

    def pages(
        self, service: str, operation: str, key: str, /, *absent: str, **parameters: object
    ) -> tuple[Any, ...]:
        """Return the items below `key` of all pages, none for one of the `absent` error codes."""


Check = Callable[[PlannedTarget, Lookups], Iterator[PreflightFinding]]
"""Asks what it needs to know and yields what it finds. Asks nothing where the target plans nothing of its kind."""
