"""A simulated time inside the operation of each instance, for benches and fault tests."""

from __future__ import annotations

from fnmatch import fnmatchcase

_DELAYS: dict[str, float] = {}


def set_delay(pattern: str, seconds: float) -> None:
    """Let each instance of the stack sets whose name matches `pattern` (as a shell would) take `seconds` longer.

    A later call with the same pattern replaces the earlier; 0 takes it away.
    """
    if seconds <= 0:
        _DELAYS.pop(pattern, None)
    else:
        _DELAYS[pattern] = seconds


def delay_of(name: str) -> float:
    """Return the seconds that an instance of the stack set `name` waits: the sum of what matches."""
    return sum(seconds for pattern, seconds in _DELAYS.items() if fnmatchcase(name, pattern))


def clear() -> None:
    """Forget every delay."""
    _DELAYS.clear()
