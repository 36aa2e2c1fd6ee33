"""From what is wanted and what was observed to a plan; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Observed
from petc.deploy.plan import foreign_stacks, problems, refusals, state_digest
from petc.deploy.plan.export_ordering import turns
from petc.deploy.plan.guard import guard
from petc.deploy.plan.layer_changes import layer_change
from petc.deploy.plan.layer_diffs import comparisons
from petc.deploy.plan.layer_state import cases
from petc.deploy.plan.operations import set_tags
from petc.deploy.plan.steps import steps
from petc.deploy.plan.types import Action, Allowance, LayerChange, Package, Phase, Plan, Step
from petc.diagnostics import Diagnostic, Rejected


def plan(
    wanted: DesiredState, observed: Observed, allowed: Collection[Allowance] = (), only: Collection[str] = ()
) -> Plan:
    """Return what changes and the steps that change it.

    `allowed` names resources whose data may be lost, `only` the layers (or the stems of their files) that are
    deployed. Raises `Rejected` where no step leads from what stands to what is wanted, with the codes of
    `petc.deploy.plan.codes`.
    """
    _refuse(problems.of_selection(wanted, observed, only) if only else ())
    every = cases(wanted, observed, only)
    _refuse((*problems.of_standing(wanted, every), *problems.of_values(wanted, every)))
    _refuse(foreign_stacks.of_engine(wanted, observed, every))
    _refuse((*foreign_stacks.of_labels(every), *foreign_stacks.of_exports(observed, every)))
    compared = comparisons(every)
    _refuse((*problems.of_types(every, compared), *problems.of_imports(every)))
    _refuse(refusals.of_aws(every, compared))
    sets = wanted.engine == "stack-sets"
    changes = tuple(layer_change(case, compared, set_tags(wanted, case) if sets else None) for case in every)
    guarded = guard(changes, allowed)
    dance = turns(every, compared, {change.name for change in changes if _needs_a_step(change)})
    _refuse(problems.of_turns(dance))
    made, templates = steps(wanted, every, dance)
    return Plan(
        spec=wanted.spec,
        stage=wanted.stage,
        engine=wanted.engine,
        root=wanted.root,
        seen=state_digest.digest(observed),
        layers=changes,
        steps=made,
        templates=templates,
        packages=_packages(wanted, made),
        refused=guarded.refused,
        allowed=guarded.used,
    )


def _refuse(found: Iterable[Diagnostic]) -> None:
    problems_found = tuple(found)
    if problems_found:
        raise Rejected(problems_found)


def _needs_a_step(change: LayerChange) -> bool:
    """Whether anything is made or changed; what is deleted has steps of its own."""
    return any(group.action in (Action.CREATE, Action.UPDATE) for group in change.groups)


def _packages(wanted: DesiredState, steps: tuple[Step, ...]) -> tuple[Package, ...]:
    changing = {step.stem for step in steps if step.phase is not Phase.DELETE}
    regions = tuple(sorted({target.region for target in wanted.targets}))
    return tuple(
        Package(asset.name, asset.key, asset.digest, regions)
        for layer in wanted.layers
        if layer.stem in changing
        for asset in layer.assets
    )
