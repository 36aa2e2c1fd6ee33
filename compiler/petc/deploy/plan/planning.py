"""From what is wanted and what was observed to a plan; pure."""

from __future__ import annotations

from collections.abc import Collection

from petc.deploy.observed import Observed
from petc.deploy.plan import seen
from petc.deploy.plan.cases import cases, comparisons
from petc.deploy.plan.dance import turns
from petc.deploy.plan.layer_changes import layer_change
from petc.deploy.plan.steps import set_tags, steps
from petc.deploy.plan.types import Action, Package, Phase, Plan, Step
from petc.deploy.wanted import Wanted


def plan(
    wanted: Wanted, observed: Observed, allowed: Collection[str] = (), only: Collection[str] = ()
) -> Plan:
    """Return the plan."""
    every = cases(wanted, observed)
    compared = comparisons(every)
    sets = wanted.engine == "stack-sets"
    changes = tuple(layer_change(case, compared, set_tags(wanted, case) if sets else None) for case in every)
    changing = {
        change.name
        for change in changes
        if any(group.action in (Action.CREATE, Action.UPDATE) for group in change.groups)
    }
    made, templates = steps(wanted, every, turns(every, compared, changing))
    return Plan(
        spec=wanted.spec,
        stage=wanted.stage,
        engine=wanted.engine,
        root=wanted.root,
        seen=seen.digest(observed),
        layers=changes,
        steps=made,
        templates=templates,
        packages=_packages(wanted, made),
        allowed=tuple(sorted(allowed)),
    )


def _packages(wanted: Wanted, steps: tuple[Step, ...]) -> tuple[Package, ...]:
    changing = {step.stem for step in steps if step.phase is not Phase.DELETE}
    regions = tuple(sorted({target.region for target in wanted.targets}))
    return tuple(
        Package(asset.name, asset.key, asset.digest, regions)
        for layer in wanted.layers
        if layer.stem in changing
        for asset in layer.assets
    )
