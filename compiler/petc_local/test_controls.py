"""What is asked of the StackSets service beyond AWS: a pace, simulated targets, accounts and units by number."""

from __future__ import annotations

from ministack import app

from petc_local import stack_sets
from petc_local.admin import Action
from petc_local.stack_sets import delays
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.records import InstanceTarget


def actions() -> dict[tuple[str, str], Action]:
    """Return what each method and path below `/_petc/` does.

    `POST pace` takes `stack_set`, a pattern, and `seconds`; `DELETE pace` forgets all. `POST simulate` takes
    `stack_set`, `account`, `region` of the administrator, `accounts`, `regions` and, by region, `parameters`.
    `POST accounts` takes `management`, `account` and, perhaps, `parent`, an organizational unit or root.
    `POST units` takes `management`, `unit` and `accounts`, makes the unit and opens the organization to StackSets.
    `POST reset` makes the server forget everything, within milliseconds and on the same port.
    """
    return {
        ("POST", "pace"): _set_pace,
        ("DELETE", "pace"): _clear_pace,
        ("POST", "simulate"): _simulate,
        ("POST", "accounts"): _add_account,
        ("POST", "units"): _join,
        ("POST", "reset"): _reset,
    }


def _set_pace(values: object) -> object:
    match values:
        case {"stack_set": str(pattern), "seconds": int() | float() as seconds}:
            delays.set_delay(pattern, float(seconds))
            return {}
    raise ValueError("a pace has a stack_set, which is a pattern, and seconds")


def _clear_pace(_: object) -> object:
    delays.clear()
    return {}


def _simulate(values: object) -> object:
    match values:
        case {
            "stack_set": str(name),
            "account": str(account),
            "region": str(region),
            "accounts": list(accounts),
            "regions": list(regions),
            "parameters": dict(parameters),
        }:
            try:
                made = stack_sets.simulate(
                    name, accounts, regions, parameters, InstanceTarget(account, region)
                )
            except RequestRefused as refused:
                raise ValueError(str(refused)) from None
            return {"made": made}
    raise ValueError(
        "a simulation has stack_set, account and region of the administrator, accounts, regions, parameters"
    )


def _reset(_: object) -> object:
    app._reset_all_state()
    stack_sets.reset()
    return {}


def _add_account(values: object) -> object:
    match values:
        case {"management": str(management), "account": str(account), "parent": str() | None as parent}:
            try:
                stack_sets.add_account(management, account, parent)
            except RequestRefused as refused:
                raise ValueError(str(refused)) from None
            return {}
    raise ValueError("an account has management, account and parent, which may be null")


def _join(values: object) -> object:
    match values:
        case {"management": str(management), "unit": str(unit), "accounts": list(accounts)}:
            try:
                stack_sets.join(management, (str(account) for account in accounts), unit)
            except RequestRefused as refused:
                raise ValueError(str(refused)) from None
            return {}
    raise ValueError("a unit has management, unit and accounts")
