"""Stacks that a killed server left in the middle of something."""

from __future__ import annotations

from ministack.services import cloudformation

INTERRUPTED = "the local AWS was ended while this was in progress"
"""Why such a stack failed."""

_SETTLED = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
}
"""What becomes of a status when nobody goes on (CloudFormation User Guide, "Stack status codes"; that a stack
ends like this is assumed: AWS itself is never ended)."""


def settle() -> int:
    """End what no task will end any more, and return for how many stacks."""
    count = 0
    for stack in cloudformation._stacks._data.values():
        status = _SETTLED.get(stack["StackStatus"])
        if status:
            stack["StackStatus"] = status
            if status.endswith("FAILED"):
                stack["StackStatusReason"] = INTERRUPTED
            count += 1
    return count
