"""The resource types that MiniStack lacks, and attributes that its own types leave out."""

from __future__ import annotations

from petc.local.types import mended, replacing, standing, table


def install() -> None:
    """Add what is missing to MiniStack."""
    mended.enter()
    table.enter()
    replacing.enter(standing.STANDING)
