"""The engines by name."""

from __future__ import annotations

from collections.abc import Callable

from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.stack_sets import StackSets
from petc.deploy.aws.stacks import Stacks
from petc.deploy.aws.template_transport import Templates
from petc.deploy.engine import Engine


def _stack_sets(connection: Connection, settings: Settings) -> Engine:
    return StackSets(connection, settings, Templates(connection, settings))


def _stacks(connection: Connection, settings: Settings) -> Engine:
    return Stacks(connection, settings, Templates(connection, settings))


ENGINES: dict[str, Callable[[Connection, Settings], Engine]] = {
    "stack-sets": _stack_sets,
    "stacks": _stacks,
}
"""How each engine is made; the keys are those of `targets.engine` in the spec."""


def engine_for(name: str, connection: Connection, settings: Settings) -> Engine:
    """Return the engine that a stage names in `targets.engine`."""
    return ENGINES[name](connection, settings)
