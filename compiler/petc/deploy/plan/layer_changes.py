"""What happens to a layer, told once for all targets in which the very same happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from petc.deploy.observed import CURRENT
from petc.deploy.plan.layer_state import LayerState
from petc.deploy.plan.resolve import HIDDEN, secret
from petc.deploy.plan.resource_diff import Comparison
from petc.deploy.plan.templates import same, template, values
from petc.deploy.plan.types import Action, LayerChange, ParameterChange, TargetChange
from petc.deploy.targets import Target

UNREADABLE = "the template was changed outside petc and cannot be compared by property"


DEPARTED = (
    "the account left its organizational unit or was closed: its stack stays there, and the stage gives it up"
)


def layer_change(
    case: LayerState, compared: Mapping[tuple[str, Target], Comparison], tags: Mapping[str, str] | None
) -> LayerChange:
    """Return the change of a layer; `tags` are those that its stack set should have, if it has any."""
    if case.frozen:
        unchanged = TargetChange(case.standing, Action.UNCHANGED)
        return LayerChange(case.layer, case.stem, case.name, (unchanged,))
    set_why = _set_why(case, tags)
    groups: dict[tuple[object, ...], tuple[TargetChange, list[Target]]] = {}
    for target in sorted(case.places):
        comparison = compared[case.name, target]
        change = _target_change(case, target, comparison, set_why, tags is not None)
        # Equal comparisons are one object, so that identity stands for a long equality.
        key = (id(comparison), change.action, change.parameters, change.why)
        groups.setdefault(key, (change, []))[1].append(target)
    found = _folded(groups.values())
    if case.departed:
        found = (*found, TargetChange(case.departed, Action.FORGET, why=DEPARTED))
    return LayerChange(case.layer, case.stem, case.name, found)


def _folded(groups: Iterable[tuple[TargetChange, list[Target]]]) -> tuple[TargetChange, ...]:
    """Put groups together whose values differ (another bucket in each region) but not what happens."""
    found: list[tuple[TargetChange, list[Target]]] = []
    for change, targets in groups:
        alike = next((held for other, held in found if other == change), None)
        if alike is None:
            found.append((change, targets))
        else:
            alike += targets
    return tuple(replace(change, targets=tuple(sorted(targets))) for change, targets in found)


def _target_change(
    case: LayerState, target: Target, comparison: Comparison, set_why: str, of_set: bool
) -> TargetChange:
    if target in case.surplus or case.new is None:
        return TargetChange((), Action.DELETE, comparison.resources, access=comparison.access)
    if not case.exists(target):
        why = _lost(case, target)
        return TargetChange((), Action.CREATE, comparison.resources, access=comparison.access, why=why)
    parameters = tuple(_parameters(case, target))
    why = _why(case, target, comparison, set_why, of_set)
    changes = bool(why) or bool(comparison.resources) or bool(parameters) or case.differs(target)
    action = Action.UPDATE if changes else Action.UNCHANGED
    return TargetChange((), action, comparison.resources, parameters, comparison.access, why)


def _parameters(case: LayerState, target: Target) -> Iterator[ParameterChange]:
    assert case.new is not None
    old, new = case.old_values(target), case.new_values(target)
    hidden = secret(case.old(target)) | secret(case.new)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            left, right = old.get(name, ""), new.get(name, "")
            if name in hidden:
                left, right = HIDDEN if left else "", HIDDEN if right else ""
            yield ParameterChange(name, left, right)


def _lost(case: LayerState, target: Target) -> str:
    if target not in case.lost:
        return ""
    deployed = case.deployed(target)
    if deployed.standing == CURRENT:
        return "the stack was deleted outside petc"
    return f"the instance has no stack; it is {_told(deployed.standing, deployed.reason)}"


def _why(case: LayerState, target: Target, comparison: Comparison, set_why: str, of_set: bool) -> str:
    """Say what makes an update necessary where no resource differs."""
    assert case.new is not None
    deployed = case.deployed(target)
    if not case.old(target).readable:
        return UNREADABLE
    if comparison.resources:
        return ""
    if of_set and deployed.standing != CURRENT:
        return f"the instance is {_told(deployed.standing, deployed.reason)}"
    if comparison.outputs or comparison.moving:
        return "only outputs differ"
    if not same(deployed.template, case.new.text):
        return "only descriptions or metadata differ"
    return set_why


def _told(standing: str, reason: str) -> str:
    return f"{standing}: {reason}" if reason else standing


def _set_why(case: LayerState, tags: Mapping[str, str] | None) -> str:
    """Say what differs in the stack set itself, though all of its stacks are as they should be."""
    if tags is None or case.observed is None or case.new is None:
        return ""
    observed = case.observed
    if not same(observed.template, case.new.text):
        return "the stack set has another template than its stacks should have"
    if dict(observed.tags) != dict(tags):
        return "the tags of the stack set differ"
    base = values(template(observed.template), observed.parameters)
    if (case.standing or case.missing) and base != case.settled(base):
        return "the parameters of the stack set differ"
    return ""
