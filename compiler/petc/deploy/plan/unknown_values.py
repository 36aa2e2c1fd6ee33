"""Values that are known after a deployment only, and what follows from them for those who refer to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from petc.deploy.plan import effects
from petc.deploy.plan.references import Reference, located
from petc.deploy.plan.resource_changes import dotted, name_of, updated, value_at
from petc.deploy.plan.secret_values import masked
from petc.deploy.plan.types import Action, Effect, PropertyChange, ResourceChange
from petc.deploy.plan.values_diff import Path
from petc.source.tree import Json
from petc.verify.rendered import mapping


@dataclass(slots=True)
class Touched:
    """What a reference may no longer be sure of: whole resources, attributes of resources, imports."""

    whole: set[str]
    attributes: set[tuple[str, str]]
    imports: frozenset[str]

    def hits(self, reference: Reference) -> bool:
        """Whether the value of the reference is known after the deployment only."""
        if reference.imported:
            return reference.name in self.imports
        if reference.name in self.whole:
            return True
        return (reference.name, reference.attribute.partition(".")[0]) in self.attributes

    def learn(self, change: ResourceChange) -> bool:
        """Take a resource's change in; return whether it says anything new."""
        before = len(self.whole) + len(self.attributes)
        if change.action in (Action.CREATE, Action.REPLACE) or any(
            item.effect is Effect.MAY_REPLACE for item in change.properties
        ):
            self.whole.add(change.logical_id)
        # A property that GetAtt also returns reads the same both ways.
        self.attributes.update(
            (change.logical_id, item.path.split(".")[1])
            for item in change.properties
            if item.path.startswith("Properties.")
        )
        return len(self.whole) + len(self.attributes) > before


def propagated(
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    changes: dict[str, ResourceChange],
    moved: frozenset[str],
) -> Touched:
    """Add to the changes what follows from values that are known after the deployment only."""
    touched = Touched(set(), set(), moved)
    references = {
        name: [
            (path, reference)
            for path, reference in located(mapping(mapping(after[name]).get("Properties")))
            if reference.imported or reference.name in after
        ]
        for name in before.keys() & after.keys()
    }
    for change in changes.values():
        touched.learn(change)
    again = True
    while again:
        again = False
        for name in sorted(references):
            hits = [(path, item) for path, item in references[name] if touched.hits(item)]
            if not hits:
                continue
            known = changes.get(name)
            found = _with_unknown(mapping(before[name]), mapping(after[name]), known, hits)
            if known is None or found != known.properties:
                changes[name] = updated(name, mapping(after[name]), found)
                again = touched.learn(changes[name]) or again
    return touched


def _with_unknown(
    old: Mapping[str, Json],
    new: Mapping[str, Json],
    known: ResourceChange | None,
    hits: Iterable[tuple[Path, Reference]],
) -> tuple[PropertyChange, ...]:
    waiting: dict[Path, set[str]] = {}
    for path, reference in hits:
        waiting.setdefault(path, set()).add(str(reference))
    found = {item.path: item for item in (known.properties if known else ())}
    type_name = str(new.get("Type", ""))
    for path, names in waiting.items():
        here = dotted(path)
        cover = next((at for at in found if here == at or here.startswith(f"{at}.")), here)
        if cover not in found:
            found[cover] = PropertyChange(
                here,
                masked(value_at(old.get("Properties", {}), path), name_of(new, path)),
                masked(value_at(new.get("Properties", {}), path), name_of(new, path)),
                effects.of(type_name, path),
            )
        item = found[cover]
        found[cover] = replace(item, unknown=tuple(sorted({*item.unknown, *names})))
    return tuple(sorted(found.values(), key=lambda item: item.path))
