"""The journal's lines as JSON: the head with the steps of the plan, and what happened to operations.

Each line carries a sum over itself and the line before, so that an edit, a lost line and a torn end show.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from petc.deploy.plan.types import Kind, Operation, Phase, Step
from petc.deploy.targets import Target

FORM = 1
"""The version of the form; a reader takes no other one."""

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Head:
    """What a deployment is made of, complete enough to go on without the spec.

    `root` and `seen` are those of the plan. `token` names the calls (`petc.deploy.aws.tokens`).
    `templates` holds the texts that the operations name by digest.
    """

    spec: str
    stage: str
    engine: str
    account: str
    root: str
    seen: str
    token: str
    steps: tuple[Step, ...]
    templates: Mapping[str, str]


def line(content: Mapping[str, object], before: str) -> tuple[str, str]:
    """Return a line with its end, and its sum, which the next line needs."""
    body = json.dumps(content, sort_keys=True, separators=(",", ":"))
    total = _sum(body, before)
    return f"{total} {body}\n", total


def parsed(text: str, before: str) -> tuple[Mapping[str, object], str]:
    """Return what a line (without its end) says, and its sum; raises `ValueError` when it does not fit."""
    total, _, body = text.partition(" ")
    if total != _sum(body, before):
        raise ValueError("the sum of a line does not fit")
    content = json.loads(body)
    if not isinstance(content, dict):
        raise ValueError("a line is no object")
    return content, total


def head_content(head: Head) -> dict[str, object]:
    """Return the first line's content."""
    return {
        "journal": FORM,
        "spec": head.spec,
        "stage": head.stage,
        "engine": head.engine,
        "account": head.account,
        "root": head.root,
        "seen": head.seen,
        "token": head.token,
        "steps": [_of_step(step) for step in head.steps],
        "templates": dict(head.templates),
    }


def head_of(content: Mapping[str, object]) -> Head:
    """Return the head that a first line says; raises `ValueError` for any other content."""
    if content.get("journal") != FORM:
        raise ValueError(f"it has form {content.get('journal')}, this petc reads {FORM}")
    try:
        steps = tuple(_step(item) for item in _list(content["steps"]))
        texts = {name: _text(content[name]) for name in _TEXTS}
        templates = _object(content["templates"])
        return Head(**texts, steps=steps, templates={key: _text(value) for key, value in templates.items()})
    except KeyError as fault:
        raise ValueError(f"it lacks {fault}") from fault


_TEXTS = ("spec", "stage", "engine", "account", "root", "seen", "token")


def _of_step(step: Step) -> dict[str, object]:
    return {
        "id": step.id,
        "layer": step.layer,
        "stem": step.stem,
        "phase": step.phase.value,
        "after": list(step.after),
        "operations": [_of_operation(operation) for operation in step.operations],
    }


def _of_operation(operation: Operation) -> dict[str, object]:
    return {
        "id": operation.id,
        "kind": operation.kind.value,
        "name": operation.name,
        "targets": [str(target) for target in operation.targets],
        "template": operation.template,
        "parameters": [list(pair) for pair in operation.parameters],
        "overrides": [list(pair) for pair in operation.overrides],
        "cleared": list(operation.cleared),
        "capabilities": list(operation.capabilities),
        "tags": [list(pair) for pair in operation.tags],
        "retain": operation.retain,
    }


def _step(value: object) -> Step:
    item = _object(value)
    return Step(
        id=_text(item["id"]),
        layer=_text(item["layer"]),
        stem=_text(item["stem"]),
        phase=Phase(item["phase"]),
        operations=tuple(_operation(operation) for operation in _list(item["operations"])),
        after=_texts(item["after"]),
    )


def _operation(value: object) -> Operation:
    item = _object(value)
    return Operation(
        id=_text(item["id"]),
        kind=Kind(item["kind"]),
        name=_text(item["name"]),
        targets=tuple(Target.parse(text) for text in _texts(item["targets"])),
        template=_text(item["template"]),
        parameters=_pairs(item["parameters"]),
        overrides=_pairs(item["overrides"]),
        cleared=_texts(item["cleared"]),
        capabilities=_texts(item["capabilities"]),
        tags=_pairs(item["tags"]),
        retain=item["retain"] is True,
    )


def _sum(body: str, before: str) -> str:
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()[:_DIGITS]


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    pairs = (_texts(item) for item in _list(value))
    return tuple((name, text) for name, text in pairs)
