"""In whose name a stack works: a role that was handed over, the execution role of a stack set, or the caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ministack import app

from petc_local.authorization import policies
from petc_local.authorization.policies import Principal

_ACTING: ContextVar[Principal | None] = ContextVar(
    "in whose name the operation on a stack works", default=None
)
# Each operation on a stack is a task of its own, which takes a copy of the context of the call that began it.


def current() -> Principal | None:
    """Return in whose name the operation works; None where nothing is decided."""
    return _ACTING.get() if app.AUTH else None


@contextmanager
def as_(who: Principal | None) -> Iterator[None]:
    """Let the operations that begin inside work in this name."""
    token = _ACTING.set(who)
    try:
        yield
    finally:
        _ACTING.reset(token)


def handed_over(arn: str) -> Principal | None:
    """Return a role that CloudFormation takes itself, or None when there is none of this ARN.

    The session has the name that CloudFormation gives it in the events of CloudTrail.
    """
    return policies.role(arn.split(":")[4], arn.rpartition("/")[2], "AWSCloudFormation")
