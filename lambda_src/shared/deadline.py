"""The moment by which a function must have answered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Context(Protocol):
    """What the functions read from the context object of the Lambda runtime."""

    @property
    def aws_request_id(self) -> str:
        """Return the id of the request that is being served."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the runtime ends the invocation."""
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock, in seconds."""

    ends: float

    def remaining(self) -> float:
        """Return the seconds left; negative when the deadline has passed."""
        return self.ends - time.monotonic()


def after(seconds: float) -> Deadline:
    """Return the deadline that is `seconds` from now."""
    return Deadline(time.monotonic() + seconds)


def of(context: Context, *, reserve: float, at_most: float = 900.0) -> Deadline:
    """Return the deadline that leaves `reserve` seconds of the invocation for the answer itself."""
    return after(min(context.get_remaining_time_in_millis() / 1000 - reserve, at_most))
