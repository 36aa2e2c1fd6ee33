"""Every resource type of MiniStack's own that is mended."""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services.cloudformation import provisioners

from petc.local.types import alarms, databases, mending, networks, secrets
from petc.local.types.standing import STANDING

MENDED: Mapping[str, mending.Mend] = {
    **alarms.MENDS,
    **databases.MENDS,
    **networks.MENDS,
    **secrets.MENDS,
}
"""The mended types."""


def enter() -> None:
    """Wrap MiniStack's handlers of these types, and those of the other types that petc makes."""
    plain = {name: mending.Mend() for name in STANDING if name in provisioners._RESOURCE_HANDLERS}
    mending.enter(plain | dict(MENDED))
