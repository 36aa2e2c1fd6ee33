"""A StackSets service over MiniStack's stacks, with the semantics that AWS documents."""

from __future__ import annotations

from petc_local.stack_sets.organization import add_account, join
from petc_local.stack_sets.persistence import dump, load, reset
from petc_local.stack_sets.simulated import simulate
from petc_local.stack_sets.table import install

__all__ = ["add_account", "dump", "install", "join", "load", "reset", "simulate"]
