"""Time as execution needs it: how long something has taken, and waiting."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A clock that only moves forward; what the wall's clock does is of no account."""

    def monotonic(self) -> float:
        """Return seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class _System:
    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


SYSTEM: Clock = _System()
"""The clock of this machine."""

SHORTEST = 0.2
LONGEST = 5.0
_SHARE = 0.1


def pause(elapsed: float) -> float:
    """Return the seconds until the next look at what has run for `elapsed` seconds.

    A tenth of it, so that an end is noticed soon in proportion: layer after layer loses at most as much.
    """
    return min(LONGEST, max(SHORTEST, elapsed * _SHARE))
