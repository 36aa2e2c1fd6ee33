"""Exports that other stacks import: what MiniStack lets happen to them and AWS does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers, stacks

_GONE = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
"""States of a stack without resources, which imports nothing."""


class ExportInUseError(ValueError):
    """An export is taken, or is imported and would change; the text is CloudFormation's reason."""


def enter() -> None:
    """Check exports where MiniStack resolves the outputs of a stack, and where it deletes one.

    MiniStack publishes any value under any name, forgets to take removed exports away, and looks for
    importers among stacks in a complete state only, although a failed one imports all the same.
    """
    if not hasattr(stacks._resolve_stack_outputs, "petc"):
        _put(stacks, "_resolve_stack_outputs", _checked(stacks._resolve_stack_outputs))
        delete = _guarded(handlers._delete_stack)
        _put(handlers, "_delete_stack", delete)
        handlers._ACTION_HANDLERS["DeleteStack"] = delete


def _put(module: Any, name: str, function: Any) -> None:
    function.petc = True
    setattr(module, name, function)


def _checked(own: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(*arguments: Any) -> Any:
        outputs, exports = own(*arguments)
        stack_name, stack_id = arguments[-2:]
        held = {
            name: export["Value"]
            for name, export in cloudformation._exports.items()
            if export["StackId"] == stack_id
        }
        _refuse_taken(exports, stack_id)
        _refuse_changes(held, exports, stack_name)
        for name in held.keys() - exports.keys():
            cloudformation._exports.pop(name, None)
        return outputs, exports

    return resolve


def _refuse_taken(exports: Mapping[str, Mapping[str, str]], stack_id: str) -> None:
    """Refuse a name that another stack exports ("Outputs": unique in an account and region)."""
    for name in exports:
        other = cloudformation._exports.get(name)
        if other is not None and other["StackId"] != stack_id:
            owner = other["StackId"].split("/")[1]
            raise ExportInUseError(f"Export with name {name} is already exported by stack {owner}")


def _refuse_changes(
    held: Mapping[str, str], exports: Mapping[str, Mapping[str, str]], stack_name: str
) -> None:
    """Refuse to change or drop what is imported ("Get exported outputs from a deployed stack")."""
    for name, value in held.items():
        wanted = exports.get(name)
        if wanted is not None and wanted["Value"] == value:
            continue
        if users := importers(name, stack_name):
            verb = "delete" if wanted is None else "update"
            raise ExportInUseError(f"Cannot {verb} export {name} as it is in use by {_listed(users)}.")


def importers(export: str, exporter: str) -> tuple[str, ...]:
    """Return the names of other stacks that import it, in the account and region of the request, sorted."""
    return tuple(
        sorted(
            name
            for name, stack in cloudformation._stacks.items()
            if name != exporter
            and stack.get("StackStatus") not in _GONE
            and export in handlers._imported_export_names(stack, name)
        )
    )


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _guarded(own: Callable[..., Any]) -> Callable[..., Any]:
    def delete(params: Any) -> Any:
        stack = handlers._resolve_stack(helpers._p(params, "StackName"))
        if stack is not None and stack["StackStatus"] not in _GONE:
            for output in stack.get("Outputs", ()):
                name = output.get("ExportName")
                if name and (users := importers(name, stack["StackName"])):
                    # AWS takes the call, and cancels the delete a moment later; MiniStack refuses the call.
                    return helpers._error("ValidationError", f"Export {name} is imported by stack {users[0]}")
        return own(params)

    return delete
