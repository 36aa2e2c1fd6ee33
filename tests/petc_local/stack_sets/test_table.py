"""The table of actions."""

from __future__ import annotations

from petc_local.stack_sets import model
from petc_local.stack_sets.table import ACTIONS


def test_every_action_of_stack_sets_is_there() -> None:
    known = {
        name for name in model.service().operation_names if "StackSet" in name or "StackInstance" in name
    }

    assert known - ACTIONS.keys() == set()


def test_every_action_is_one_of_cloudformation() -> None:
    assert ACTIONS.keys() <= set(model.service().operation_names)
