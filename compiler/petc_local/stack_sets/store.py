"""The one place that holds the service's state, and the look-ups in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.records import InstanceTarget, Result, SetOperation, StackInstance, StackSet


@dataclass(slots=True)
class Store:
    """Every record of the service; only the event loop's thread touches it."""

    sets: dict[str, StackSet] = field(default_factory=dict)
    names: dict[tuple[str, str, str], str] = field(default_factory=dict)
    instances: dict[str, dict[InstanceTarget, StackInstance]] = field(default_factory=dict)
    operations: dict[str, dict[str, SetOperation]] = field(default_factory=dict)
    results: dict[tuple[str, str], dict[InstanceTarget, Result]] = field(default_factory=dict)
    trusted: set[str] = field(default_factory=set)


STORE = Store()
"""The state of this process."""


def now() -> str:
    """Return the time as AWS writes it, to the millisecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def add_set(record: StackSet) -> None:
    """Remember a new stack set."""
    STORE.sets[record.identifier] = record
    STORE.names[record.account, record.region, record.name] = record.identifier
    STORE.instances[record.identifier] = {}
    STORE.operations[record.identifier] = {}


def find_set(account: str, region: str, name_or_id: str) -> StackSet:
    """Return the stack set of an administrator's region by name or unique id.

    A deleted one is found by its id only (assumed, as for stacks: DescribeStacks, `StackName`).
    Raises StackSetNotFoundException (botocore shape of that name).
    """
    record = STORE.sets.get(STORE.names.get((account, region, name_or_id), name_or_id))
    if record is None or (record.account, record.region) != (account, region):
        raise RequestRefused("StackSetNotFoundException", f"StackSet {name_or_id} not found")
    return record


def active_set(account: str, region: str, name_or_id: str) -> StackSet:
    """Return a stack set that is not deleted; raises StackSetNotFoundException."""
    record = find_set(account, region, name_or_id)
    if record.status != "ACTIVE":
        raise RequestRefused("StackSetNotFoundException", f"StackSet {name_or_id} not found")
    return record


def find_operation(record: StackSet, operation_id: str) -> SetOperation:
    """Return an operation of a stack set; raises OperationNotFoundException (botocore shape of that name)."""
    found = STORE.operations[record.identifier].get(operation_id)
    if found is None:
        raise RequestRefused("OperationNotFoundException", f"Operation {operation_id} not found")
    return found


def put_operation(operation: SetOperation) -> None:
    """Remember an operation or its new state."""
    STORE.operations[operation.set_id][operation.identifier] = operation


def put_instance(instance: StackInstance) -> None:
    """Remember an instance or its new state."""
    STORE.instances[instance.set_id][instance.target] = instance


def put_result(operation: SetOperation, target: InstanceTarget, result: Result) -> None:
    """Remember what an operation does in one target."""
    STORE.results[operation.set_id, operation.identifier][target] = result
