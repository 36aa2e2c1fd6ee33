"""The logical ids that the rule predicts are those of the templates."""

from __future__ import annotations

import pytest

from petc.layers.table import LAYERS
from petc.model.rules.ids import made, security_rules
from tests.specs import reference

ELSEWHERE = ("aws_native", "notification")
"""Layers of functions by trigger; the prediction speaks of `functions`."""


def emitted(stage_name: str) -> dict[str, set[str]]:
    """Return the logical ids and outputs of each layer of the reference spec."""
    found = {}
    for layer in LAYERS:
        template = layer.emit(reference(stage_name)).template
        sections = (
            template.get(section, {}) for section in ("Resources", "Outputs", "Parameters", "Conditions")
        )
        found[layer.name] = {name for section in sections if isinstance(section, dict) for name in section}
    found["functions"] |= set().union(*(found[name] for name in ELSEWHERE))
    return found


@pytest.mark.parametrize("stage_name", ["dev", "prod"])
def test_what_is_predicted_of_parts_that_are_always_made_is_there(stage_name: str) -> None:
    """Most roles are made whatever a part's options; those that depend on them are left out here."""
    depending = (
        "DeadLetters",
        "Scal",
        "DesiredCountFrom",
        "FirstTasks",
        "Schedule",
        "Rotation",
        "Relabelled",
        "Subscription",
        "Asynchronous",
        "BacklogPolicy",
        "EventSource",
        "Network",
        "Discovery",
    )
    there = emitted(stage_name)

    missing = [
        item.id
        for item in (*made(reference(stage_name)), *security_rules(reference(stage_name)))
        if item.id not in there[item.layer] and not item.id.startswith(depending)
    ]

    assert missing == []
