"""A plan in one line."""

from __future__ import annotations

from petc.deploy.plan.types import Action, Plan


def summary(plan: Plan) -> str:
    """Return `2 layers change, 10 unchanged; 1 resource replaced; 3 steps`, or `nothing to do; …`."""
    changing = sum(change.action is not Action.UNCHANGED for change in plan.layers)
    still = len(plan.layers) - changing
    if plan.is_empty and not changing:
        return f"nothing to do; {_number_of(still, 'layer')} unchanged"
    parts = [f"{_number_of(changing, 'layer')} change{'s' if changing == 1 else ''}, {still} unchanged"]
    for action, word in ((Action.REPLACE, "replaced"), (Action.DELETE, "deleted")):
        found = {
            (change.name, item.logical_id)
            for change in plan.layers
            for group in change.groups
            for item in group.resources
            if item.action is action
        }
        if found:
            parts.append(f"{_number_of(len(found), 'resource')} {word}")
    if plan.refused:
        parts.append(f"{len(plan.refused)} refused")
    parts.append(_number_of(len(plan.steps), "step"))
    return "; ".join(parts)


def _number_of(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
