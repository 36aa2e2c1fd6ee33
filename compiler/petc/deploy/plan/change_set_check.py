"""The plan against what CloudFormation's own change sets say: where the two differ, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from petc.deploy.plan.types import Action, Effect, ResourceChange


@dataclass(frozen=True, slots=True)
class Told:
    """One change as CloudFormation tells it (API reference, ResourceChange).

    `action` is Add, Modify, Remove, Import or Dynamic; `replacement` True, False or Conditional, empty where
    it does not apply. `perhaps` says that every detail is evaluated when the change set is executed: a value
    that the resource refers to might change then. `problem` is set instead when no change set could be made.
    """

    logical_id: str
    action: str
    replacement: str = ""
    problem: str = ""
    perhaps: bool = False


_ADD, _MODIFY, _REMOVE = "Add", "Modify", "Remove"
_WORDS = {
    Action.CREATE: _ADD,
    Action.UPDATE: _MODIFY,
    Action.REPLACE: _MODIFY,
    Action.DELETE: _REMOVE,
}


def differences(planned: Iterable[ResourceChange], told: Iterable[Told]) -> Iterator[str]:
    """Yield a sentence for each resource of which the plan says less, more or something else.

    Whatever refers to a changed resource is a modification for CloudFormation that may turn out to be none.
    The plan knows which attributes change, so what is told of that kind alone is no difference.
    """
    ours = {change.logical_id: change for change in planned}
    theirs: dict[str, Told] = {}
    for item in told:
        if item.problem:
            yield item.problem
        else:
            theirs[item.logical_id] = item
    for logical_id in sorted(ours.keys() | theirs.keys()):
        change, found = ours.get(logical_id), theirs.get(logical_id)
        if change is None and found is not None:
            if found.perhaps:
                continue
            yield f"{logical_id}: CloudFormation says {_told(found)}, the plan says nothing"
        elif change is not None and found is None:
            if _touches(change):
                yield f"{logical_id}: the plan says {change.action.value}, CloudFormation says nothing"
        elif change is not None and found is not None and not _agrees(change, found):
            yield f"{logical_id}: the plan says {change.action.value}, CloudFormation says {_told(found)}"


def _touches(change: ResourceChange) -> bool:
    """Whether CloudFormation would see the change: metadata and policies alone are no change of a resource."""
    if change.action in (Action.CREATE, Action.DELETE, Action.REPLACE):
        return True
    return any(item.path.startswith("Properties.") for item in change.properties)


def _agrees(change: ResourceChange, found: Told) -> bool:
    if _WORDS.get(change.action) != found.action:
        return False
    if found.replacement in ("", "Conditional"):
        return True
    may = any(item.effect is Effect.MAY_REPLACE for item in change.properties)
    return may or (change.action is Action.REPLACE) == (found.replacement == "True")


def _told(item: Told) -> str:
    replacing = {"True": ", replacing it", "Conditional": ", perhaps replacing it"}
    return f"{item.action.lower()}{replacing.get(item.replacement, '')}"
