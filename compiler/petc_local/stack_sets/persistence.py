"""The service's state as plain values that survive a restart, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import UnionType
from typing import Literal, TypeVar, get_args, get_origin, get_type_hints

from petc_local.stack_sets import delays, operations
from petc_local.stack_sets.records import InstanceTarget, Result, SetOperation, StackInstance, StackSet
from petc_local.stack_sets.store import STORE, now

INTERRUPTED = "The service was stopped while the operation was in progress"
"""StatusReason of what a stop of the process cut off (assumed: AWS has no such thing)."""

Record = TypeVar("Record")


def dump() -> dict[str, object]:
    """Return the whole state as mappings, lists, texts, numbers and None; JSON can hold it."""
    return {
        "sets": [_encode(item) for item in STORE.sets.values()],
        "instances": [_encode(item) for items in STORE.instances.values() for item in items.values()],
        "operations": [_encode(item) for items in STORE.operations.values() for item in items.values()],
        "results": [
            {"set": key[0], "operation": key[1], "target": list(target), "result": _encode(result)}
            for key, items in STORE.results.items()
            for target, result in items.items()
        ],
        "trusted": sorted(STORE.trusted),
    }


def load(state: Mapping[str, object]) -> None:
    """Replace the whole state by what `dump` returned.

    Operations that were not over are FAILED with `INTERRUPTED` as their reason, or STOPPED if that was asked for;
    targets that ran FAILED, those that waited CANCELLED, and their instances are OUTDATED.
    """
    reset()
    for raw in _rows(state, "sets"):
        record = _decode(StackSet, raw)
        STORE.sets[record.identifier] = record
        STORE.instances[record.identifier] = {}
        STORE.operations[record.identifier] = {}
        if record.status == "ACTIVE":
            STORE.names[record.account, record.region, record.name] = record.identifier
    for raw in _rows(state, "operations"):
        operation = _decode(SetOperation, raw)
        STORE.operations[operation.set_id][operation.identifier] = _ended(operation)
        STORE.results[operation.set_id, operation.identifier] = {}
    for raw in _rows(state, "results"):
        key, target = (str(raw["set"]), str(raw["operation"])), _decode(InstanceTarget, raw["target"])
        STORE.results[key][target] = _ended_result(_decode(Result, raw["result"]))
    for raw in _rows(state, "instances"):
        instance = _decode(StackInstance, raw)
        STORE.instances[instance.set_id][instance.target] = _ended_instance(instance)
    trusted = state.get("trusted")
    STORE.trusted.update(trusted if isinstance(trusted, list) else ())


def reset() -> None:
    """Forget everything, and stop what runs."""
    operations.forget()
    delays.clear()
    for part in (STORE.sets, STORE.names, STORE.instances, STORE.operations, STORE.results):
        part.clear()
    STORE.trusted.clear()


def _ended(operation: SetOperation) -> SetOperation:
    if operation.status in ("RUNNING", "QUEUED"):
        return replace(operation, status="FAILED", ended=now(), reason=INTERRUPTED)
    if operation.status == "STOPPING":
        return replace(operation, status="STOPPED", ended=now(), reason=INTERRUPTED)
    return operation


def _ended_result(result: Result) -> Result:
    if result.status == "RUNNING":
        return replace(result, status="FAILED", reason=INTERRUPTED)
    if result.status == "PENDING":
        return replace(result, status="CANCELLED", reason=INTERRUPTED)
    return result


def _ended_instance(instance: StackInstance) -> StackInstance:
    status: Literal["INOPERABLE", "OUTDATED"] = (
        "INOPERABLE" if instance.status == "INOPERABLE" else "OUTDATED"
    )
    if instance.detailed == "RUNNING":
        return replace(instance, status=status, detailed="FAILED", reason=INTERRUPTED)
    if instance.detailed == "PENDING":
        return replace(instance, status=status, detailed="CANCELLED", reason=INTERRUPTED)
    return instance


def _rows(state: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    rows = state.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _encode(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _encode(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(kind: type[Record], raw: object) -> Record:
    found = _value(kind, raw)
    if not isinstance(found, kind):
        raise ValueError(f"{raw!r} is no {kind.__name__}")
    return found


def _value(kind: object, raw: object) -> object:
    """Return `raw` as the type that a record's annotation names."""
    if get_origin(kind) in (UnionType,):
        return (
            None
            if raw is None
            else _value(next(item for item in get_args(kind) if item is not type(None)), raw)
        )
    if kind is InstanceTarget and isinstance(raw, list):
        return InstanceTarget(*raw)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(raw, Mapping):
        hints = get_type_hints(kind)
        return kind(**{name: _value(hints[name], inner) for name, inner in raw.items() if name in hints})
    if get_origin(kind) is tuple and isinstance(raw, list):
        kinds = get_args(kind)
        inner = kinds[0]
        return tuple(_value(inner if kinds[-1] is ... else kinds[at], item) for at, item in enumerate(raw))
    return raw
