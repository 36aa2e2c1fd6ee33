"""From what is wanted and what was observed to a plan; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from petc.deploy.observed import Observed
from petc.deploy.plan import operation_ids, seen, set_operations, stack_operations
from petc.deploy.plan.cases import Case, cases, comparisons
from petc.deploy.plan.layer_changes import layer_change
from petc.deploy.plan.set_operations import Identity
from petc.deploy.plan.types import Action, Kind, LayerChange, Operation, Package, Phase, Plan, Step
from petc.deploy.targets import Target
from petc.deploy.wanted import Wanted


def plan(
    wanted: Wanted, observed: Observed, allowed: Collection[str] = (), only: Collection[str] = ()
) -> Plan:
    """Return the plan."""
    every = cases(wanted, observed)
    compared = comparisons(every)
    sets = wanted.engine == "stack-sets"
    changes = tuple(layer_change(case, compared, set_tags(wanted, case) if sets else None) for case in every)
    steps, templates = _steps(wanted, every, changes)
    return Plan(
        spec=wanted.spec,
        stage=wanted.stage,
        engine=wanted.engine,
        root=wanted.root,
        seen=seen.digest(observed),
        layers=changes,
        steps=steps,
        templates=templates,
        packages=_packages(wanted, steps),
        allowed=tuple(sorted(allowed)),
    )


def set_tags(wanted: Wanted, case: Case) -> dict[str, str]:
    """Return the tags of a layer's stack set: the stage's, and what petc finds it by."""
    return {
        **wanted.tags,
        "petc:spec": wanted.spec,
        "petc:stage": wanted.stage,
        "petc:layer": case.layer,
    }


def _packages(wanted: Wanted, steps: tuple[Step, ...]) -> tuple[Package, ...]:
    changing = {step.stem for step in steps if step.phase is not Phase.DELETE}
    regions = tuple(sorted({target.region for target in wanted.targets}))
    return tuple(
        Package(asset.name, asset.key, asset.digest, regions)
        for layer in wanted.layers
        if layer.stem in changing
        for asset in layer.assets
    )


def _steps(
    wanted: Wanted, every: tuple[Case, ...], changes: tuple[LayerChange, ...]
) -> tuple[tuple[Step, ...], dict[str, str]]:
    made: dict[str, Step] = {}
    templates: dict[str, str] = {}
    for case, change in zip(every, changes, strict=True):
        if change.action is Action.UNCHANGED or case.new is None or case.wanted is None:
            continue
        held = {target: case.new_values(target) for target in case.places if target not in case.surplus}
        operations = _operations(wanted, case, held)
        if operations:
            step = _step(case, Phase.ONLY, operations)
            after = tuple(made[name].id for name in case.wanted.depends_on if name in made)
            made[case.layer] = Step(step.id, step.layer, step.stem, step.phase, step.operations, after)
            templates[case.new.digest] = case.new.text
    return tuple(made.values()), templates


def _operations(
    wanted: Wanted, case: Case, held: Mapping[Target, Mapping[str, str]]
) -> tuple[Operation, ...]:
    assert case.new is not None and case.wanted is not None
    tags = set_tags(wanted, case)
    identity = Identity(case.stem, case.name, case.wanted.capabilities, tags)
    standing = {target: held[target] for target in case.standing}
    missing = {target: held[target] for target in (*case.lost, *case.fresh)}
    if wanted.engine == "stacks":
        changed = {target: own for target, own in standing.items() if case.differs(target)}
        return (
            *stack_operations.stack(identity, Kind.UPDATE_STACK, case.new, changed),
            *stack_operations.stack(identity, Kind.CREATE_STACK, case.new, missing),
        )
    state = set_operations.observed_state(case.observed)
    forgotten, state = set_operations.forget(identity, state, case.lost)
    updated: tuple[Operation, ...] = ()
    if state.exists:
        updated, state = set_operations.update(identity, state, case.new, standing, min(held))
    created, _ = set_operations.create(identity, state, case.new, missing)
    return (*forgotten, *updated, *created)


def _step(case: Case, phase: Phase, operations: tuple[Operation, ...]) -> Step:
    named = tuple(operation_ids.named(operation, case.stem, phase) for operation in operations)
    return Step(operation_ids.of_step(case.stem, phase, named), case.layer, case.stem, phase, named)
