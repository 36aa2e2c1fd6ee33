"""What petc adds to MiniStack, as the server installs and keeps it."""

from __future__ import annotations

from petc.local import stack_sets, types
from petc.local.state import Part

_PARTS = {"types": types, "stack-sets": stack_sets}


def install() -> None:
    """Add the resource types and the StackSets service."""
    for part in _PARTS.values():
        if hasattr(part, "install"):
            part.install()


def parts() -> dict[str, Part]:
    """Return how each part of the extension is kept."""
    return {name: (part.dump, part.load) for name, part in _PARTS.items() if hasattr(part, "dump")}
