"""The calls that take one layer from where it stands in the plan to where a step should take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from petc.deploy.desired import DesiredState
from petc.deploy.plan import stack_operations, stack_set_operations
from petc.deploy.plan.export_ordering import Turn
from petc.deploy.plan.layer_state import LayerState, living
from petc.deploy.plan.stack_set_operations import Identity, SetState
from petc.deploy.plan.templates import Template, same, template, values
from petc.deploy.plan.transition_templates import capabilities
from petc.deploy.plan.types import Operation, OperationKind, Phase
from petc.deploy.targets import Target

Operations: TypeAlias = tuple[Operation, ...]


@dataclass(slots=True)
class SimulatedState:
    """How each stack set and each plain stack stands as steps are laid out."""

    wanted: DesiredState
    living: frozenset[Target]
    sets: dict[str, SetState]
    stacks: dict[str, dict[Target, tuple[str, Mapping[str, str]]]]
    templates: dict[str, str]


def beginning(wanted: DesiredState, every: tuple[LayerState, ...]) -> SimulatedState:
    """Return how everything stands before the first step."""
    return SimulatedState(
        wanted,
        living(every),
        {case.name: stack_set_operations.observed_state(case.observed) for case in every},
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


def set_tags(wanted: DesiredState, case: LayerState) -> dict[str, str]:
    """Return the tags of a layer's stack set: the stage's, and what petc finds it by."""
    return {
        **wanted.tags,
        "petc:spec": wanted.spec,
        "petc:stage": wanted.stage,
        "petc:layer": case.layer,
    }


def updated(now: SimulatedState, case: LayerState, turn: Turn) -> Operations:
    """Bring what stands of a layer to the templates of a turn."""
    sets = now.wanted.engine == "stack-sets"
    operations: list[Operation] = []
    if sets:
        forgotten, now.sets[case.name] = stack_set_operations.forget(
            identity_of(now.wanted, case, ()), now.sets[case.name]
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
        identity = identity_of(now.wanted, case, (made,))
        if sets:
            base = _base(now, case, made, held, between=goal is turn.goal)
            found, now.sets[case.name] = stack_set_operations.update(
                identity, now.sets[case.name], made, held, base
            )
        else:
            stacks = now.stacks[case.name]
            changed = {target: own for target, own in held.items() if not _stands(stacks[target], made, own)}
            found = stack_operations.stack(identity, OperationKind.UPDATE_STACK, made, changed)
            stacks.update({target: (made.text, own) for target, own in held.items()})
        _remember(now, found, made)
        operations += found
    return tuple(operations)


def created(now: SimulatedState, case: LayerState, targets: Sequence[Target]) -> Operations:
    """Make the layer's stacks in some targets where it is wanted and does not stand."""
    sets = now.wanted.engine == "stack-sets"
    if case.new is None or (not targets and (not sets or now.sets[case.name].exists)):
        return ()
    if not sets:
        held: dict[Target, Mapping[str, str]] = {target: case.new_values(target) for target in targets}
        now.stacks[case.name] |= {target: (case.new.text, own) for target, own in held.items()}
        found = stack_operations.stack(
            identity_of(now.wanted, case, (case.new,)), OperationKind.CREATE_STACK, case.new, held
        )
    else:
        state = now.sets[case.name]
        made = template(state.text) if state.exists else case.new
        held = {target: values(made, {**state.base, **case.new_values(target)}) for target in targets}
        found, now.sets[case.name] = stack_set_operations.create(
            identity_of(now.wanted, case, (made,)), state, made, held, case.settled(state.base)
        )
    _remember(now, found, case.new)
    return found


def given_up(now: SimulatedState, case: LayerState) -> Operations:
    """Take the instances of accounts that left their organizational unit out of the set; their stacks stay."""
    found, now.sets[case.name] = stack_set_operations.give_up(
        identity_of(now.wanted, case, ()), now.sets[case.name], case.departed
    )
    return found


def deleted(now: SimulatedState, case: LayerState, targets: Iterable[Target], whole: bool) -> Operations:
    """Delete the layer's stacks in some targets, and its stack set when nothing is left of it."""
    if now.wanted.engine == "stacks":
        return stack_operations.delete(identity_of(now.wanted, case, ()), targets)
    identity = identity_of(now.wanted, case, ())
    forgotten, state = stack_set_operations.forget(identity, now.sets[case.name])
    deleted, state = stack_set_operations.delete(
        identity, state, [target for target in targets if target in state.instances]
    )
    now.sets[case.name] = state
    return (*forgotten, *deleted, *((stack_set_operations.delete_set(identity),) if whole else ()))


def _set_alone(now: SimulatedState, case: LayerState, new: Template) -> Operations:
    base = case.settled(now.sets[case.name].base) or values(new, now.sets[case.name].base)
    found, now.sets[case.name] = stack_set_operations.update(
        identity_of(now.wanted, case, (new,)), now.sets[case.name], new, {}, base
    )
    _remember(now, found, new)
    return found


def _remember(now: SimulatedState, operations: Operations, made: Template) -> None:
    if any(operation.template for operation in operations):
        now.templates[made.digest] = made.text


def _stands(stack: tuple[str, Mapping[str, str]], made: Template, own: Mapping[str, str]) -> bool:
    text, held = stack
    return same(text, made.text) and dict(held) == dict(own)


def _base(
    now: SimulatedState,
    case: LayerState,
    made: Template,
    held: Mapping[Target, Mapping[str, str]],
    between: bool,
) -> Mapping[str, str]:
    """Return the set's own values for a template.

    In a step between, those that it has stay as long as an instance needs them: one that the step leaves alone, or
    one that it brings to that very value. Else the update would first run every instance with old values under the
    new template, such as a load balancer that is replaced while its target groups are not yet. Where no instance
    would run with these values before its overrides are set, as a target that the set left behind after an
    interruption, they are the first one's, so that it keeps what it has.
    """
    state = now.sets[case.name]
    if not between:
        return case.settled(state.base)
    first = min(held)
    some = state.instances.keys() - held.keys()
    present = {
        name: value
        for name, value in state.base.items()
        if name in made.defaults and (some or any(own.get(name) == value for own in held.values()))
    }
    stay = {**held[first], **present}
    if same(state.text, made.text) or any(
        stack_set_operations.follows(state.instances[target], stay, own, made) for target, own in held.items()
    ):
        return stay
    overridden = state.instances[first].overrides
    return {name: stay[name] if name in overridden else own for name, own in held[first].items()}


def _by_template(goal: Mapping[Target, Template]) -> list[tuple[Template, tuple[Target, ...]]]:
    found: dict[str, list[Target]] = {}
    for target in sorted(goal):
        found.setdefault(goal[target].digest, []).append(target)
    return [(goal[targets[0]], tuple(targets)) for targets in found.values()]


def _values(case: LayerState, phase: Phase, made: Template, target: Target) -> dict[str, str]:
    """Return the values for a template of a phase: the present ones, the wanted ones, or both."""
    old, new = case.old_values(target), case.new_values(target)
    if phase is Phase.PIN:
        return values(made, old)
    return values(made, {**old, **new} if phase is Phase.ADD else new)


def identity_of(wanted: DesiredState, case: LayerState, made: tuple[Template, ...]) -> Identity:
    """Return what calls on a layer have in common; templates that were not compiled may need more."""
    known = set(case.wanted.capabilities) if case.wanted is not None else set[str]()
    for item in made:
        if case.new is None or item.digest != case.new.digest:
            known |= capabilities(item)
    return Identity(case.stem, case.name, tuple(sorted(known)), set_tags(wanted, case))
