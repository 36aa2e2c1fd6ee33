"""Calls that may be made once only, where the answer to the first try can be lost.

botocore makes a call again that got no answer, with the same parameters. Each call here carries an id of its
own, so that AWS refuses the second one as known, which is then as good as an answer.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from petc.deploy.aws import observe_stack_sets, stack_ages
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection, answered
from petc.deploy.execute import codes
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
        began, _ = stack_ages.operation(connection, settings, name, own)
        if not began:
            raise
        return own
    if code != _BUSY:
        return own
    holder = observe_stack_sets.running_operation(connection, settings, name)
    if holder == own:
        return own
    raise codes.OPERATION_IN_PROGRESS.because(
        f"{f'operation {holder}' if holder else 'another operation'} holds the stack set {name}",
        "wait for it (petc status shows it), then run the command again",
    )


_DIGITS = 40


def derived(token: str, *parts: str) -> str:
    """Return the name of a call: the same for the same token and parts, another for any others."""
    text = "\0".join((token, *parts))
    return f"petc-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"
