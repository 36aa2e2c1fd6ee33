"""What petc adds to MiniStack, as the server installs and keeps it."""

from __future__ import annotations

from petc.local import enforcing, quotas, stack_sets, types
from petc.local.state import Part


def install() -> None:
    """Add the resource types, the StackSets service, given quotas, and what decisions by policies need."""
    enforcing.install()
    types.install()
    stack_sets.install()
    quotas.install()


def parts() -> dict[str, Part]:
    """Return how each part of the extension is kept."""
    return {"types": (types.dump, types.load), "stack-sets": (stack_sets.dump, stack_sets.load)}
