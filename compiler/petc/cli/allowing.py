"""`--allow-replace` and `--allow-delete`: the options by which data may be lost, the same in every command."""

from __future__ import annotations

import click

from petc.cli.options import Command
from petc.deploy.plan import allowances
from petc.deploy.plan.types import Action, Allowance


class _AllowanceType(click.ParamType[Allowance]):
    """The value of one of the options."""

    name = "allowance"

    def __init__(self, action: Action) -> None:
        self.action = action

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Allowance:
        """Return the allowance, or leave with a usage error (exit status 2) that shows the grammar."""
        if isinstance(value, Allowance):
            return value
        try:
            return allowances.parse(self.action, str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


def allow_options(command: Command) -> Command:
    """Add both options; the command gets `replacing` and `deleting`, tuples of `Allowance`."""
    return replace_option(delete_option(command))


def replace_option(command: Command) -> Command:
    """Add `--allow-replace`."""
    return click.option(
        allowances.OPTIONS[Action.REPLACE],
        "replacing",
        multiple=True,
        type=_AllowanceType(Action.REPLACE),
        metavar=allowances.FORM,
        help="A resource that may be replaced although it holds data, everywhere or in one account or target; "
        "repeat for several.",
    )(command)


def delete_option(command: Command) -> Command:
    """Add `--allow-delete`."""
    return click.option(
        allowances.OPTIONS[Action.DELETE],
        "deleting",
        multiple=True,
        type=_AllowanceType(Action.DELETE),
        metavar=allowances.FORM,
        help="A resource that may be deleted although it holds data, everywhere or in one account or target; "
        "repeat for several.",
    )(command)
