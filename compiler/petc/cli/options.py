"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

import click

DEFAULT_SPEC = "spec/petclinic.yaml"
"""Where the reference spec lies; looked for from the working directory upward."""

STARTER_SPEC = "spec/spec.yaml"
"""What `petc init` writes; taken when there is no reference spec."""

CACHE = ".petc"
"""Folder beside the output for results of the linter and of the last run; safe to delete."""

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or fail with the form that is expected."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write YYYY-MM-DD", param, ctx)


def spec_option(command: Command) -> Command:
    """Add `--spec`."""
    return click.option(
        "--spec",
        type=click.Path(path_type=Path),
        help=f"The spec file. Default: {DEFAULT_SPEC}, found from the working directory upward.",
    )(command)


def format_option(command: Command) -> Command:
    """Add `--format`."""
    return click.option(
        "--format",
        "message_format",
        type=click.Choice(["text", "json", "sarif", "github"]),
        default="text",
        show_default=True,
        help="Form of the messages.",
    )(command)


def stage_option(command: Command) -> Command:
    """Add `--stage`, which may be repeated."""
    return click.option(
        "--stage", "stages", multiple=True, help="A stage; repeat for several. Default: all."
    )(command)


def layer_option(help_: str) -> Callable[[Command], Command]:
    """Add `--layer`, which may be repeated; a name may have hyphens or underscores, as in the spec."""

    def with_hyphens(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.replace("_", "-") for name in names)

    return click.option("--layer", "layers", multiple=True, callback=with_hyphens, help=help_)


def as_of_option(command: Command) -> Command:
    """Add `--as-of`."""
    return click.option(
        "--as-of",
        type=Day(),
        default=None,
        help="Judge ends of life and exceptions as of this day instead of today. Never changes what is compiled.",
    )(command)


def out_option(command: Command) -> Command:
    """Add `--out`, the folder that a command writes."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path),
        default=None,
        help="Folder to write the generated files to. Default: generated/ beside the folder of the spec.",
    )(command)


def generated_option(command: Command) -> Command:
    """Add `--generated`, the folder that a command reads. `--out`, its old name, still works and says the new one."""

    @functools.wraps(command)
    def reading(*args: Any, generated: Path | None, old_name: Path | None, **options: Any) -> Any:
        if old_name is not None:
            reader = click.get_current_context().command_path
            click.echo(f"{reader} reads that folder: write --generated {old_name} instead of --out", err=True)
        return command(*args, generated=generated or old_name, **options)

    path = click.Path(path_type=Path)
    old = click.option("--out", "old_name", type=path, hidden=True)
    new = click.option(
        "--generated",
        type=path,
        default=None,
        help="Folder of the generated files to read. Default: generated/ beside the folder of the spec.",
    )
    return cast("Command", new(old(reading)))


def today(as_of: date | None) -> date:
    """Return the day to judge by: the one asked for, or the clock's."""
    return as_of or date.today()
