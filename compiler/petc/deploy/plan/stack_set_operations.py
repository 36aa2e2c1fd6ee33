"""The StackSets calls that take a stack set from how it stands to how it should stand.

Semantics after the CloudFormation API reference: UpdateStackSet (instances keep their overrides; with a
template or parameters all instances count as OUTDATED until they are updated), UpdateStackInstances
(the list of overrides is the whole list; a parameter can be overridden once the set's template declares it and
all instances were updated), CreateStackInstances, DeleteStackInstances.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from petc.deploy.observed import CURRENT, ObservedLayer
from petc.deploy.plan.target_grid import products
from petc.deploy.plan.templates import Template, same, template, values
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target


@dataclass(frozen=True, slots=True)
class PlannedInstance:
    """One instance as it stands or will stand at some point of the plan; `stands` when it has a stack."""

    text: str
    overrides: Mapping[str, str]
    current: bool
    stands: bool = True


@dataclass(frozen=True, slots=True)
class SetState:
    """A stack set as it stands or will stand at some point of the plan; nothing of it before it is made."""

    exists: bool
    text: str
    base: Mapping[str, str]
    tags: Mapping[str, str]
    instances: Mapping[Target, PlannedInstance]


@dataclass(frozen=True, slots=True)
class Identity:
    """What every call on a set has in common."""

    stem: str
    name: str
    capabilities: tuple[str, ...]
    tags: Mapping[str, str]


NOTHING = SetState(False, "", {}, {}, {})


def observed_state(observed: ObservedLayer | None) -> SetState:
    """Return the state of an observed set.

    Overrides are those that AWS told (`Deployed.overrides`). Of other instances they follow from the values:
    an instance overrides what its stack has of another value than the set. That misses an override which
    equals the set's value, so AWS is asked wherever the set may have taken such a value without the instance:
    an instance that is not current (`petc.deploy.aws.observe_stack_sets`).
    """
    if observed is None:
        return NOTHING
    base = values(template(observed.template), observed.parameters)
    instances = {}
    for target, deployed in observed.deployed.items():
        held = values(template(deployed.template), deployed.parameters) if deployed.exists else {}
        instances[target] = PlannedInstance(
            text=deployed.template,
            overrides=_overrides(base, held) if deployed.overrides is None else deployed.overrides,
            current=deployed.standing == CURRENT,
            stands=deployed.exists,
        )
    return SetState(True, observed.template, base, observed.tags, instances)


def forget(identity: Identity, state: SetState) -> tuple[tuple[Operation, ...], SetState]:
    """Take instances without a stack out of the set, so that no update trips over them."""
    lost = tuple(target for target, item in sorted(state.instances.items()) if not item.stands)
    return _without(identity, state, lost, retain=True)


def give_up(
    identity: Identity, state: SetState, targets: Iterable[Target]
) -> tuple[tuple[Operation, ...], SetState]:
    """Take instances out of the set and retain their stacks."""
    return _without(identity, state, tuple(targets), retain=True)


def delete(
    identity: Identity, state: SetState, targets: Iterable[Target]
) -> tuple[tuple[Operation, ...], SetState]:
    """Delete instances with their stacks."""
    return _without(identity, state, tuple(targets), retain=False)


def delete_set(identity: Identity) -> Operation:
    """Delete a set without instances."""
    return Operation("", OperationKind.DELETE_SET, identity.name)


def create(
    identity: Identity,
    state: SetState,
    wanted: Template,
    held: Mapping[Target, Mapping[str, str]],
    base: Mapping[str, str],
) -> tuple[tuple[Operation, ...], SetState]:
    """Make instances with their values (`held`), and the set with those of `base` where there is none."""
    operations: list[Operation] = []
    if not state.exists:
        operations.append(_of_set(identity, OperationKind.CREATE_SET, wanted, base, ()))
        state = SetState(True, wanted.text, base, identity.tags, {})
    overrides = {target: _overrides(state.base, own) for target, own in held.items()}
    operations += [
        _of_instances(identity, OperationKind.CREATE_INSTANCES, group, own)
        for group, own in _groups(held, overrides)
    ]
    made = {target: PlannedInstance(wanted.text, overrides[target], True) for target in held}
    return tuple(operations), replace(state, instances={**state.instances, **made})


def update(
    identity: Identity,
    state: SetState,
    wanted: Template,
    held: Mapping[Target, Mapping[str, str]],
    base: Mapping[str, str],
) -> tuple[tuple[Operation, ...], SetState]:
    """Bring instances to a template and their values (`held`), and the set to the values of `base`.

    Instances of the set that are not in `held` are left alone.
    """
    goal = {target: _overrides(base, own) for target, own in held.items()}
    before = {target: _declared(state.instances[target], wanted) for target in held}
    turning = tuple(target for target in sorted(held) if goal[target] != before[target])
    operations: list[Operation] = []
    if differs(identity, state, wanted, base):
        operations += _updated_set(identity, state, wanted, base, goal, before)
    else:
        stale = [
            target
            for target in sorted(held)
            if target in turning
            or not state.instances[target].current
            or not same(state.instances[target].text, wanted.text)
        ]
        operations += [
            _of_instances(identity, OperationKind.UPDATE_INSTANCES, group, own, before)
            for group, own in _groups(stale, goal)
        ]
    done = {target: PlannedInstance(wanted.text, goal[target], True) for target in held}
    left = {target: item for target, item in state.instances.items() if target not in held}
    if operations and operations[0].kind is OperationKind.UPDATE_SET and left:
        left = {target: replace(item, current=False) for target, item in left.items()}
    return tuple(operations), SetState(True, wanted.text, dict(base), identity.tags, {**left, **done})


def follows(
    instance: PlannedInstance, base: Mapping[str, str], own: Mapping[str, str], wanted: Template
) -> bool:
    """Whether an instance gets its own values from a set with values of `base`, its overrides as they are."""
    return _overrides(base, own) == _declared(instance, wanted)


def _declared(instance: PlannedInstance, wanted: Template) -> dict[str, str]:
    """Return the overrides of an instance that a template declares."""
    return {name: value for name, value in instance.overrides.items() if name in wanted.defaults}


def _updated_set(
    identity: Identity,
    state: SetState,
    wanted: Template,
    base: Mapping[str, str],
    goal: Mapping[Target, Mapping[str, str]],
    before: Mapping[Target, Mapping[str, str]],
) -> list[Operation]:
    """Return one update of the set, and updates of those instances that it does not bring to their goal."""
    turning = tuple(target for target in sorted(goal) if goal[target] != before[target])
    declared = template(state.text).defaults if state.text else {}
    unheard = {name for target in turning for name in goal[target]} - declared.keys()
    staying = tuple(target for target in sorted(goal) if target not in turning)
    if not turning or unheard:
        first: tuple[Target, ...] = tuple(sorted(goal))
    else:
        # An update of all would run every turning instance with old values first.
        first = staying or next(group for group, _ in _groups(turning, goal))
    whole = len(first) == len(state.instances)
    parts = ((),) if whole or not first else products(first)
    operations = [_of_set(identity, OperationKind.UPDATE_SET, wanted, base, parts[0])]
    reached = set(first if whole else parts[0])
    rest = [target for target in sorted(goal) if target not in reached or target in turning]
    operations += [
        _of_instances(identity, OperationKind.UPDATE_INSTANCES, group, own, before)
        for group, own in _groups(rest, goal)
    ]
    return operations


def differs(identity: Identity, state: SetState, wanted: Template, base: Mapping[str, str]) -> bool:
    """Whether the set itself is not as it should be."""
    return (
        not same(state.text, wanted.text)
        or dict(state.base) != dict(base)
        or dict(state.tags) != dict(identity.tags)
    )


def _overrides(base: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in own.items() if base.get(name) != value}


def _groups(
    targets: Iterable[Target], overrides: Mapping[Target, Mapping[str, str]]
) -> Iterable[tuple[tuple[Target, ...], Mapping[str, str]]]:
    """Yield targets of equal overrides, in products."""
    found: dict[tuple[tuple[str, str], ...], list[Target]] = {}
    for target in sorted(targets):
        found.setdefault(tuple(sorted(overrides[target].items())), []).append(target)
    for own, members in found.items():
        for group in products(members):
            yield group, dict(own)


def _without(
    identity: Identity, state: SetState, targets: Collection[Target], retain: bool
) -> tuple[tuple[Operation, ...], SetState]:
    operations = tuple(
        Operation("", OperationKind.DELETE_INSTANCES, identity.name, targets=group, retain=retain)
        for group in products(targets)
    )
    left = {target: item for target, item in state.instances.items() if target not in targets}
    return operations, replace(state, instances=left)


def _of_set(
    identity: Identity,
    kind: OperationKind,
    wanted: Template,
    base: Mapping[str, str],
    targets: tuple[Target, ...],
) -> Operation:
    return Operation(
        "",
        kind,
        identity.name,
        targets=targets,
        template=wanted.digest,
        parameters=tuple(sorted(base.items())),
        capabilities=identity.capabilities,
        tags=tuple(sorted(identity.tags.items())),
    )


def _of_instances(
    identity: Identity,
    kind: OperationKind,
    targets: tuple[Target, ...],
    overrides: Mapping[str, str],
    before: Mapping[Target, Mapping[str, str]] | None = None,
) -> Operation:
    cleared = {name for target in targets for name in (before or {}).get(target, ())} - overrides.keys()
    return Operation(
        "",
        kind,
        identity.name,
        targets=targets,
        overrides=tuple(sorted(overrides.items())),
        cleared=tuple(sorted(cleared)),
    )
