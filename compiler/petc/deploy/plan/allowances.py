"""Permissions to lose data: `ID[@ACCOUNT[/REGION]]`, one grammar for plan, deploy and destroy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from petc.deploy.plan.types import Action, Allowance
from petc.deploy.targets import Target

OPTIONS = {Action.REPLACE: "--allow-replace", Action.DELETE: "--allow-delete"}
"""The option that allows each action."""

FORM = "ID[@ACCOUNT[/REGION]]"
"""The grammar of both options, as help texts show it."""

_FORM = re.compile(r"(?P<id>[A-Za-z0-9]+)(?:@(?P<account>[0-9]{12})(?:/(?P<region>[a-z0-9-]+))?)?")
_MOST = 8
"""Options for single targets that a message names; beyond that it names the one for all targets."""


def parse(action: Action, text: str) -> Allowance:
    """Return the allowance that an option's value is; raises `ValueError` with what is wrong with it."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is not {FORM}, for example DatabaseOrders, DatabaseOrders@123456789012 "
            "or DatabaseOrders@123456789012/us-west-2"
        )
    return Allowance(action, found["id"], found["account"] or "", found["region"] or "")


def option(allowance: Allowance) -> str:
    """Return the option with its value, as it is written on the command line."""
    place = f"@{allowance.account}" if allowance.account else ""
    region = f"/{allowance.region}" if allowance.region else ""
    return f"{OPTIONS[allowance.action]} {allowance.logical_id}{place}{region}"


def covers(allowance: Allowance, action: Action, logical_id: str, target: Target) -> bool:
    """Whether an allowance names this loss in this target."""
    return (
        (allowance.action, allowance.logical_id) == (action, logical_id)
        and allowance.account in ("", target.account)
        and allowance.region in ("", target.region)
    )


def narrowest(
    action: Action, logical_id: str, targets: Collection[Target], others: Collection[Target]
) -> Iterator[Allowance]:
    """Yield the allowances that name these targets and none of the `others`, in which the resource stays.

    Whole accounts are named where all of an account's targets are among them. Where that takes too many
    options to type, one without a place is all there is.
    """
    staying = set(others) - set(targets)
    if not staying:
        yield Allowance(action, logical_id)
        return
    kept = {target.account for target in staying}
    found = {
        Allowance(action, logical_id, target.account, target.region if target.account in kept else "")
        for target in targets
    }
    if len(found) > _MOST:
        yield Allowance(action, logical_id)
        return
    yield from sorted(found, key=option)
