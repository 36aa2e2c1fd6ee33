"""Which steps each layer takes, and after which others, so that no export in use goes or changes.

CloudFormation refuses to remove or change an exported value that another stack imports (User Guide, "Get
exported outputs from a deployed CloudFormation stack"). docs/decisions/export-dance.md says how the steps
follow from that, and why they cannot wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from petc.deploy.plan.export_migration import Exports, decided
from petc.deploy.plan.layer_diffs import Compared
from petc.deploy.plan.layer_state import LayerState
from petc.deploy.plan.templates import Template
from petc.deploy.plan.types import Phase
from petc.deploy.targets import Target

Key: TypeAlias = tuple[str, Phase]
"""A step before it has an id: the name of the stack set, and the phase."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One step on one layer: the template that each standing target gets, and the steps it waits for.

    `goal` is given for the steps between only: the others end in the new template, or in nothing.
    `late` steps bring nothing that others wait for.
    """

    case: LayerState
    phase: Phase
    goal: Mapping[Target, Template]
    after: tuple[Key, ...]
    late: bool = False


def turns(every: tuple[LayerState, ...], compared: Compared, changing: Collection[str]) -> tuple[Turn, ...]:
    """Return the steps; `changing` names the stack sets whose layer is not as it should be."""
    known = decided(every, compared, changing)
    goals = dict(_goals(known))
    edges: dict[Key, set[Key]] = {key: set() for key in goals}
    for before, after in _edges(known):
        if before in goals and after in goals and before != after:
            edges[after].add(before)
    by_name = {case.name: case for case in every}
    return tuple(
        Turn(
            case=by_name[name],
            phase=phase,
            goal=goals[name, phase],
            after=tuple(sorted(edges[name, phase], key=_order)),
            late=name in known.late,
        )
        for name, phase in goals
    )


def _order(key: Key) -> tuple[str, str]:
    return key[0], key[1].value


def _goals(known: Exports) -> Iterator[tuple[Key, Mapping[Target, Template]]]:
    """Yield each step with its templates, pins first, in deployment order."""
    for case in known.every:
        if case.name in known.pinned:
            yield (case.name, Phase.PIN), known.pinned[case.name]
    for case in known.every:
        if case.name in known.changing and case.new is not None:
            if case.name in known.adds and case.name not in known.late:
                yield (case.name, Phase.ADD), known.adds[case.name]
                yield (case.name, Phase.REMOVE), {}
            else:
                yield (case.name, Phase.ONLY), {}
    for case in reversed(known.every):
        if case.new is None:
            yield (case.name, Phase.DELETE), {}


def _provides(known: Exports, case: LayerState) -> Key | None:
    """Return the step after which everything new of a layer is there; nothing when nothing new comes."""
    if case.name not in known.changing or case.new is None or case.name in known.late:
        return None
    return case.name, Phase.ADD if case.name in known.adds else Phase.ONLY


def _last(known: Exports, case: LayerState) -> Key:
    """Return the step after which nothing old of a layer is there."""
    if case.new is None:
        return case.name, Phase.DELETE
    split = case.name in known.adds and case.name not in known.late
    return case.name, Phase.REMOVE if split else Phase.ONLY


def _stops(known: Exports, user: LayerState, export: str) -> Key:
    """Return the step after which a layer imports an export no more."""
    if export in known.pins.get(user.name, ()):
        return user.name, Phase.PIN
    provides = _provides(known, user)
    if provides is not None and provides[1] is Phase.ADD:
        if any(export in found.imports for found in known.adds[user.name].values()):
            return _last(known, user)
        return provides
    return _last(known, user)


def _edges(known: Exports) -> Iterator[tuple[Key, Key]]:
    """Yield pairs of steps: the second waits for the first."""
    exporting = {name: case for case in known.every if case.new is not None for name in case.new.exports}
    layers = {case.layer: case for case in known.every if case.wanted is not None}
    for case in known.every:
        pin, last = (case.name, Phase.PIN), _last(known, case)
        main = _provides(known, case) or last
        yield pin, main
        yield main, last
        if case.new is not None and case.wanted is not None:
            needed = [layers[name] for name in case.wanted.depends_on if name in layers]
            needed += [exporting[name] for name in sorted(case.new.imports) if name in exporting]
            for maker in needed:
                provides = _provides(known, maker)
                if provides is not None:
                    yield provides, main
        for export in sorted({name for found in case.variants for name in found.exports}):
            yield from _export_edges(known, case, export, main, last)
    for goes, name in sorted(known.early):
        maker = next(case for case in known.every if case.name == name)
        yield (goes, Phase.DELETE), _provides(known, maker) or _last(known, maker)


def _export_edges(
    known: Exports, case: LayerState, export: str, main: Key, last: Key
) -> Iterator[tuple[Key, Key]]:
    users = [user for user in known.users.get(export, ()) if user.name != case.name]
    for user in users:
        if export in known.pins.get(user.name, ()):
            yield (user.name, Phase.PIN), main
            if export in known.sheds.get(case.name, ()):
                yield (user.name, Phase.PIN), (case.name, Phase.PIN)
    heir = known.heirs.get(export)
    if heir is not None and heir.name != case.name:
        yield (case.name, Phase.PIN), _provides(known, heir) or _last(known, heir)
    elif case.new is None or export not in case.new.exports:
        for user in users:
            yield _stops(known, user, export), last
