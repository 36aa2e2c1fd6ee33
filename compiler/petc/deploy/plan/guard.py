"""Changes that lose data and are not made without their word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from petc.deploy.plan.types import Action, Effect, LayerChange, Refusal, ResourceChange
from petc.diagnostics import Diagnostic, Rejected, Severity
from petc.source.suggest import closest


@dataclass(frozen=True, slots=True)
class Guarded:
    """What needed a word: refused without it, `used` are the words that were needed."""

    refused: tuple[Refusal, ...]
    used: tuple[str, ...]


def guard(changes: Iterable[LayerChange], allowed: Collection[str]) -> Guarded:
    """Return what is refused because `allowed` does not name it.

    A replacement that may or may not happen needs the word too, and so does a deletion whose policy keeps the
    resource or a snapshot: nothing that runs goes on using what is kept. A name that allows nothing while
    something is refused raises `Rejected` with `needless-allowance`, for it is most likely a slip. When nothing
    is refused, an earlier run has done what it allowed, and the same command must end well again.
    """
    lost = {(item.layer, item.logical_id): item for change in changes for item in _losses(change)}
    names = {item.logical_id for item in lost.values()}
    refused = tuple(item for item in lost.values() if item.logical_id not in allowed)
    needless = sorted(set(allowed) - names)
    if needless and refused:
        raise Rejected(tuple(_needless(name, names) for name in needless))
    return Guarded(
        refused=refused,
        used=tuple(sorted(names.intersection(allowed))),
    )


def _losses(change: LayerChange) -> Iterator[Refusal]:
    """Yield what is lost, one of each resource, a deletion rather than a replacement in another target."""
    found: dict[str, Refusal] = {}
    for group in change.groups:
        for item in group.resources:
            action = loss(item)
            known = found.get(item.logical_id)
            if action is not None and (known is None or action is Action.DELETE):
                found[item.logical_id] = Refusal(
                    change.layer, item.logical_id, item.type, action, item.pointer, item.kept
                )
    yield from (found[name] for name in sorted(found))


def loss(change: ResourceChange) -> Action | None:
    """Return how the data of a resource go: `DELETE`, `REPLACE`, `UPDATE` where it may be replaced, or None."""
    if not change.stateful:
        return None
    if change.action in (Action.DELETE, Action.REPLACE):
        return change.action
    may = any(item.effect is Effect.MAY_REPLACE for item in change.properties)
    return Action.UPDATE if may else None


def _needless(name: str, names: Collection[str]) -> Diagnostic:
    near = closest(name, names)
    return Diagnostic(
        "needless-allowance",
        Severity.ERROR,
        f"--allow-replace {name} allows nothing: no resource of that name is about to be replaced or deleted",
        help=f"did you mean {near}" if near else "leave the option out",
    )
