"""The stage tree: what the spec says for one stage, every value where it was written."""

from __future__ import annotations

from petc.model.inherit import inherited
from petc.model.shorthand import written_out
from petc.source.overlay import overlay
from petc.source.tree import Node


def stage_tree(base: Node, stage: str) -> Node:
    """Return the base with short forms written out, the stage laid over it, and defaults laid under each part.

    Raises `Rejected` when the stage is not there, or removes what is not there.
    """
    return inherited(overlay(written_out(base), stage))
