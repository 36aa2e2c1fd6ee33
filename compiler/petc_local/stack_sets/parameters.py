"""Parameter values of stack sets and their overrides on instances. Pure functions.

The source is the documentation of the botocore shapes Parameter, UpdateStackSetInput and
UpdateStackInstancesInput (member ParameterOverrides).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from petc_local.stack_sets.errors import invalid
from petc_local.stack_sets.records import Values
from petc_local.stack_sets.request import ParsedRequest


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter as a request gives it; `value` is None when the previous one is to be kept."""

    key: str
    value: str | None


def given(entries: tuple[ParsedRequest, ...]) -> tuple[Given, ...]:
    """Read a list of the botocore shape Parameter; refuses a value beside UsePreviousValue."""
    found = []
    for entry in entries:
        key, value, previous = (
            entry.text("ParameterKey"),
            entry.text("ParameterValue"),
            entry.flag("UsePreviousValue"),
        )
        if key is None:
            raise invalid("Each Parameters object must contain a ParameterKey")
        if previous and value is not None:
            raise invalid(
                f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and value"
            )
        found.append(Given(key, None if previous else value or ""))
    return tuple(found)


def values_of_set(
    sent: tuple[Given, ...], defaults: Mapping[str, str | None], previous: Mapping[str, str]
) -> Values:
    """Return a value for each parameter of the template: as sent, else the template's default.

    "If you don't specify a key and value for a particular parameter, CloudFormation uses the default value that's
    specified in your template" (shape Parameter). A previous value that does not exist falls back likewise.
    Refuses parameters that the template lacks, and such without any value; both sentences are CloudFormation's.
    """
    by_key = {item.key: item for item in sent}
    unknown = sorted(by_key.keys() - defaults.keys())
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    found: dict[str, str] = {}
    missing = []
    for key, default in defaults.items():
        item = by_key.get(key)
        value = default if item is None else previous.get(key, default) if item.value is None else item.value
        if value is None:
            missing.append(key)
        else:
            found[key] = value
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return tuple(found.items())


def check_overrides(sent: tuple[Given, ...], known: Collection[str]) -> None:
    """Refuse an override of what is no parameter of the stack set.

    "You can only override the parameter values that are specified in the StackSet" (ParameterOverrides); the
    sentence is assumed to be that of stacks.
    """
    unknown = sorted({item.key for item in sent} - set(known))
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")


def overrides_after(current: Values, sent: tuple[Given, ...] | None) -> Values:
    """Return an instance's overrides after an operation (ParameterOverrides).

    No list at all keeps them. A list sets the values it gives, keeps those with UsePreviousValue, and puts what it
    leaves out back to the stack set's value. Keeping what was never overridden overrides nothing (assumed).
    """
    if sent is None:
        return current
    before = dict(current)
    return tuple(
        (item.key, item.value if item.value is not None else before[item.key])
        for item in sent
        if item.value is not None or item.key in before
    )


def values_of_stack(of_set: Values, overrides: Values) -> Values:
    """Return the values for an instance's stack; overrides of parameters that are gone are left out (assumed)."""
    over = dict(overrides)
    return tuple((key, over.get(key, value)) for key, value in of_set)
