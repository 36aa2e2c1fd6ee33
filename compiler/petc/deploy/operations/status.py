"""How a stage stands: per layer and target, against what is generated. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target
from petc.output.reader import read
from petc.verify.rendered import mapping

ABSENT = "ABSENT"
"""The standing of a layer in a target where nothing of it stands."""


@dataclass(frozen=True, slots=True)
class RunningOperation:
    """An operation that holds a stack set now: since when (seconds since the epoch), and whether petc began it.

    Nobody's name is known: StackSets tells no caller, only CloudTrail does.
    """

    id: str
    action: str
    since: float

    @property
    def is_ours(self) -> bool:
        """Whether some petc began it, by the form of its id (`petc.deploy.aws.idempotency`)."""
        return self.id.startswith("petc-")


@dataclass(frozen=True, slots=True)
class GroupState:
    """One layer in all targets where it stands alike.

    `since` is the latest change, in seconds since the epoch, 0 when nothing is known. `generated` says
    whether the stack holds the very template that is generated.
    """

    targets: tuple[Target, ...]
    standing: str
    stack_status: str
    since: float
    generated: bool
    reason: str

    @property
    def is_fine(self) -> bool:
        """Whether it is as it should be."""
        return self.standing == CURRENT and self.generated and self.stack_status.endswith("_COMPLETE")


@dataclass(frozen=True, slots=True)
class Output:
    """An output for people: one that no other layer imports."""

    layer: str
    name: str
    about: str
    values: Mapping[Target, str]


@dataclass(frozen=True, slots=True)
class LayerStatus:
    """One layer; `wanted` is false for a layer that stands and that the spec no longer has."""

    stem: str
    name: str
    wanted: bool
    groups: tuple[GroupState, ...]
    running: RunningOperation | None


@dataclass(frozen=True, slots=True)
class StageStatus:
    """All of a stage."""

    spec: str
    stage: str
    root: str
    targets: tuple[Target, ...]
    layers: tuple[LayerStatus, ...]
    outputs: tuple[Output, ...]

    @property
    def is_fine(self) -> bool:
        """Whether everything stands as it is generated, and nothing else does."""
        return all(layer.wanted and all(group.is_fine for group in layer.groups) for layer in self.layers)


def status(
    wanted: DesiredState,
    observed: Observed,
    since: Mapping[str, float] = MappingProxyType({}),
    running: Mapping[str, RunningOperation] = MappingProxyType({}),
) -> StageStatus:
    """Return how the stage stands; `since` is by stack id, `running` by the name of the stack set."""
    known = {layer.name for layer in wanted.layers}
    layers = [
        LayerStatus(
            layer.stem,
            layer.name,
            True,
            _groups(wanted.targets, observed.layers.get(layer.name), layer, since),
            running.get(layer.name),
        )
        for layer in wanted.layers
    ]
    layers += [
        LayerStatus(
            name.removeprefix(wanted.prefix),
            name,
            False,
            _groups(tuple(sorted(found.deployed)), found, None, since),
            running.get(name),
        )
        for name, found in sorted(observed.layers.items())
        if name not in known
    ]
    outputs = tuple(
        output for layer in wanted.layers for output in _outputs(layer, observed.layers.get(layer.name))
    )
    ordered = tuple(sorted(layers, key=lambda layer: layer.stem))
    return StageStatus(wanted.spec, wanted.stage, wanted.root, wanted.targets, ordered, outputs)


def _groups(
    targets: tuple[Target, ...],
    found: ObservedLayer | None,
    layer: WantedLayer | None,
    since: Mapping[str, float],
) -> tuple[GroupState, ...]:
    """Return the targets folded by what they have in common; those that need a look come first."""
    deployed = found.deployed if found else {}
    same: dict[str, bool] = {}
    groups: dict[tuple[str, str, bool, str], list[Target]] = {}
    latest: dict[tuple[str, str, bool, str], float] = {}
    for target in sorted({*targets, *deployed}):
        one = deployed.get(target) or Deployed(target, ABSENT)
        text = one.template
        if text not in same:
            same[text] = layer is not None and _digest(text) == layer.sha256
        key = (one.standing, one.stack_status, same[text], one.reason)
        groups.setdefault(key, []).append(target)
        latest[key] = max(latest.get(key, 0.0), since.get(one.stack_id, 0.0))
    standings = (
        GroupState(tuple(group), key[0], key[1], latest[key], key[2], key[3]) for key, group in groups.items()
    )
    return tuple(sorted(standings, key=lambda item: (item.is_fine, item.targets)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _outputs(layer: WantedLayer, found: ObservedLayer | None) -> list[Output]:
    declared = mapping(mapping(read(layer.template, layer.stem)).get("Outputs"))
    made: list[Output] = []
    for name, value in declared.items():
        body = mapping(value)
        if "Export" in body:
            continue
        values = {
            target: one.outputs[name]
            for target, one in sorted((found.deployed if found else {}).items())
            if name in one.outputs
        }
        if values:
            about = body.get("Description")
            made.append(
                Output(layer.stem, name, about if isinstance(about, str) else "", MappingProxyType(values))
            )
    return made
