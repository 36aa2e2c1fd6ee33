"""Resources of stacks that fail or take long, by the rules in force."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners, stacks

from petc_local.fault_rules import FaultKind, Table

Step = Callable[..., Any]


def install(table: Table) -> None:
    """Let the rules of the table decide over each resource that a stack makes, changes or deletes.

    MiniStack 1.5.33 does this by three functions, which its stacks and its nested stacks call by name; the
    handlers of all types, those of the extension too, stand behind them. A resource whose properties stay
    the same is not touched by an update, as on AWS, so no rule is met.
    """
    create, update, delete = (
        provisioners._provision_resource,
        provisioners._update_resource,
        provisioners._delete_resource,
    )
    on_worker = stacks._runs_on_worker_thread

    def provision(kind: str, logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        _meet(table, "create", logical_id, stack)
        return create(kind, logical_id, properties, stack)

    def change(
        kind: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical_id: str | None = None,
        *rest: Any,
        **named: Any,
    ) -> Any:
        if old != new:
            _meet(table, "update", logical_id or "", stack)
        return update(kind, physical_id, old, new, stack, logical_id, *rest, **named)

    def remove(
        kind: str,
        physical_id: str,
        properties: dict[str, Any],
        stack: str | None = None,
        logical_id: str | None = None,
    ) -> Any:
        _meet(table, "delete", logical_id or "", stack or "")
        return delete(kind, physical_id, properties, stack, logical_id)

    def leaves_the_loop(kind: str) -> bool:
        # Handlers run on the server's only loop; one that sleeps must not keep all others waiting.
        return on_worker(kind) or table.stalls()

    module: Any
    for module in (provisioners, stacks):
        module._provision_resource = provision
        module._update_resource = change
        module._delete_resource = remove
    module = stacks
    module._runs_on_worker_thread = leaves_the_loop


def _meet(table: Table, operation: str, logical_id: str, stack: str) -> None:
    place = (operation, logical_id, stack, get_account_id(), get_region())
    if rule := table.for_resource(FaultKind.STALL, *place):
        time.sleep(rule.seconds)
    if rule := table.for_resource(FaultKind.FAIL, *place):
        raise ValueError(rule.reason)
