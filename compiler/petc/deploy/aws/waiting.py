"""Waiting for AWS: asked soon at first, then less often."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


def until(look: Callable[[], T], ended: Callable[[T], bool], longest: float = LONGEST_SECONDS) -> T:
    """Return the first look that has `ended`; looks are at most `longest` seconds apart."""
    pause = _SHORTEST_SECONDS
    while not ended(found := look()):
        time.sleep(pause)
        pause = min(pause * 2, longest)
    return found
