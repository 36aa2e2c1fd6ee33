"""A StackSets service over MiniStack's stacks, with the semantics that AWS documents."""

from __future__ import annotations

from petc.local.stack_sets.table import install

__all__ = ["install"]
