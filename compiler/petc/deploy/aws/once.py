"""Calls that may be made once only, where the answer to the first try can be lost.

botocore makes a call again that got no answer, with the same parameters. Each call here carries an id of its
own, so that AWS refuses the second one as known, which is then as good as an answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from petc.deploy.aws import observation, stack_states
from petc.deploy.aws.connection import Connection, answered
from petc.deploy.aws.settings import Settings
from petc.diagnostics import Rejected

_KNOWN = "OperationIdAlreadyExistsException"
_BUSY = "OperationInProgressException"


def new_id() -> str:
    """Return an id for a call (API reference: `OperationId`, `ClientRequestToken`)."""
    return f"petc-{uuid.uuid4().hex}"


def begin_operation(
    connection: Connection,
    settings: Settings,
    action: str,
    name: str,
    call: Callable[[str], Any],
    identity: str = "",
) -> str:
    """Begin an operation of a stack set and return its id, which `call` is given.

    Raises `Rejected`, with `operation-in-progress` when another one holds the set.
    """
    own = identity or new_id()
    try:
        _, code = answered(action, name, lambda: call(own), _KNOWN, _BUSY)
    except Rejected:
        # What the first try did already can be the reason why the second one is refused.
        began, _ = stack_states.operation(connection, settings, name, own)
        if not began:
            raise
        return own
    if code != _BUSY:
        return own
    holder = observation.running_operation(connection, settings, name)
    if holder == own:
        return own
    raise Rejected.because(
        "operation-in-progress",
        f"{f'operation {holder}' if holder else 'another operation'} holds the stack set {name}",
        "wait for it (petc status shows it), then run the command again",
    )
