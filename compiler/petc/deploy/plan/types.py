"""A plan as data: what changes, the steps that change it, and what it was made from.

A plan is made by `petc.deploy.plan.planner` and walked by `petc.deploy.execute.executor`, which decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from petc.deploy.targets import Target, folded
from petc.source.tree import Json


class Action(Enum):
    """What becomes of a layer in a target, or of a resource."""

    UNCHANGED = "unchanged"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    """The stack set gives a stack up, which stays as it is: its account left the stage's organizational units."""


class Effect(Enum):
    """What the change of one property does to its resource.

    `REPLACES`: the property is among `createOnlyProperties` of the resource's schema; `MAY_REPLACE`: among
    `conditionalCreateOnlyProperties`; `INTERRUPTS`: a documented update with interruption.
    """

    IN_PLACE = "in place"
    INTERRUPTS = "interrupts"
    MAY_REPLACE = "may replace"
    REPLACES = "replaces"


@dataclass(frozen=True, slots=True)
class Missing:
    """The absence of a property, which is not the same as null."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property that differs; `path` is dotted below the resource, for example `Properties.Engine`.

    `unknown` names what the new value waits for (export names, or `LogicalId.Attribute` of a resource that
    is made or replaced): it is known after the deployment only.
    """

    path: str
    old: Json | Missing
    new: Json | Missing
    effect: Effect
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One resource that is made, changed, replaced or removed.

    `pointer` leads to the spec. `stateful` resources hold data that goes with them. `kept` says that a
    deletion policy leaves the old resource standing (`Retain`), or a snapshot of it (`Snapshot`).
    """

    logical_id: str
    type: str
    action: Action
    properties: tuple[PropertyChange, ...] = ()
    pointer: str = ""
    stateful: bool = False
    kept: str = ""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """A group rule, network ACL entry or IAM statement that comes or goes; `text` reads like a sentence."""

    gained: bool
    kind: str
    logical_id: str
    text: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A parameter value that differs in a target; empty text stands for the template's default."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What happens to a layer in all targets in which the very same happens.

    `why` says what made the change necessary where no resource differs: an instance that is not current,
    a stack that was deleted by hand.
    """

    targets: tuple[Target, ...]
    action: Action
    resources: tuple[ResourceChange, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    access: tuple[AccessChange, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class LayerChange:
    """What happens to one layer, folded by equal effect."""

    layer: str
    stem: str
    name: str
    groups: tuple[TargetChange, ...]

    @property
    def action(self) -> Action:
        """The layer's action: that of its groups when they agree, else an update."""
        actions = {group.action for group in self.groups}
        changing = actions - {Action.UNCHANGED}
        if not changing:
            return Action.UNCHANGED
        return next(iter(changing)) if len(changing) == 1 else Action.UPDATE


class OperationKind(Enum):
    """A call that changes something, in terms of the engine."""

    CREATE_SET = "create-set"
    UPDATE_SET = "update-set"
    CREATE_INSTANCES = "create-instances"
    UPDATE_INSTANCES = "update-instances"
    DELETE_INSTANCES = "delete-instances"
    DELETE_SET = "delete-set"
    CREATE_STACK = "create-stack"
    UPDATE_STACK = "update-stack"
    DELETE_STACK = "delete-stack"


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, complete: the adapter adds nothing of its own but the location of the template.

    `id` is unique within the plan and the same whenever the same plan is made again; the adapter derives
    the AWS operation id from it, so that a call whose answer was lost is recognised.
    `template` is a digest, a key of `Plan.templates`; empty leaves the template as it is.
    `parameters` are the set's (or stack's) own values; `overrides` those of the instances of `targets`, all of
    them: AWS takes an override away that a call does not list. `cleared` names the ones that this call takes
    away. No adapter sends it; it is for whoever reads a plan, and part of what makes an operation another one.
    `targets` is empty for a call that touches the set alone, and for an update of all its instances.
    `tags` are those of the set or stack, and reach every resource that takes tags.
    """

    id: str
    kind: OperationKind
    name: str
    targets: tuple[Target, ...] = ()
    template: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    overrides: tuple[tuple[str, str], ...] = ()
    cleared: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    retain: bool = False


class Phase(Enum):
    """Why a step exists; `ONLY` where one step does all that a layer needs."""

    ONLY = "only"
    ADD = "add"
    """The new template together with what other layers still use of the old one."""
    PIN = "pin"
    """Values that are about to change are written out in place of imports."""
    REMOVE = "remove"
    """What nobody uses any more goes."""
    DELETE = "delete"
    """The layer goes."""


@dataclass(frozen=True, slots=True)
class Step:
    """Operations on one layer, one after another, once all steps of `after` have succeeded."""

    id: str
    layer: str
    stem: str
    phase: Phase
    operations: tuple[Operation, ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A function package that must lie in the artifact bucket of each region before the steps begin."""

    function: str
    key: str
    digest: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allowance:
    """Permission to lose the data of one resource, as an option gave it.

    `action` is `REPLACE` or `DELETE`. An empty `account` or `region` means every one of them.
    """

    action: Action
    logical_id: str
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that needs an allowance: the resource that holds data, and the targets in which it is refused.

    `options` are the exact options that allow it, for example `--allow-delete Data@111111111111`.
    """

    layer: str
    logical_id: str
    type: str
    action: Action
    pointer: str
    kept: str
    targets: tuple[Target, ...]
    options: tuple[str, ...]

    @property
    def where(self) -> str:
        """The targets in words, as they follow the layer in a message; empty when it is all of the layer's."""
        return f" in {folded(self.targets)}" if any("@" in option for option in self.options) else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it.

    `root` is the digest of the artifacts, `seen` the digest of what was observed: executing refuses when
    either has moved. `templates` maps digests to texts, those of steps between included. `refused` holds
    what no allowance names; `allowed` holds those allowances that are needed. A plan with refusals is shown
    and never executed.
    """

    spec: str
    stage: str
    engine: str
    root: str
    seen: str
    layers: tuple[LayerChange, ...]
    steps: tuple[Step, ...]
    templates: Mapping[str, str]
    packages: tuple[Package, ...] = ()
    refused: tuple[Refusal, ...] = ()
    allowed: tuple[Allowance, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps
