"""Waiting for AWS: asked soon at first, then less often."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


class Overdue(Exception):
    """What was waited for has not ended within its limit; it goes on at AWS."""


def until(
    look: Callable[[], T],
    ended: Callable[[T], bool],
    longest: float = LONGEST_SECONDS,
    *,
    limit: float = math.inf,
) -> T:
    """Return the first look that has `ended`; looks are at most `longest` seconds apart.

    Raises `Overdue` after `limit` seconds, though never without a look.
    """
    deadline = time.monotonic() + limit
    pause = _SHORTEST_SECONDS
    while not ended(found := look()):
        left = deadline - time.monotonic()
        if left <= 0:
            raise Overdue
        time.sleep(min(pause, left))
        pause = min(pause * 2, longest)
    return found
