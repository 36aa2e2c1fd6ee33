"""The command group, and the one place where faults become exit statuses.

0 done; 1 the spec, the templates, the files or the deployment are at fault; 2 wrong usage; 3 a fault in petc;
130 interrupted.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path

import click

from petc import __version__
from petc.cli import broken_pipe
from petc.cli.output import plain

COMMANDS = {
    "init": "write a commented starter spec that compiles",
    "validate": "check the spec as compile does, without output files",
    "compile": "write the templates of every stage, verified",
    "lint": "verify the templates that stand in generated/",
    "local": "run an AWS on this machine: start, stop, status, reset",
    "package": "build the functions' zips, the same bytes everywhere",
    "plan": "what a deployment would change, by property",
    "deploy": "bring a stage to its accounts and regions",
    "bootstrap": "make the roles and buckets that a stage's accounts need",
    "status": "how a deployed stage stands, and its addresses",
    "events": "what happened, joined over the layers, failures first",
    "drift": "what was changed by hand, at its line of the spec",
    "destroy": "take a deployed stage away, and say what stays",
    "recover": "mend what is stuck, so that deploying can go on",
    "explain": "what a message means, or where a resource comes from",
    "schema": "print the JSON Schema of the spec, for editors",
}
"""Each command with its one line of help. Its module is imported when it is called, not before."""

_SELDOM = 200_000
"""How many more objects must have been made than freed before the collector looks for circles among them."""

REPORT = "this is a fault in petc; run it again as `petc --debug …` and report what it prints"


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"petc.cli.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="petc")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault in petc.")
@click.pass_context
def petc(ctx: click.Context, debug: bool) -> None:
    """Compile one architecture spec into one CloudFormation template per layer, and deploy the layers.

    Exit status: 0 done; 1 the spec, the templates, the files or the deployment are at fault; 2 wrong usage;
    3 a fault in petc; 130 interrupted.
    """
    ctx.obj = debug


def main() -> None:
    """Run petc and exit with the documented status."""
    # Nearly all that a run makes lives to its end or is freed by its reference count, and the collector's
    # walks over it cost a twentieth of the time. It still runs, for the sake of --watch, but seldom.
    gc.set_threshold(_SELDOM)
    broken_pipe.heedless()
    try:
        status = petc.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.ClickException as fault:
        fault.show()
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            "\ninterrupted; files are replaced whole, and the next run finishes what is left", err=True
        )
        status = 130
    except Exception as fault:
        if _is_nowhere(fault):
            click.echo("petc: the working directory was deleted; change to a folder that exists", err=True)
            sys.exit(1)
        if "--debug" in sys.argv:
            sys.excepthook(type(fault), fault, fault.__traceback__)
        click.echo(f"{plain(f'petc: {type(fault).__name__}: {fault}')}\n{REPORT}", err=True)
        status = 3
    unwritten = broken_pipe.unwritten()
    if unwritten:
        click.echo(f"petc: {unwritten}; run it again where there is room", err=True)
    status = status if isinstance(status, int) else 0
    sys.exit(status or (1 if unwritten else 0))


def _is_nowhere(fault: Exception) -> bool:
    """Whether a file was not found because the folder that petc was started in is gone."""
    if not isinstance(fault, FileNotFoundError):
        return False
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False
