"""The word of a person before something is changed, and whether what it was given for still holds."""

from __future__ import annotations

import os
import sys

import click

from petc.deploy import codes
from petc.deploy.plan import document
from petc.deploy.plan.types import Plan


def is_interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and os.environ.get("CI", "") == ""


def asked(question: str) -> bool:
    """Return whether somebody says yes; no, with a hint, where nobody can be asked."""
    if not is_interactive():
        click.echo("nobody can be asked here; --yes agrees beforehand", err=True)
        return False
    return click.confirm(question)


def agree(
    verb: str, question: str, stage: str, *, protected: bool, confirm: str, yes: bool, can_ask: bool
) -> bool:
    """Go on only when somebody agreed: by typing the stage's name where it is protected.

    Returns whether somebody was asked now, and so has seen what will be done. Leaves with status 1 when nobody
    agreed. `verb` is `deploy` or `destroy`.
    """
    asks = can_ask and not (confirm if protected else yes)
    if protected:
        typed = confirm
        if asks:
            text = f"{stage} is protected; type its name to {verb} it"
            typed = click.prompt(text, default="", show_default=False, err=True)
        agreed, word = typed == stage, f"--confirm {stage}"
    else:
        agreed, word = yes or (asks and click.confirm(question, err=True)), "--yes"
    if not agreed:
        click.echo(f"nothing was {verb}ed; {word} agrees beforehand", err=True)
        raise click.exceptions.Exit(1)
    return asks


def differs(now: Plan, agreed: Plan) -> bool:
    """Whether today's plan is another one than that which was agreed to."""
    return document.to_bytes(now) != document.to_bytes(agreed)


def require_same(now: Plan, agreed: Plan) -> None:
    """Raise `Rejected` (`plan-outdated`) when today's plan is another one than that which was agreed to."""
    if not differs(now, agreed):
        return
    what = "the spec" if now.root != agreed.root else "what is deployed"
    raise codes.PLAN_OUTDATED.because(
        f"{what} has changed since the plan was made",
        help="make the plan again, read it, and go on with that",
    )
