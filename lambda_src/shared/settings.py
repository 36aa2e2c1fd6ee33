"""What the compiler injects into a function's environment; the table is in this folder's README."""

from __future__ import annotations

import os


class Misconfigured(Exception):
    """A setting is missing or unusable: a fault of the deployment, never of the caller."""


def required(name: str) -> str:
    """Return the value of `name`, or raise `Misconfigured` when it is absent or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise Misconfigured(f"the environment variable {name} is not set")
    return value


def optional(name: str) -> str | None:
    """Return the value of `name`, or None when it is absent or empty."""
    return os.environ.get(name) or None


def prefix_of(suffix: str) -> str:
    """Return `CLINIC` when `CLINIC_SCHEMA` is the one variable that ends with `suffix` `_SCHEMA`.

    A function that uses one database or one model reads it by its role, so that renaming it in the
    spec needs no change in the code. None or several such variables raise `Misconfigured`.
    """
    names = sorted(name for name, value in os.environ.items() if name.endswith(suffix) and value)
    if len(names) != 1:
        found = ", ".join(names) or "none"
        raise Misconfigured(f"exactly one environment variable must end with {suffix}, found {found}")
    return names[0].removesuffix(suffix)
