"""The steps of a plan in an order in which they can be taken, with what each waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from petc.deploy.desired import DesiredState
from petc.deploy.plan import codes, operation_ids, stack_set_operations
from petc.deploy.plan.export_ordering import Turn
from petc.deploy.plan.layer_state import LayerState
from petc.deploy.plan.operations import (
    Operations,
    SimulatedState,
    beginning,
    created,
    deleted,
    given_up,
    identity_of,
    updated,
)
from petc.deploy.plan.types import Phase, Step
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A step before its id is known; `key` and `after` are names within this module."""

    key: _Key
    case: LayerState
    phase: Phase
    operations: Operations
    after: tuple[_Key, ...]


def steps(
    wanted: DesiredState, every: tuple[LayerState, ...], turns: tuple[Turn, ...]
) -> tuple[tuple[Step, ...], dict[str, str]]:
    """Return the steps in an order in which they can be taken, and every template that they use."""
    now = beginning(wanted, every)
    whole = all(turn.phase is Phase.ONLY and not turn.late for turn in turns)
    # An update of the whole set would reach accounts that left, and must not wait for them or fail over them.
    departed = [
        _Draft((case.name, "departed"), case, Phase.DELETE, given_up(now, case), ())
        for case in every
        if case.departed
    ]
    emptied = _emptied(now, every, before=True) if _must_empty_first(now, every) else []
    first = [*departed, *emptied]
    cleared = tuple(draft.key for draft in first)
    drafts = [_turned(now, turn, whole, cleared, bool(emptied)) for turn in _in_order(turns)]
    if not whole:
        drafts += _filled(now, every)
    if not emptied:
        drafts += _emptied(now, every, (*cleared, *(draft.key for draft in drafts)))
    return _named([*first, *drafts]), now.templates


def _in_order(turns: tuple[Turn, ...]) -> list[Turn]:
    """Return the turns so that each comes after those that it waits for, else as they are."""
    left, done, found = list(turns), set[tuple[str, Phase]](), list[Turn]()
    while left:
        ready = next((turn for turn in left if done.issuperset(turn.after)), None)
        if ready is None:
            raise _circle(sorted({turn.case.layer for turn in left}))
        left.remove(ready)
        done.add((ready.case.name, ready.phase))
        found.append(ready)
    return found


def _turned(now: SimulatedState, turn: Turn, whole: bool, cleared: tuple[_Key, ...], emptied: bool) -> _Draft:
    case = turn.case
    after = (*cleared, *((name, phase.value) for name, phase in turn.after))
    if turn.phase is Phase.DELETE:
        operations = deleted(now, case, case.going, whole=not case.surplus or bool(emptied and case.going))
    else:
        operations = updated(now, case, turn)
        if turn.phase in (Phase.ADD, Phase.ONLY):
            # Where other layers stand already they may wait for this one; a new target can have its own steps.
            targets = [target for target in case.missing if whole or target in now.living]
            operations = (*operations, *created(now, case, targets))
    return _Draft((case.name, turn.phase.value), case, turn.phase, operations, after)


def _filled(now: SimulatedState, every: tuple[LayerState, ...]) -> list[_Draft]:
    """Make stacks in new targets by steps of their own, after the steps on those that stand.

    Within one step, the stacks of a new target would wait for steps that wait for this one.
    """
    found = []
    fills = {case.layer: case for case in every if case.new is not None}
    for case in every:
        targets = [target for target in case.missing if target not in now.living]
        operations = created(now, case, targets)
        if operations and case.wanted is not None:
            before = [fills[name] for name in case.wanted.depends_on if name in fills]
            after = [(case.name, phase.value) for phase in Phase]
            for maker in before:
                after += [(maker.name, "fill"), *((maker.name, phase.value) for phase in Phase)]
            found.append(_Draft((case.name, "fill"), case, Phase.ONLY, operations, tuple(after)))
    return found


def _must_empty_first(now: SimulatedState, every: tuple[LayerState, ...]) -> bool:
    """Whether targets that are left have to go before the rest can change.

    They go last wherever that can be, so that what runs there runs until its successor does. But an update
    of a stack set always reaches instances, and a set that stands in no wanted target has no others.
    """
    return now.wanted.engine == "stack-sets" and any(
        case.new is not None
        and any(case.exists(target) for target in case.surplus)
        and not case.standing
        and stack_set_operations.differs(
            identity_of(now.wanted, case, ()),
            now.sets[case.name],
            case.new,
            case.settled(now.sets[case.name].base),
        )
        for case in every
    )


def _emptied(
    now: SimulatedState, every: tuple[LayerState, ...], others: tuple[_Key, ...] = (), before: bool = False
) -> list[_Draft]:
    """Delete the stacks of targets that are not wanted any more, users before those whose exports they use.

    Targets in which different templates stand go one group after another: who uses whom may differ.
    """
    found: list[_Draft] = []
    groups = _alike(every)
    for number, cells in enumerate(groups):
        earlier = tuple(draft.key for draft in found)
        word = f"surplus {number}"
        leaving = {case.name: case for case in every if cells & set(case.surplus)}
        for case in leaving.values():
            targets = [target for target in case.surplus if target in cells]
            exports = case.old(targets[0]).exports.keys()
            users = [
                (other.name, word)
                for other in leaving.values()
                if other.name != case.name
                and exports & other.old(next(item for item in other.surplus if item in cells)).imports
            ]
            last = not _stands_in(case, groups[number + 1 :])
            whole = case.new is None and last and not (before and case.going)
            operations = deleted(now, case, targets, whole=whole)
            found.append(
                _Draft((case.name, word), case, Phase.DELETE, operations, (*others, *earlier, *users))
            )
    return found


def _alike(every: tuple[LayerState, ...]) -> list[set[Target]]:
    """Return the targets that are left, those with the same templates together."""
    held: dict[Target, list[tuple[str, str]]] = {}
    for case in every:
        for target in case.surplus:
            held.setdefault(target, []).append((case.name, case.old(target).digest))
    groups: dict[tuple[tuple[str, str], ...], set[Target]] = {}
    for target in sorted(held):
        groups.setdefault(tuple(held[target]), set()).add(target)
    return list(groups.values())


def _stands_in(case: LayerState, groups: list[set[Target]]) -> bool:
    return any(cells & set(case.surplus) for cells in groups)


def _named(drafts: list[_Draft]) -> tuple[Step, ...]:
    """Return the steps that do something; one that waits for a step which does nothing waits for its own."""
    keys: dict[_Key, tuple[str, ...]] = {}
    behind: dict[str, set[str]] = {}
    found: list[Step] = []
    for draft in _sorted(drafts):
        waiting = {name for key in draft.after for name in keys.get(key, ())}
        # What another one waits for already needs no saying twice.
        implied = {earlier for name in waiting for earlier in behind[name]}
        after = tuple(step.id for step in found if step.id in waiting - implied)
        keys[draft.key] = after
        if draft.operations:
            operations = tuple(
                operation_ids.named(item, draft.case.stem, draft.phase) for item in draft.operations
            )
            name = operation_ids.of_step(draft.case.stem, draft.phase, operations)
            found.append(Step(name, draft.case.layer, draft.case.stem, draft.phase, operations, after))
            keys[draft.key] = (name,)
            behind[name] = waiting | implied
    return tuple(found)


def _sorted(drafts: list[_Draft]) -> list[_Draft]:
    """Return the drafts so that each comes after those that it waits for, else as they are."""
    left, found = list(drafts), list[_Draft]()
    open_keys = {draft.key for draft in drafts}
    while left:
        ready = next((draft for draft in left if open_keys.isdisjoint(draft.after)), None)
        if ready is None:
            raise _circle(sorted({draft.case.layer for draft in left}))
        left.remove(ready)
        open_keys.remove(ready.key)
        found.append(ready)
    return found


def _circle(layers: list[str]) -> Rejected:
    """Return the refusal of a plan whose steps would wait for each other.

    It takes targets in which layers use each other in opposite directions, which only an interrupted
    deployment of another order of layers leaves behind.
    """
    return codes.STEPS_IN_A_CIRCLE.because(
        f"the layers {', '.join(layers)} use each other in one direction in some targets and in the "
        "other in others, so no order of steps serves both",
        help="finish the deployment that was interrupted, then plan this one",
    )
