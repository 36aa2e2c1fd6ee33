"""Rules about `moved`: a new name that exists, an old name that is free."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model import queries
from petc.model.rules.rule import Case, Found, Rule
from petc.source.suggest import closest
from petc.source.tree import pointer


def _nothing(case: Case) -> Iterator[Found]:
    names = {part.name for _, part in queries.named(case.stage)}
    for new in case.stage.moved:
        if new not in names:
            meant = closest(new, names)
            yield Found(
                pointer("moved", new),
                f"`{new}` is no part of this spec, so nothing moved to it",
                f"did you mean `{meant}`?" if meant else "write the new name first, then the old one",
                on_key=True,
            )


def _conflict(case: Case) -> Iterator[Found]:
    places = {part.name: part.at for _, part in queries.named(case.stage)}
    first: dict[str, str] = {}
    for new, old in case.stage.moved.items():
        at = pointer("moved", new)
        if new not in places:
            continue
        if old == new:
            yield Found(at, f"`{new}` moved to itself", "remove the entry")
        elif old in first:
            yield Found(
                at,
                f"`{first[old]}` and `{new}` cannot both have been `{old}`",
                "remove one of the entries",
                (Related("the other entry", pointer=pointer("moved", first[old])),),
            )
        elif old in places and old not in case.stage.moved:
            yield Found(
                at,
                f"`{old}` is still the name of a part, so `{new}` cannot take over what it made",
                "give that part another name, or remove the entry",
                (Related(f"the part `{old}`", pointer=places[old]),),
            )
        first.setdefault(old, new)


MOVED_NOTHING = Rule(
    Code(
        "moved-nothing",
        Severity.ERROR,
        "a renamed part that does not exist",
        "`moved` maps the new name to the old one, and keeps what was made under the old. An entry without "
        "its part keeps nothing: the renamed part would be made anew and the old one deleted, with its "
        "data.",
        bad="moved: {order-service: orders}\n",
        good="moved: {orders: order-service}\n",
    ),
    _nothing,
)

MOVED_CONFLICT = Rule(
    Code(
        "moved-conflict",
        Severity.ERROR,
        "an old name that is still in use",
        "What was made under a name belongs to one part. Two parts that claim it would be two resources of "
        "one logical id.",
        bad="""\
secrets: {map-key: {}}
services: {orders: {uses: {map-key: {}}}}
moved: {map-key: orders-user}
""",
        good="""\
secrets: {map-key: {}}
services: {orders: {uses: {map-key: {}}}}
moved: {map-key: tiles-key}
""",
    ),
    _conflict,
)

RULES = (MOVED_NOTHING, MOVED_CONFLICT)
