"""What a setting is in Parameter Store: its path below the stage's root, and the pattern of its values."""

from __future__ import annotations

import re

from petc.model.components import Service
from petc.model.settings import Injected, text

SHARED = "shared"
"""The folder of the settings that stand once for all services."""

_PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(:[a-z0-9+.-]+)*://")


def folder(service: Service, item: Injected) -> str:
    """Return the folder of a service's setting."""
    return SHARED if item.shared else service.key


def path(service: Service, item: Injected) -> str:
    """Return a setting's path below the root, for example `/orders/server.port`.

    A list's index is written with a dot, for Parameter Store takes letters, digits and `.-_` alone.
    """
    return f"/{folder(service, item)}/" + re.sub(r"\[([^\]]*)\]", r".\1", item.key)


def pattern(item: Injected) -> str:
    """Return the regular expression that Parameter Store holds later values against; empty for free text.

    A value written as a truth value or a number stays one, a port a port, an address keeps its scheme, and
    JSON stays an object. A value that its own pattern would refuse is free text.
    """
    wanted = _pattern(item)
    return wanted if re.fullmatch(wanted, text(item.value)) else ""


def _pattern(item: Injected) -> str:
    value = item.value
    if isinstance(value, bool):
        return "^(true|false)$"
    if isinstance(value, int):
        return f"^{_PORT}$" if item.variable.split("_")[-1] == "PORT" and value else "^-?[0-9]+$"
    if isinstance(value, float):
        return r"^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$"
    if scheme := _SCHEME.match(text(value)):
        return rf"^{re.escape(scheme[0])}\S+$"
    if value.startswith("{") and value.endswith("}"):
        return r"^\{[\s\S]*\}$"
    return ""
