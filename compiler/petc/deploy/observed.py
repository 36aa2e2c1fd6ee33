"""What stands deployed, as one look found it. Engines fill it in; the plan reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from petc.deploy.targets import Target

CURRENT = "CURRENT"
OUTDATED = "OUTDATED"
INOPERABLE = "INOPERABLE"


@dataclass(frozen=True, slots=True)
class Deployed:
    """One stack: one layer in one target.

    `standing` is the stack instance's status (`CURRENT`, `OUTDATED`, `INOPERABLE`; API reference,
    StackInstance); a plain stack is `CURRENT` unless its last operation failed. `reason` says why it is
    not current. `stack_id` and `stack_status` are empty when there is no stack: never made, rolled away
    or deleted by hand. `template` is the text that the stack holds; empty when there is no stack.
    `departed` says that the account is no active account of the organizational unit any more for which the
    instance was made: it moved, was closed, or left the organization. `overrides` are the instance's own
    parameter values where AWS was asked for them; None where they follow from the values of the stack.
    """

    target: Target
    standing: str
    reason: str = ""
    stack_id: str = ""
    stack_name: str = ""
    stack_status: str = ""
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    outputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    departed: bool = False
    overrides: Mapping[str, str] | None = None

    @property
    def exists(self) -> bool:
        """Whether a stack stands behind it."""
        return bool(self.stack_id)


@dataclass(frozen=True, slots=True)
class ObservedLayer:
    """A layer's stack set with its instances, or its plain stacks.

    `template`, `parameters` and `tags` are the stack set's own; of plain stacks there are the tags of one.
    `busy` is the id of an operation that runs on the set now, whoever started it.
    """

    name: str
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    deployed: Mapping[Target, Deployed] = field(default_factory=lambda: MappingProxyType({}))
    busy: str = ""


@dataclass(frozen=True, slots=True)
class OtherStack:
    """A stack in a target of the stage that is none of the stage's layers under its present engine.

    `layer` is the stack's tag `petc:layer` where its tags say that it belongs to this very stage: then the other
    engine made it. `set_name` is the stack set that made it, empty for a plain stack.
    """

    target: Target
    name: str
    layer: str = ""
    set_name: str = ""
    exports: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything of one stage that stands in AWS, by the name of the stack set or stack.

    `account` is the account of the credentials. A layer that was never deployed is not among `layers`;
    layers that the spec no longer has are. `others` are stacks of the targets that could be in the way, where
    the targets could be read.
    """

    account: str
    layers: Mapping[str, ObservedLayer] = field(default_factory=lambda: MappingProxyType({}))
    others: tuple[OtherStack, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that differs: `path` as AWS writes it (`/Tags/0/Value`), values as text.

    `kind` is `ADD`, `REMOVE` or `NOT_EQUAL`; API reference, PropertyDifference.
    """

    path: str
    expected: str
    actual: str
    kind: str


@dataclass(frozen=True, slots=True)
class DriftedResource:
    """A resource that is not as its template says; `status` is `MODIFIED` or `DELETED`."""

    name: str
    target: Target
    logical_id: str
    type: str
    status: str
    differences: tuple[Difference, ...] = ()
