"""What the layers make of a kind of part: the templates' half of a row of `petc.model.kinds.table`.

A layer stays in charge of its template. It asks the rows of `petc.layers.kind_table` for what belongs to a kind
and not to the layer's own subject: resources and grants of parts that stand in layer database, what invokes a
function, what scales a service, alarms, charts, and the values that settings refer to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from awacs.aws import Statement
from troposphere import applicationautoscaling as scaling
from troposphere import awslambda, ecs

from petc.layers.base import Draft
from petc.layers.monitoring.alarms import AlarmWatch
from petc.layers.monitoring.widgets import Widget
from petc.model.components import Function, Service, Use
from petc.model.grants import Grant
from petc.model.kinds.kind import PartKind

Part = TypeVar("Part")

Expression = Any
"""A string, or a CloudFormation function as troposphere spells it."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A service whose number of tasks Application Auto Scaling sets, with the resources that say so."""

    service: Service
    cluster: ecs.Cluster
    running: ecs.Service
    target: scaling.ScalableTarget


@dataclass(frozen=True, slots=True)
class StoredPart:
    """How parts of a kind stand in layer database, beside what else holds data.

    `add` makes one part, `statements` says what a grant on it allows; both get the ARN of the data key, or None
    with AWS's own keys. `reasons` explain each `*` by Sid. `keyed` says whether the data key encrypts the parts.
    """

    add: Callable[[Draft, Any, Any | None], object]
    statements: Callable[[Draft, Grant, Any | None], Sequence[Statement]]
    reasons: Mapping[str, str] = field(default_factory=dict)
    keyed: bool = True


def no_trigger(draft: Draft, function: Function, added: awslambda.Function) -> None:
    """Add nothing: parts of the kind invoke no function."""


def no_scaling(draft: Draft, scaled: Scaled, part: object, use: Use) -> None:
    """Add nothing: a service does not scale by what it uses of the kind."""


def no_watches(draft: Draft, part: object) -> tuple[AlarmWatch, ...]:
    """Return nothing: parts of the kind publish nothing to watch."""
    return ()


def no_charts(draft: Draft) -> list[list[Widget]]:
    """Return nothing: the dashboard has no row for the kind."""
    return []


@dataclass(frozen=True, slots=True)
class KindEmission(Generic[Part]):
    """One row: a kind of part, and what the layers make of it."""

    kind: PartKind[Part]
    values: Mapping[str, Callable[[Draft, Part], Expression]] = field(default_factory=dict)
    """What a reference of a setting becomes, by its `known`."""
    stored: StoredPart | None = None
    """Of kinds whose parts stand in layer database."""
    trigger: Callable[[Draft, Function, awslambda.Function], None] = no_trigger
    """Adds what lets parts of the kind invoke a function, beside the function."""
    scales: Callable[[Draft, Scaled, Part, Use], None] = no_scaling
    """Adds a scaling policy for a service that uses a part of the kind, beside the service."""
    watches: Callable[[Draft, Part], tuple[AlarmWatch, ...]] = no_watches
    """The alarms of one part."""
    charts: Callable[[Draft], list[list[Widget]]] = no_charts
    """Rows of the dashboard over all parts of the kind."""
