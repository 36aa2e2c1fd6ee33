"""Parameters of stacks that exclude each other, which CloudFormation refuses and MiniStack does not.

Sources: CloudFormation API Reference, CreateStack ("either ... or ..., but not both", for the template, the stack
policy, and OnFailure beside DisableRollback), UpdateStack, CreateChangeSet and ValidateTemplate; the Parameter data
type (UsePreviousValue beside ParameterValue). The wording of the messages is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services.cloudformation import handlers, helpers

_ERROR: Callable[[str, str], Any] = helpers._error
_TEMPLATE = ("TemplateBody", "TemplateURL")
_TEMPLATE_OR_PREVIOUS = (*_TEMPLATE, "UsePreviousTemplate")
_POLICY = ("StackPolicyBody", "StackPolicyURL")
_POLICY_DURING_UPDATE = ("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL")

EXCLUSIVE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "CreateStack": (_TEMPLATE, _POLICY, ("OnFailure", "DisableRollback")),
    "UpdateStack": (_TEMPLATE_OR_PREVIOUS, _POLICY, _POLICY_DURING_UPDATE),
    "CreateChangeSet": (_TEMPLATE_OR_PREVIOUS,),
    "ValidateTemplate": (_TEMPLATE,),
    "SetStackPolicy": (_POLICY,),
}
"""Groups of parameters by action; at most one of a group may be given. UsePreviousTemplate counts when it is true."""


def refusal(action: str, parameters: Mapping[str, Any]) -> str:
    """Return why CloudFormation refuses the parameters of a request, or nothing."""
    for group in EXCLUSIVE.get(action, ()):
        given = [name for name in group if _is_given(parameters, name)]
        if len(given) > 1:
            return f"You must specify only one of {', '.join(group)}; {' and '.join(given)} were given"
    index = 1
    while key := _text(parameters, f"Parameters.member.{index}.ParameterKey"):
        value = f"Parameters.member.{index}.ParameterValue"
        if value in parameters and _is_true(parameters, f"Parameters.member.{index}.UsePreviousValue"):
            return (
                f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and a value"
            )
        index += 1
    return ""


def install() -> None:
    """Refuse such requests before MiniStack answers them."""
    for action in EXCLUSIVE:
        handlers._ACTION_HANDLERS[action] = _checked(action, handlers._ACTION_HANDLERS[action])


def _checked(action: str, answer: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
    def checked(parameters: Mapping[str, Any]) -> Any:
        why = refusal(action, parameters)
        return _ERROR("ValidationError", why) if why else answer(parameters)

    return checked


def _is_given(parameters: Mapping[str, Any], name: str) -> bool:
    return _is_true(parameters, name) if name == "UsePreviousTemplate" else bool(_text(parameters, name))


def _is_true(parameters: Mapping[str, Any], name: str) -> bool:
    return _text(parameters, name).lower() == "true"


def _text(parameters: Mapping[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "").strip()
