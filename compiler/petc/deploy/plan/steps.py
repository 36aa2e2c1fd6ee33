"""The steps of a plan: what each turn of the dance asks of the engine, and what new and old targets need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from petc.deploy.plan import operation_ids, set_operations, stack_operations
from petc.deploy.plan.between import capabilities
from petc.deploy.plan.cases import Case, living
from petc.deploy.plan.dance import Turn
from petc.deploy.plan.set_operations import Identity, SetState
from petc.deploy.plan.templates import Template, same, template, values
from petc.deploy.plan.types import Kind, Operation, Phase, Step
from petc.deploy.targets import Target
from petc.deploy.wanted import Wanted

_Operations: TypeAlias = tuple[Operation, ...]
_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A step before its id is known; `key` and `after` are names within this module."""

    key: _Key
    case: Case
    phase: Phase
    operations: _Operations
    after: tuple[_Key, ...]


@dataclass(slots=True)
class _Progress:
    """How each stack set and each plain stack stands as steps are laid out."""

    wanted: Wanted
    living: frozenset[Target]
    sets: dict[str, SetState]
    stacks: dict[str, dict[Target, tuple[str, Mapping[str, str]]]]
    templates: dict[str, str]


def steps(
    wanted: Wanted, every: tuple[Case, ...], turns: tuple[Turn, ...]
) -> tuple[tuple[Step, ...], dict[str, str]]:
    """Return the steps in an order in which they can be taken, and every template that they use."""
    now = _Progress(
        wanted,
        living(every),
        {case.name: set_operations.observed_state(case.observed) for case in every},
        {
            case.name: {
                target: (case.deployed(target).template, case.old_values(target))
                for target in case.places
                if case.exists(target)
            }
            for case in every
        },
        {},
    )
    whole = all(turn.phase is Phase.ONLY and not turn.late for turn in turns)
    first = _emptied(now, every, before=True) if _must_empty_first(now, every) else []
    cleared = tuple(draft.key for draft in first)
    drafts = [_turned(now, turn, whole, cleared) for turn in _in_order(turns)]
    if not whole:
        drafts += _filled(now, every)
    if not first:
        drafts += _emptied(now, every, tuple(draft.key for draft in drafts))
    return _named([*first, *drafts]), now.templates


def set_tags(wanted: Wanted, case: Case) -> dict[str, str]:
    """Return the tags of a layer's stack set: the stage's, and what petc finds it by."""
    return {
        **wanted.tags,
        "petc:spec": wanted.spec,
        "petc:stage": wanted.stage,
        "petc:layer": case.layer,
    }


def _in_order(turns: tuple[Turn, ...]) -> list[Turn]:
    """Return the turns so that each comes after those that it waits for, else as they are."""
    left, done, found = list(turns), set[tuple[str, Phase]](), list[Turn]()
    while left:
        ready = next((turn for turn in left if done.issuperset(turn.after)), None)
        if ready is None:
            raise ValueError(f"steps wait for each other: {[(turn.case.name, turn.phase) for turn in left]}")
        left.remove(ready)
        done.add((ready.case.name, ready.phase))
        found.append(ready)
    return found


def _turned(now: _Progress, turn: Turn, whole: bool, cleared: tuple[_Key, ...]) -> _Draft:
    case = turn.case
    after = (*cleared, *((name, phase.value) for name, phase in turn.after))
    if turn.phase is Phase.DELETE:
        operations = _deleted(now, case, case.going, whole=not case.surplus or bool(cleared and case.going))
    else:
        operations = _updated(now, case, turn)
        if turn.phase in (Phase.ADD, Phase.ONLY):
            # Where other layers stand already they may wait for this one; a new target can have its own steps.
            targets = [target for target in case.missing if whole or target in now.living]
            operations = (*operations, *_created(now, case, targets))
    return _Draft((case.name, turn.phase.value), case, turn.phase, operations, after)


def _updated(now: _Progress, case: Case, turn: Turn) -> _Operations:
    """Bring what stands of a layer to the templates of a turn."""
    sets = now.wanted.engine == "stack-sets"
    operations: list[Operation] = []
    if sets:
        forgotten, now.sets[case.name] = set_operations.forget(
            _identity(now.wanted, case, ()), now.sets[case.name]
        )
        operations += forgotten
    goal = turn.goal
    if case.new is not None and turn.phase in (Phase.ONLY, Phase.REMOVE):
        here = now.sets[case.name].instances.keys() if sets else now.stacks[case.name].keys()
        goal = dict.fromkeys(sorted(here - set(case.surplus)), case.new)
        if sets and not goal and now.sets[case.name].exists:
            # Without an instance the set still has to say what its instances will be made from.
            operations += _set_alone(now, case, case.new)
    for made, targets in _by_template(goal):
        held = {target: _values(case, turn.phase, made, target) for target in targets}
        identity = _identity(now.wanted, case, (made,))
        if sets:
            base = held[min(held)] if goal is turn.goal else _base(case, held)
            found, now.sets[case.name] = set_operations.update(
                identity, now.sets[case.name], made, held, base
            )
        else:
            stacks = now.stacks[case.name]
            changed = {target: own for target, own in held.items() if not _stands(stacks[target], made, own)}
            found = stack_operations.stack(identity, Kind.UPDATE_STACK, made, changed)
            stacks.update({target: (made.text, own) for target, own in held.items()})
        _remember(now, found, made)
        operations += found
    return tuple(operations)


def _set_alone(now: _Progress, case: Case, new: Template) -> _Operations:
    base = _base(case, {}) or values(new, now.sets[case.name].base)
    found, now.sets[case.name] = set_operations.update(
        _identity(now.wanted, case, (new,)), now.sets[case.name], new, {}, base
    )
    _remember(now, found, new)
    return found


def _remember(now: _Progress, operations: _Operations, made: Template) -> None:
    if any(operation.template for operation in operations):
        now.templates[made.digest] = made.text


def _stands(stack: tuple[str, Mapping[str, str]], made: Template, own: Mapping[str, str]) -> bool:
    text, held = stack
    return same(text, made.text) and dict(held) == dict(own)


def _base(case: Case, held: Mapping[Target, Mapping[str, str]]) -> Mapping[str, str]:
    """Return the set's own values: those of the first of all targets in which the layer is wanted."""
    first = min((*case.standing, *case.missing), default=None)
    if first is None:
        return {}
    return held.get(first) or case.new_values(first)


def _by_template(goal: Mapping[Target, Template]) -> list[tuple[Template, tuple[Target, ...]]]:
    found: dict[str, list[Target]] = {}
    for target in sorted(goal):
        found.setdefault(goal[target].digest, []).append(target)
    return [(goal[targets[0]], tuple(targets)) for targets in found.values()]


def _values(case: Case, phase: Phase, made: Template, target: Target) -> dict[str, str]:
    """Return the values for a template of a phase: the present ones, the wanted ones, or both."""
    old, new = case.old_values(target), case.new_values(target)
    if phase is Phase.PIN:
        return values(made, old)
    return values(made, {**old, **new} if phase is Phase.ADD else new)


def _created(now: _Progress, case: Case, targets: Sequence[Target]) -> _Operations:
    """Make the layer's stacks in some targets where it is wanted and does not stand."""
    sets = now.wanted.engine == "stack-sets"
    if case.new is None or (not targets and (not sets or now.sets[case.name].exists)):
        return ()
    if not sets:
        held: dict[Target, Mapping[str, str]] = {target: case.new_values(target) for target in targets}
        now.stacks[case.name] |= {target: (case.new.text, own) for target, own in held.items()}
        found = stack_operations.stack(
            _identity(now.wanted, case, (case.new,)), Kind.CREATE_STACK, case.new, held
        )
    else:
        state = now.sets[case.name]
        made = template(state.text) if state.exists else case.new
        held = {target: values(made, {**state.base, **case.new_values(target)}) for target in targets}
        found, now.sets[case.name] = set_operations.create(
            _identity(now.wanted, case, (made,)), state, made, held, _base(case, held)
        )
    _remember(now, found, case.new)
    return found


def _deleted(now: _Progress, case: Case, targets: Iterable[Target], whole: bool) -> _Operations:
    """Delete the layer's stacks in some targets, and its stack set when nothing is left of it."""
    if now.wanted.engine == "stacks":
        return stack_operations.delete(_identity(now.wanted, case, ()), targets)
    identity = _identity(now.wanted, case, ())
    forgotten, state = set_operations.forget(identity, now.sets[case.name])
    deleted, state = set_operations.delete(
        identity, state, [target for target in targets if target in state.instances]
    )
    now.sets[case.name] = state
    return (*forgotten, *deleted, *((set_operations.delete_set(identity),) if whole else ()))


def _filled(now: _Progress, every: tuple[Case, ...]) -> list[_Draft]:
    """Make stacks in new targets by steps of their own, after the steps on those that stand.

    Within one step, the stacks of a new target would wait for steps that wait for this one.
    """
    found = []
    fills = {case.layer: case for case in every if case.new is not None}
    for case in every:
        targets = [target for target in case.missing if target not in now.living]
        operations = _created(now, case, targets)
        if operations and case.wanted is not None:
            before = [fills[name] for name in case.wanted.depends_on if name in fills]
            after = [(case.name, phase.value) for phase in Phase]
            for maker in before:
                after += [(maker.name, "fill"), *((maker.name, phase.value) for phase in Phase)]
            found.append(_Draft((case.name, "fill"), case, Phase.ONLY, operations, tuple(after)))
    return found


def _must_empty_first(now: _Progress, every: tuple[Case, ...]) -> bool:
    """Whether targets that are left have to go before the rest can change.

    They go last wherever that can be, so that what runs there runs until its successor does. But an update
    of a stack set always reaches instances, and a set that stands in no wanted target has no others.
    """
    return now.wanted.engine == "stack-sets" and any(
        case.new is not None
        and any(case.exists(target) for target in case.surplus)
        and not case.standing
        and set_operations.differs(
            _identity(now.wanted, case, ()), now.sets[case.name], case.new, _base(case, {})
        )
        for case in every
    )


def _emptied(
    now: _Progress, every: tuple[Case, ...], others: tuple[_Key, ...] = (), before: bool = False
) -> list[_Draft]:
    """Delete the stacks of targets that are not wanted any more, users before those whose exports they use."""
    found = []
    leaving = [case for case in every if case.surplus]
    for case in leaving:
        exports = {name for target in case.surplus for name in case.old(target).exports}
        users = [
            (other.name, "surplus")
            for other in leaving
            if other.name != case.name
            and any(exports & other.old(target).imports for target in other.surplus)
        ]
        operations = _deleted(now, case, case.surplus, whole=case.new is None and not (before and case.going))
        found.append(_Draft((case.name, "surplus"), case, Phase.DELETE, operations, (*others, *users)))
    return found


def _identity(wanted: Wanted, case: Case, made: tuple[Template, ...]) -> Identity:
    """Return what calls on a layer have in common; templates that were not compiled may need more."""
    known = set(case.wanted.capabilities) if case.wanted is not None else set[str]()
    for item in made:
        if case.new is None or item.digest != case.new.digest:
            known |= capabilities(item)
    return Identity(case.stem, case.name, tuple(sorted(known)), set_tags(wanted, case))


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
            raise ValueError(f"steps wait for each other: {sorted(open_keys)}")
        left.remove(ready)
        open_keys.remove(ready.key)
        found.append(ready)
    return found
