"""What a kind of part is: a row of the table that every reader of a stage asks instead of naming kinds.

A row is data. Its functions say what holds for one part, and take no more than that part and what uses it, so
that a new kind is a new module with a row, and nothing that reads the table changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from petc.model.components import Service, Use
from petc.model.injected import Injected, InjectedSecret
from petc.model.parties import Caller, Edge
from petc.model.rules.rule import Rule
from petc.model.types import Stage

Part = TypeVar("Part")
"""The dataclass of a kind, one of those in `petc.model.components`."""


class Interface(StrEnum):
    """Whether a part has a network interface in the VPC, and so a security group."""

    NEVER = "never"
    ALWAYS = "always"
    BY_USE = "by use"
    """When its own `vpc` says so, or something that it uses always has one."""


@dataclass(frozen=True, slots=True)
class PhysicalName:
    """A name in AWS that is joined from system, stage and part: what bears it, and AWS's limit in characters."""

    what: str
    text: str
    limit: int


@dataclass(frozen=True, slots=True)
class LogicalId:
    """A resource or output that is named after a part: its layer, and the role that starts its logical id."""

    layer: str
    role: str


def no_edges(caller: Caller, part: object, use: Use) -> Iterator[Edge]:
    """Yield nothing: using the part means no connection and no permission."""
    yield from ()


def no_own_edges(stage: Stage, part: object) -> Iterator[Edge]:
    """Yield nothing: no edge follows from the part itself."""
    yield from ()


def no_settings(part: object, use: Use) -> Iterator[Injected]:
    """Yield nothing: what uses the part is told nothing."""
    yield from ()


def no_secrets(service: Service, part: object, use: Use) -> Iterator[InjectedSecret]:
    """Yield nothing: the part has no secret that a service could be given."""
    yield from ()


def no_ids(part: object) -> Iterator[tuple[str, str]]:
    """Yield nothing: all ids of the part are made of its name alone."""
    yield from ()


def no_names(stage: Stage, part: object) -> Iterator[PhysicalName]:
    """Yield nothing: AWS makes up the names of what the part becomes, or they are far from any limit."""
    yield from ()


@dataclass(frozen=True, slots=True)
class PartKind(Generic[Part]):
    """One kind of part.

    `word` names the kind in messages and in the graph; `section` is the key of the spec, and the field of
    `Stage`, that holds the parts; `type` is their dataclass.
    """

    word: str
    section: str
    type: type[Part]

    reached: Callable[[Caller, Part, Use], Iterator[Edge]] = no_edges
    """What `uses` means: connections, with a port, and permissions, with the role that acts."""
    own: Callable[[Stage, Part], Iterator[Edge]] = no_own_edges
    """Edges that follow from the part itself, such as those of its trigger."""
    caller: Callable[[Part], Caller] | None = None
    """What acts where the part itself has `uses`; None for kinds that only are used."""

    given: Callable[[Part, Use], Iterator[Injected]] = no_settings
    """Settings of every part that uses it, under the same names in every framework."""
    given_plain: Callable[[Part, Use], Iterator[Injected]] = no_settings
    """Settings of functions and plain services; a framework may ask for the same under other names."""
    given_function: Callable[[Part, Use], Iterator[Injected]] = no_settings
    """Settings of functions alone, for what ECS injects into services itself."""
    given_secret: Callable[[Service, Part, Use], Iterator[InjectedSecret]] = no_secrets
    """Secret values that ECS injects into a service which uses it."""

    interface: Interface = Interface.NEVER
    tier: Literal["app", "database"] = "app"
    """The subnets that the network interfaces lie in."""
    holds: tuple[str, ...] = ()
    """Types of its resources that hold data which no template makes again."""
    passive: bool = False
    """Whether it does nothing unless another part uses it."""

    options: tuple[str, ...] = ()
    """Keys of an entry under `uses` that say something about this kind."""
    ids: tuple[LogicalId, ...] = ()
    """What is named after the part, and by nothing else."""
    more_ids: Callable[[Part], Iterator[tuple[str, str]]] = no_ids
    """Further logical ids that begin with the part's name, each with its layer."""
    names: Callable[[Stage, Part], Iterator[PhysicalName]] = no_names
    rules: tuple[Rule, ...] = ()
    """Rules about this kind that stand beside it; those about several kinds are in `petc.model.rules`."""


GROUP = LogicalId("security", "SecurityGroup")
"""What a part with a network interface has."""
