"""Changes that lose data, which need an allowance."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from petc.deploy.plan import codes
from petc.deploy.plan.allowances import OPTIONS, covers, narrowest, option
from petc.deploy.plan.types import Action, Allowance, Effect, LayerChange, Refusal, ResourceChange
from petc.deploy.targets import Target
from petc.diagnostics import Diagnostic, Rejected
from petc.source.suggest import closest


@dataclass(frozen=True, slots=True)
class Guarded:
    """What needs an allowance: `refused` has none, `used` are the allowances that were needed."""

    refused: tuple[Refusal, ...]
    used: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class _Loss:
    """One resource whose data go in the same way in some targets; `others` are those in which it stays."""

    layer: str
    change: ResourceChange
    action: Action
    targets: tuple[Target, ...]
    others: tuple[Target, ...]

    @property
    def needed(self) -> Action:
        """The action that an allowance has to name: a replacement that is only possible needs it too."""
        return Action.DELETE if self.action is Action.DELETE else Action.REPLACE


def guard(changes: Iterable[LayerChange], allowed: Collection[Allowance]) -> Guarded:
    """Return what is refused because no allowance names it in that target.

    A replacement that may or may not happen needs an allowance too, and so does a deletion whose policy keeps
    the resource or a snapshot: nothing that runs goes on using what is kept. An allowance that names nothing
    while something is refused raises `Rejected` with `needless-allowance`, for it is most likely a slip. When
    nothing is refused, an earlier run has done what it allowed, and the same command must end well again.
    """
    losses = tuple(item for change in changes for item in _losses(change))
    refused = tuple(item for loss in losses if (item := _refused(loss, allowed)) is not None)
    used = {
        word
        for word in allowed
        if any(
            covers(word, loss.needed, loss.change.logical_id, target)
            for loss in losses
            for target in loss.targets
        )
    }
    if refused and set(allowed) - used:
        needless = sorted(set(allowed) - used, key=option)
        raise Rejected(tuple(_needless(word, losses) for word in needless))
    return Guarded(refused, tuple(sorted(used, key=option)))


def _losses(change: LayerChange) -> list[_Loss]:
    """Return what is lost of a layer, each resource once for each way in which it goes."""
    found: dict[tuple[str, Action], tuple[ResourceChange, list[Target]]] = {}
    for group in change.groups:
        for item in group.resources:
            action = loss(item)
            if action is not None:
                found.setdefault((item.logical_id, action), (item, []))[1].extend(group.targets)
    everywhere = [
        target for group in change.groups if group.action is not Action.CREATE for target in group.targets
    ]
    return [
        _Loss(
            change.layer,
            item,
            action,
            tuple(sorted(targets)),
            tuple(target for target in everywhere if target not in targets),
        )
        for (_, action), (item, targets) in sorted(found.items(), key=lambda entry: _order(*entry[0]))
    ]


def _order(logical_id: str, action: Action) -> tuple[str, str]:
    return logical_id, action.value


def _refused(lost: _Loss, allowed: Collection[Allowance]) -> Refusal | None:
    name = lost.change.logical_id
    left = tuple(
        target
        for target in lost.targets
        if not any(covers(word, lost.needed, name, target) for word in allowed)
    )
    if not left:
        return None
    given = {target for target in lost.targets if target not in left}
    return Refusal(
        layer=lost.layer,
        logical_id=name,
        type=lost.change.type,
        action=lost.action,
        pointer=lost.change.pointer,
        kept=lost.change.kept,
        targets=left,
        options=tuple(option(word) for word in narrowest(lost.needed, name, left, {*lost.others, *given})),
    )


def loss(change: ResourceChange) -> Action | None:
    """Return how the data of a resource go: `DELETE`, `REPLACE`, `UPDATE` where it may be replaced, or None."""
    if not change.stateful:
        return None
    if change.action in (Action.DELETE, Action.REPLACE):
        return change.action
    may = any(item.effect is Effect.MAY_REPLACE for item in change.properties)
    return Action.UPDATE if may else None


def _needless(word: Allowance, losses: Collection[_Loss]) -> Diagnostic:
    written = option(word)
    others = [lost for lost in losses if lost.change.logical_id == word.logical_id]
    if any(lost.needed is word.action for lost in others):
        reason = "the resource is not about to be lost in that account and region"
        help_ = "name one of the targets that the plan shows, or leave the place out"
    elif others:
        verb = "deleted, not replaced" if word.action is Action.REPLACE else "replaced, not deleted"
        reason = f"the resource would be {verb}"
        other = others[0].needed
        help_ = f"write {OPTIONS[other]}{written.removeprefix(OPTIONS[word.action])}"
    else:
        verb = "replaced" if word.action is Action.REPLACE else "deleted"
        reason = f"no resource of that name that holds data is about to be {verb}"
        near = closest(word.logical_id, {lost.change.logical_id for lost in losses})
        help_ = f"did you mean {near}" if near else "leave the option out"
    return codes.NEEDLESS_ALLOWANCE.diagnostic(f"{written} allows nothing: {reason}", help=help_)
