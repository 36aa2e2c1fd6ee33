"""Ids of operations and steps, which follow from their content alone."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

from petc.deploy.plan.types import Operation, Phase

_OTHER = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 100
_DIGITS = 12


def named(operation: Operation, stem: str, phase: Phase) -> Operation:
    """Return the operation with its id: layer, phase, kind and the digest of everything in it."""
    content = [
        operation.kind.value,
        operation.name,
        [str(target) for target in operation.targets],
        operation.template,
        operation.parameters,
        operation.overrides,
        operation.cleared,
        operation.capabilities,
        operation.tags,
        operation.retain,
    ]
    return replace(operation, id=_joined(stem, f"{phase.value}-{operation.kind.value}", content))


def of_step(stem: str, phase: Phase, operations: tuple[Operation, ...]) -> str:
    """Return the id of a step whose operations have theirs."""
    return _joined(stem, phase.value, [operation.id for operation in operations])


def _joined(stem: str, word: str, content: object) -> str:
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:_DIGITS]
    label = _OTHER.sub("-", stem)[: _LONGEST - _DIGITS - len(word) - 2].strip("-") or "layer"
    return f"{label}-{word}-{digest}"
