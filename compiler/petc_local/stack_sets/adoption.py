"""Whether a stack can become an instance of a stack set, and with which overrides."""

from __future__ import annotations

from petc_local.stack_sets import stacks, templates
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.records import StackInstance, StackSet, Values

_SOUND = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)


def obstacle(definition: StackSet, instance: StackInstance) -> str | None:
    """Return why the stack of an instance cannot be imported; None when it can.

    "Stacks that contain NoEcho won't be imported" (user guide, "Importing a stack into StackSets"). That the stack
    must be in a status from which updates go on, and its template equal to the stack set's as a tree, is assumed.
    """
    stack = stacks.find(instance.target, instance.stack_id)
    if stack is None:
        return f"Stack {instance.stack_id} does not exist"
    if stack["StackStatus"] not in _SOUND:
        return f"Stack {instance.stack_id} is in {stack['StackStatus']} state and cannot be imported"
    if definition.hidden:
        return "Stacks with NoEcho parameters cannot be imported"
    if not _equal(str(stack.get("_template_body") or ""), definition.template):
        return f"The template of stack {instance.stack_id} is not that of StackSet {definition.name}"
    return None


def overrides(definition: StackSet, instance: StackInstance) -> Values:
    """Return the stack's parameter values that are not those of the stack set."""
    stack = stacks.find(instance.target, instance.stack_id) or {}
    given = stack.get("Parameters")
    held = {item["ParameterKey"]: item["ParameterValue"] for item in given} if isinstance(given, list) else {}
    return tuple(
        (key, str(held[key])) for key, value in definition.parameters if str(held.get(key, value)) != value
    )


def _equal(one: str, other: str) -> bool:
    try:
        return one == other or templates.read(one).tree == templates.read(other).tree
    except RequestRefused:
        return False
