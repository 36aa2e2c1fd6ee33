"""What the change of a property does to its resource."""

from __future__ import annotations

from petc.deploy.plan.types import Effect
from petc.resources.schemas import FALLBACK_REGION, schema

INTERRUPTING: dict[str, frozenset[str]] = {}
"""By type: properties whose update interrupts the resource."""


def of(type_name: str, path: tuple[str | int, ...]) -> Effect:
    """Return the effect of a change at a path below `Properties`."""
    known = schema(type_name, FALLBACK_REGION)
    if known is None:
        # Without a schema nothing says what is fixed at creation; custom resources decide for themselves.
        return Effect.MAY_REPLACE if type_name.startswith("AWS::") else Effect.IN_PLACE
    dotted = ".".join("*" if isinstance(part, int) else part for part in path)
    if _touches(dotted, known.create_only):
        return Effect.REPLACES
    if _touches(dotted, known.conditional_create_only):
        return Effect.MAY_REPLACE
    if _touches(dotted, INTERRUPTING.get(type_name, ())):
        return Effect.INTERRUPTS
    return Effect.IN_PLACE


def _touches(dotted: str, properties: frozenset[str] | tuple[str, ...]) -> bool:
    """Whether the change lies at, below or around one of the properties."""
    return any(
        dotted == item or dotted.startswith(f"{item}.") or item.startswith(f"{dotted}.")
        for item in properties
    )
