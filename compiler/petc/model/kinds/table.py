"""The table of kinds: one row to add a kind of part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from petc.model.components import Function, Part, Service, Use
from petc.model.kinds import bucket, database, function, model, queue, secret, service
from petc.model.kinds.kind import PartKind
from petc.model.parties import Party
from petc.model.types import Stage

KINDS: tuple[PartKind[Any], ...] = (
    database.KIND,
    bucket.KIND,
    queue.KIND,
    secret.KIND,
    model.KIND,
    service.KIND,
    function.KIND,
)
"""In the order in which parts are told and settings given."""

BY_WORD: Mapping[str, PartKind[Any]] = {kind.word: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Named:
    """A part of a stage with its kind."""

    kind: PartKind[Any]
    part: Part


def parts_of(stage: Stage, kind: PartKind[Any]) -> Mapping[str, Part]:
    """Return the parts of one kind by name."""
    return cast("Mapping[str, Part]", getattr(stage, kind.section))


def every(stage: Stage) -> tuple[Named, ...]:
    """Return all parts of a stage, kind by kind, each kind in the order of the spec."""
    return tuple(Named(kind, part) for kind in KINDS for part in parts_of(stage, kind).values())


def find(stage: Stage, name: str) -> Named | None:
    """Return the part of that name, or None."""
    for kind in KINDS:
        if part := parts_of(stage, kind).get(name):
            return Named(kind, part)
    return None


def of_party(stage: Stage, party: Party) -> Named | None:
    """Return the part that a party of the access graph stands for, or None where it stands for none."""
    kind = BY_WORD.get(party.kind)
    part = parts_of(stage, kind).get(party.name) if kind else None
    return Named(kind, part) if kind and part else None


def used(stage: Stage, user: Service | Function) -> Iterator[tuple[Named, Use]]:
    """Yield the parts that a part uses, kind by kind, each kind in the order of `uses`."""
    found = [(item, use) for use in user.uses.values() if (item := find(stage, use.name))]
    for kind in KINDS:
        yield from ((item, use) for item, use in found if item.kind is kind)
