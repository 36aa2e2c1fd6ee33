"""Stack events of an update: none for a resource that stays as it is, as on AWS."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from ministack.services.cloudformation import stacks


@dataclass(frozen=True, slots=True)
class _Held:
    """An event held back: of which resource, and how it is told after all."""

    resource: tuple[str, str]
    tell: Callable[[], None]


_HELD: ContextVar[_Held | None] = ContextVar("start of an update that may turn out to be none", default=None)
_UNCHANGED: ContextVar[bool] = ContextVar("the resource stays as it is", default=False)
# Each operation of a stack is a task with a context of its own, which takes resources in turn.


def enter() -> None:
    """Hold back the event that an update starts until it is known whether the resource changes.

    MiniStack tells start and end of an update of every resource of the template. It compares old and new
    properties where it looks for forbidden replacements, which is where a change is noticed here.
    """
    module: Any = stacks
    if hasattr(module._add_event, "petc"):
        return
    module._add_event = _sifting(module._add_event)
    module._custom_named_replacement_error = _noticing(module._custom_named_replacement_error)
    module._provision_keeping_seed = _releasing(module._provision_keeping_seed)


def _sifting(own: Callable[..., None]) -> Callable[..., None]:
    def add(
        stack_id: str, stack_name: str, logical_id: str, kind: str, status: str, *rest: Any, **named: Any
    ) -> None:
        tell = partial(own, stack_id, stack_name, logical_id, kind, status, *rest, **named)
        if status == "UPDATE_IN_PROGRESS" and logical_id != stack_name and not rest and not named:
            _HELD.set(_Held((stack_id, logical_id), tell))
            _UNCHANGED.set(False)
            return
        held = _HELD.get()
        if (
            status == "UPDATE_COMPLETE"
            and _UNCHANGED.get()
            and held
            and held.resource == (stack_id, logical_id)
        ):
            _HELD.set(None)
            return
        _release()
        tell()

    function: Any = add
    function.petc = True
    return add


def _noticing(own: Callable[..., Any]) -> Callable[..., Any]:
    def refusal(kind: str, old: Any, new: Any, *rest: Any) -> Any:
        if old == new:
            _UNCHANGED.set(True)
        else:
            _release()
        return own(kind, old, new, *rest)

    return refusal


def _releasing(own: Callable[..., Any]) -> Callable[..., Any]:
    def provision(*arguments: Any) -> Any:
        _release()
        return own(*arguments)

    return provision


def _release() -> None:
    held = _HELD.get()
    if held is not None:
        _HELD.set(None)
        held.tell()
