"""A plan as bytes and back: canonical JSON, complete, with a seal that shows every edit."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Union, cast, get_args, get_origin, get_type_hints

from petc.deploy.plan import codes
from petc.deploy.plan.types import MISSING, Missing, Plan
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

SCHEMA = 2
"""The version of the document's form; a reader refuses another one."""

_FORM = "petc-plan"


def to_bytes(plan: Plan, preflight: object = None) -> bytes:
    """Return the canonical bytes: JSON with sorted keys, in ASCII, and the digest of all the rest as seal.

    `proof` and `cost` are the places of the access proof and of the cost estimate, which are joined by who
    makes them; they are null until then. `preflight` holds what the targets answered, as JSON values; it stands
    beside the seal, since another day may answer otherwise and the plan is still the same.
    """
    content: dict[str, object] = {
        "form": _FORM,
        "schema": SCHEMA,
        "plan": _encoded(plan),
        "proof": None,
        "cost": None,
    }
    beside = {} if preflight is None else {"preflight": preflight}
    return _canonical(content | beside | {"seal": _digest(_canonical(content))})


def from_bytes(content: bytes) -> Plan:
    """Return the plan that was written as these bytes.

    Raises `Rejected` with `plan-file-unreadable` for any other bytes: an edit is always found.
    """
    try:
        data = json.loads(content)
        if data["form"] != _FORM:
            raise ValueError("it is no plan")
        if data["schema"] != SCHEMA:
            raise ValueError(f"it has version {data['schema']}, this petc reads {SCHEMA}")
        plan = cast("Plan", _decoded(Plan, data["plan"]))
        sealed = {key: value for key, value in data.items() if key not in ("seal", "preflight")}
        if data["seal"] != _digest(_canonical(sealed)) or content != _canonical(data):
            raise ValueError("it was edited, its seal does not fit")
        if any(_digest(text.encode()) != name for name, text in plan.templates.items()):
            raise ValueError("a template is not the one that its digest names")
    except (KeyError, TypeError, AttributeError, RecursionError, UnicodeDecodeError) as fault:
        raise _unreadable("it is not a plan that petc writes") from fault
    except json.JSONDecodeError as fault:
        raise _unreadable("it is not JSON") from fault
    except ValueError as fault:
        raise _unreadable(str(fault)) from fault
    return plan


def _unreadable(why: str) -> Rejected:
    return codes.PLAN_FILE_UNREADABLE.because(
        f"the plan file cannot be executed: {why}",
        help="make it again with petc plan --out",
    )


def _canonical(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode("ascii")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _encoded(value: object) -> object:
    """Return a value as JSON: targets as text, a missing property as a missing key."""
    if isinstance(value, Target):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        held = {item.name: getattr(value, item.name) for item in fields(value)}
        return {name: _encoded(item) for name, item in held.items() if not isinstance(item, Missing)}
    if isinstance(value, tuple | list):
        return [_encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encoded(item) for key, item in value.items()}
    return value


@cache
def _hints(kind: type) -> dict[str, object]:
    # `Json` refers to itself, which annotations cannot be evaluated with; any value will do for it.
    return get_type_hints(kind, localns={"Json": object})


def _decoded(kind: object, value: object) -> object:
    """Return the value of a type that was written as JSON; raises `TypeError` or `ValueError` for others."""
    if kind is Target:
        return Target.parse(_text(value))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, value)
    origin = get_origin(kind)
    if origin is tuple:
        return _tuple(get_args(kind), value)
    if origin is not None and issubclass(origin, Mapping) if isinstance(origin, type) else False:
        if not isinstance(value, dict):
            raise TypeError("not an object")
        _, item = get_args(kind)
        return {_text(key): _decoded(item, held) for key, held in value.items()}
    if kind is str:
        return _text(value)
    if kind is bool and not isinstance(value, bool):
        raise TypeError("neither true nor false")
    if kind is bool or origin in (Union, types.UnionType):
        return value  # a value of a template: any JSON
    raise TypeError(f"no form of {kind}")


def _dataclass(kind: type, value: object) -> object:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    hints = _hints(kind)
    if value.keys() - hints.keys():
        raise TypeError(f"{kind.__name__} has no {sorted(value.keys() - hints.keys())}")
    held = {name: _decoded(hint, value[name]) if name in value else MISSING for name, hint in hints.items()}
    for name, hint in hints.items():
        if held[name] is MISSING and Missing not in get_args(hint):
            raise KeyError(name)
    return kind(**held)


def _tuple(kinds: tuple[object, ...], value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_decoded(kinds[0], item) for item in value)
    return tuple(_decoded(kind, item) for kind, item in zip(kinds, value, strict=True))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
