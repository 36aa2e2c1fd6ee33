"""The journal's lines as JSON: the head with the operations of the plan, and what happened to them.

Each line carries a mark over itself and the line before, made with the user's own key: what others wrote, an
edit, a lost line and a torn end show. The journal names operations and holds nothing that could be sent: no
template, no parameter value.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from petc.deploy.execute.user_key import OwnKey
from petc.deploy.plan.types import Operation, OperationKind, Phase, Step
from petc.deploy.targets import Target

FORM = 2
"""The version of the form; a reader takes no other one."""

_DIGITS = 32
_UNMARKED = 1
"""The form of earlier versions, whose lines carried a sum that anybody can make."""


@dataclass(frozen=True, slots=True)
class Head:
    """Which operations a deployment consists of, as far as AWS has to be asked about them.

    `token` names the calls (`petc.deploy.aws.idempotency`).
    """

    spec: str
    stage: str
    engine: str
    account: str
    token: str
    steps: tuple[Step, ...]


def line(content: Mapping[str, object], before: str, key: OwnKey) -> tuple[str, str]:
    """Return a line with its end, and its mark, which the next line needs."""
    body = json.dumps(content, sort_keys=True, separators=(",", ":"))
    mark = _mark(body, before, key)
    return f"{mark} {body}\n", mark


def parsed(text: str, before: str, key: OwnKey) -> tuple[Mapping[str, object], str]:
    """Return what a line (without its end) says, and its mark; raises `ValueError` when it is not ours."""
    mark, _, body = text.partition(" ")
    if not hmac.compare_digest(mark.encode(), _mark(body, before, key).encode()):
        raise ValueError("it is damaged, or was written by another user or on another machine")
    content = json.loads(body)
    if not isinstance(content, dict):
        raise ValueError("a line is no object")
    return content, mark


def is_earlier(content: bytes) -> bool:
    """Whether a journal claims to be of an earlier version of petc, which anybody can write."""
    return _claimed(content.split(b"\n", 1)[0]).get("journal") == _UNMARKED


def is_earlier_and_finished(content: bytes) -> bool:
    """Whether a journal claims to be of an earlier version, and that nothing of it is open."""
    lines = content.split(b"\n")
    return is_earlier(content) and len(lines) > 1 and _claimed(lines[-2]).get("finished") is True


def head_content(head: Head) -> dict[str, object]:
    """Return the first line's content."""
    return {
        "journal": FORM,
        "spec": head.spec,
        "stage": head.stage,
        "engine": head.engine,
        "account": head.account,
        "token": head.token,
        "steps": [_of_step(step) for step in head.steps],
    }


def head_of(content: Mapping[str, object]) -> Head:
    """Return the head that a first line says; raises `ValueError` for any other content."""
    if content.get("journal") != FORM:
        raise ValueError(f"it has form {content.get('journal')}, this petc reads {FORM}")
    try:
        steps = tuple(_step(item) for item in _list(content["steps"]))
        return Head(**{name: _text(content[name]) for name in _TEXTS}, steps=steps)
    except KeyError as fault:
        raise ValueError(f"it lacks {fault}") from fault


_TEXTS = ("spec", "stage", "engine", "account", "token")


def _claimed(raw: bytes) -> Mapping[str, object]:
    try:
        said: object = json.loads(raw.partition(b" ")[2])
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _of_step(step: Step) -> dict[str, object]:
    return {
        "id": step.id,
        "layer": step.layer,
        "stem": step.stem,
        "phase": step.phase.value,
        "operations": [_of_operation(operation) for operation in step.operations],
    }


def _of_operation(operation: Operation) -> dict[str, object]:
    return {
        "id": operation.id,
        "kind": operation.kind.value,
        "name": operation.name,
        "targets": [str(target) for target in operation.targets],
    }


def _step(value: object) -> Step:
    item = _object(value)
    return Step(
        id=_text(item["id"]),
        layer=_text(item["layer"]),
        stem=_text(item["stem"]),
        phase=Phase(item["phase"]),
        operations=tuple(_operation(operation) for operation in _list(item["operations"])),
    )


def _operation(value: object) -> Operation:
    item = _object(value)
    return Operation(
        id=_text(item["id"]),
        kind=OperationKind(item["kind"]),
        name=_text(item["name"]),
        targets=tuple(Target.parse(text) for text in _texts(item["targets"])),
    )


def _mark(body: str, before: str, key: OwnKey) -> str:
    return key.mark(f"petc journal\n{before}\n{body}")[:_DIGITS]


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
