"""What is done about each exported value that goes, changes or moves while somebody imports it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from petc.deploy.plan.import_pinning import pinned_by_target
from petc.deploy.plan.layer_diffs import Compared
from petc.deploy.plan.layer_state import LayerState, living
from petc.deploy.plan.resource_diff import Comparison, compare
from petc.deploy.plan.templates import Template, template, values
from petc.deploy.plan.transition_templates import together
from petc.deploy.plan.types import Action
from petc.deploy.targets import Target


@dataclass(slots=True)
class Exports:
    """What is known about exports and their users, and what was decided about them."""

    every: tuple[LayerState, ...]
    compared: Compared
    changing: set[str]
    users: dict[str, list[LayerState]]
    makers: dict[tuple[str, Target], LayerState]
    heirs: dict[str, LayerState]
    living: frozenset[Target]
    pins: dict[str, set[str]] = field(default_factory=dict)
    sheds: dict[str, set[str]] = field(default_factory=dict)
    early: set[tuple[str, str]] = field(default_factory=set)
    adds: dict[str, dict[Target, Template]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    pinned: dict[str, dict[Target, Template]] = field(default_factory=dict)

    def pin(self, user: LayerState, export: str) -> bool:
        """Decide that a layer gets the value instead of the import; return whether that is new."""
        held = self.pins.setdefault(user.name, set())
        if export in held:
            return False
        held.add(export)
        self.changing.add(user.name)
        return True

    def free_users(self, export: str, maker: LayerState) -> list[LayerState]:
        """Return the layers that import an export now and keep the import until their own step."""
        return [
            user
            for user in self.users.get(export, ())
            if user.name != maker.name and export not in self.pins.get(user.name, ())
        ]


def decided(every: tuple[LayerState, ...], compared: Compared, changing: Collection[str]) -> Exports:
    """Return which imports are pinned, which exports are shed, and which layers are made in two steps.

    `changing` names the stack sets whose layer is not as it should be.
    """
    known = _looked_at(every, compared, changing)
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
    return known


def _looked_at(every: tuple[LayerState, ...], compared: Compared, changing: Collection[str]) -> Exports:
    users: dict[str, list[LayerState]] = {}
    makers: dict[tuple[str, Target], LayerState] = {}
    heirs: dict[str, LayerState] = {}
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
    return Exports(every, compared, set(changing), users, makers, heirs, living(every))


def _moving(known: Exports, case: LayerState) -> set[str]:
    """Return the exports whose value changes on the way to the new template, if only for a moment."""
    found = {name for target in case.standing for name in known.compared[case.name, target].moving}
    if case.new is None or case.observed is None or not known.users.keys() & case.new.exports.keys():
        return found
    base = case.settled(values(template(case.observed.template), case.observed.parameters))
    passing: dict[tuple[object, ...], set[str]] = {}
    for target in case.standing:
        old = case.old_values(target)
        # An update of a stack set may reach an instance before its overrides do.
        between = values(case.new, {**base, **old})
        if between != case.new_values(target):
            key = (case.old(target).digest, frozenset(old.items()))
            if key not in passing:
                passing[key] = set(compare(case.old(target), old, case.new, between).moving)
            found |= passing[key]
    return found


def _set_aside(known: Exports, maker: LayerState, export: str) -> None:
    """See to it that nobody imports an export when its value changes."""
    for user in known.free_users(export, maker):
        if user.wanted is None and _goes_first(known, user):
            known.early.add((user.name, maker.name))
        else:
            known.pin(user, export)


def _goes_first(known: Exports, case: LayerState, before: frozenset[str] = frozenset()) -> bool:
    """Whether a layer that goes can go before anything else: nothing that stays uses it.

    `before` are those that would have to wait for it. Layers that go and use each other in a circle, in one
    direction in some targets and in the other in others, cannot go first; an interruption leaves that behind.
    """
    path = before | {case.name}
    return all(
        user.wanted is None and user.name not in path and _goes_first(known, user, path)
        for found in case.variants
        for export in found.exports
        for user in known.users.get(export, ())
        if user.name != case.name
    )


def _gone(known: Exports, case: LayerState) -> list[str]:
    """Return the exports that a layer makes now, will not make any more, and that no other layer takes over."""
    kept = case.new.exports.keys() if case.new is not None else set()
    made = {name for found in case.variants for name in found.exports}
    return sorted(made - kept - known.heirs.keys())


def _pinned(known: Exports) -> dict[str, dict[Target, Template]]:
    return {
        case.name: pinned_by_target(
            case, known.pins.get(case.name, set()), known.sheds.get(case.name, set()), known.makers
        )
        for case in known.every
        if case.name in known.pins or case.name in known.sheds
    }


def _kept_value_moves(known: Exports) -> bool:
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
            elif free and _made_elsewhere(known, case, export):
                # A template that keeps the export would also come where another layer makes it.
                for user in free:
                    again = known.pin(user, export) or again
            elif free:
                kept.append(export)
        if kept:
            again = _added(known, case, kept, moved) or again
    return again


def _made_elsewhere(known: Exports, case: LayerState, export: str) -> bool:
    """Whether another layer makes an export in some target, as an interruption may leave it."""
    return any(maker.name != case.name for (name, _), maker in known.makers.items() if name == export)


def _added(known: Exports, case: LayerState, kept: list[str], moved: set[str]) -> bool:
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
