"""Which steps each layer takes, and after which others, so that no export in use goes or changes.

CloudFormation refuses to remove or change an exported value that another stack imports (User Guide, "Get
exported outputs from a deployed CloudFormation stack"). docs/decisions/export-dance.md says how the steps
follow from that, and why they cannot wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from petc.deploy.plan.between import together
from petc.deploy.plan.cases import Case, living
from petc.deploy.plan.pins import pinned_by_target
from petc.deploy.plan.resource_diff import Comparison, compare
from petc.deploy.plan.templates import Template, values
from petc.deploy.plan.types import Action, Phase
from petc.deploy.targets import Target

Key: TypeAlias = tuple[str, Phase]
"""A step before it has an id: the name of the stack set, and the phase."""

Compared: TypeAlias = Mapping[tuple[str, Target], Comparison]


@dataclass(frozen=True, slots=True)
class Turn:
    """One step on one layer: the template that each standing target gets, and the steps it waits for.

    `goal` is given for the steps between only: the others end in the new template, or in nothing.
    `late` steps bring nothing that others wait for.
    """

    case: Case
    phase: Phase
    goal: Mapping[Target, Template]
    after: tuple[Key, ...]
    late: bool = False


@dataclass(slots=True)
class _Situation:
    """What is known about exports and their users, and what was decided about them."""

    every: tuple[Case, ...]
    compared: Compared
    changing: set[str]
    users: dict[str, list[Case]]
    makers: dict[tuple[str, Target], Case]
    heirs: dict[str, Case]
    living: frozenset[Target]
    pins: dict[str, set[str]] = field(default_factory=dict)
    sheds: dict[str, set[str]] = field(default_factory=dict)
    early: set[tuple[str, str]] = field(default_factory=set)
    adds: dict[str, dict[Target, Template]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    pinned: dict[str, dict[Target, Template]] = field(default_factory=dict)

    def pin(self, user: Case, export: str) -> bool:
        """Decide that a layer gets the value instead of the import; return whether that is new."""
        held = self.pins.setdefault(user.name, set())
        if export in held:
            return False
        held.add(export)
        self.changing.add(user.name)
        return True

    def free_users(self, export: str, maker: Case) -> list[Case]:
        """Return the layers that import an export now and keep the import until their own step."""
        return [
            user
            for user in self.users.get(export, ())
            if user.name != maker.name and export not in self.pins.get(user.name, ())
        ]


def turns(every: tuple[Case, ...], compared: Compared, changing: Collection[str]) -> tuple[Turn, ...]:
    """Return the steps; `changing` names the stack sets whose layer is not as it should be."""
    known = _situation(every, compared, changing)
    _decide(known)
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


def _situation(every: tuple[Case, ...], compared: Compared, changing: Collection[str]) -> _Situation:
    users: dict[str, list[Case]] = {}
    makers: dict[tuple[str, Target], Case] = {}
    heirs: dict[str, Case] = {}
    for case in every:
        for name in sorted({name for found in case.variants for name in found.imports}):
            users.setdefault(name, []).append(case)
        for target in case.cells:
            makers.update({(name, target): case for name in case.old(target).exports})
    now: dict[str, set[str]] = {}
    for (name, _), case in makers.items():
        now.setdefault(name, set()).add(case.name)
    for case in every:
        for name in case.new.exports if case.new is not None else ():
            if now.get(name, set()) - {case.name}:
                heirs[name] = case
    return _Situation(every, compared, set(changing), users, makers, heirs, living(every))


def _decide(known: _Situation) -> None:
    """Decide which imports are pinned, which exports are shed, and which layers are made in two steps."""
    for (export, _), maker in known.makers.items():
        heir = known.heirs.get(export)
        if heir is not None and heir.name != maker.name:
            known.sheds.setdefault(maker.name, set()).add(export)
            known.changing.add(maker.name)
            for user in known.users.get(export, ()):
                known.pin(user, export)
    for case in known.every:
        for export in sorted(_moving(known, case)):
            _set_aside(known, case, export)
    again = True
    while again:
        # What is kept of an old template is kept with its imports pinned, so each depends on the other.
        known.pinned = _pinned(known)
        again = _kept_value_moves(known)


def _moving(known: _Situation, case: Case) -> set[str]:
    return {name for target in case.standing for name in known.compared[case.name, target].moving}


def _set_aside(known: _Situation, maker: Case, export: str) -> None:
    """See to it that nobody imports an export when its value changes."""
    for user in known.free_users(export, maker):
        if user.wanted is None and _goes_first(known, user):
            known.early.add((user.name, maker.name))
        else:
            known.pin(user, export)


def _goes_first(known: _Situation, case: Case) -> bool:
    """Whether a layer that goes can go before anything else: nothing that stays uses it."""
    return all(
        user.wanted is None and _goes_first(known, user)
        for found in case.variants
        for export in found.exports
        for user in known.users.get(export, ())
        if user.name != case.name
    )


def _gone(known: _Situation, case: Case) -> list[str]:
    """Return the exports that a layer makes now, will not make any more, and that no other layer takes over."""
    kept = case.new.exports.keys() if case.new is not None else set()
    made = {name for found in case.variants for name in found.exports}
    return sorted(made - kept - known.heirs.keys())


def _pinned(known: _Situation) -> dict[str, dict[Target, Template]]:
    return {
        case.name: pinned_by_target(
            case, known.pins.get(case.name, set()), known.sheds.get(case.name, set()), known.makers
        )
        for case in known.every
        if case.name in known.pins or case.name in known.sheds
    }


def _kept_value_moves(known: _Situation) -> bool:
    """Make the templates that keep old exports; pin those whose value would change even so."""
    known.adds, known.late = {}, set()
    moved = {name for case in known.every for name in _moving(known, case)} | known.heirs.keys()
    again = False
    for case in known.every:
        if case.new is None:
            continue
        kept = []
        for export in _gone(known, case):
            free = known.free_users(export, case)
            if free and all(user.wanted is None and _goes_first(known, user) for user in free):
                known.early.update((user.name, case.name) for user in free)
            elif free:
                kept.append(export)
        if kept:
            again = _added(known, case, kept, moved) or again
    return again


def _added(known: _Situation, case: Case, kept: list[str], moved: set[str]) -> bool:
    assert case.new is not None
    made: dict[Target, Template] = {}
    quiet, again = not known.living.intersection(case.missing), False
    done: dict[tuple[object, ...], tuple[Template, Comparison]] = {}
    for target in case.standing:
        old = known.pinned.get(case.name, {}).get(target) or case.old(target)
        held = {**case.old_values(target), **case.new_values(target)}
        key = (old.digest, frozenset(case.old_values(target).items()), frozenset(held.items()))
        if key not in done:
            found = together(case.new, old, [name for name in kept if name in old.exports])
            done[key] = (
                found,
                compare(old, case.old_values(target), found, values(found, held), moved & set(found.imports)),
            )
        made[target], comparison = done[key]
        quiet = quiet and not _brings(comparison, made[target], old)
        for export in sorted(comparison.moving.intersection(kept)):
            for user in known.free_users(export, case):
                again = known.pin(user, export) or again
    known.adds[case.name] = made
    if quiet:
        known.late.add(case.name)
    return again


def _brings(comparison: Comparison, made: Template, old: Template) -> bool:
    """Whether a template brings anything that others could wait for."""
    return (
        bool(comparison.moving)
        or bool(made.exports.keys() - old.exports.keys())
        or any(change.properties or change.action is not Action.UPDATE for change in comparison.resources)
    )


def _goals(known: _Situation) -> Iterator[tuple[Key, Mapping[Target, Template]]]:
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


def _provides(known: _Situation, case: Case) -> Key | None:
    """Return the step after which everything new of a layer is there; nothing when nothing new comes."""
    if case.name not in known.changing or case.new is None or case.name in known.late:
        return None
    return case.name, Phase.ADD if case.name in known.adds else Phase.ONLY


def _last(known: _Situation, case: Case) -> Key:
    """Return the step after which nothing old of a layer is there."""
    if case.new is None:
        return case.name, Phase.DELETE
    split = case.name in known.adds and case.name not in known.late
    return case.name, Phase.REMOVE if split else Phase.ONLY


def _stops(known: _Situation, user: Case, export: str) -> Key:
    """Return the step after which a layer imports an export no more."""
    if export in known.pins.get(user.name, ()):
        return user.name, Phase.PIN
    provides = _provides(known, user)
    if provides is not None and provides[1] is Phase.ADD:
        if any(export in found.imports for found in known.adds[user.name].values()):
            return _last(known, user)
        return provides
    return _last(known, user)


def _edges(known: _Situation) -> Iterator[tuple[Key, Key]]:
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
    known: _Situation, case: Case, export: str, main: Key, last: Key
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
