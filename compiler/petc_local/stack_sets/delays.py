"""A simulated time inside the operation of each instance, for benches and fault tests."""

from __future__ import annotations

from fnmatch import fnmatchcase

from petc_local.stack_sets.records import InstanceTarget

_DELAYS: dict[str, float] = {}


def set_delay(pattern: str, seconds: float) -> None:
    """Let each instance that matches `pattern`, as a shell would match, take `seconds` longer.

    What is matched is the name of the stack set, or name, account and region with slashes between them.
    A later call with the same pattern replaces the earlier; 0 takes it away.
    """
    if seconds <= 0:
        _DELAYS.pop(pattern, None)
    else:
        _DELAYS[pattern] = seconds


def delay_of(name: str, target: InstanceTarget) -> float:
    """Return the seconds that an instance of the stack set `name` waits: the sum of what matches."""
    full = f"{name}/{target.account}/{target.region}"
    return sum(
        seconds
        for pattern, seconds in _DELAYS.items()
        if fnmatchcase(name, pattern) or fnmatchcase(full, pattern)
    )


def clear() -> None:
    """Forget every delay."""
    _DELAYS.clear()
