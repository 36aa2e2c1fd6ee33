"""The whole list: what each type needs."""

from __future__ import annotations

from collections.abc import Mapping

from petc.local.authorization import computing, event_sources, fronts, identities, networks, storing, watching
from petc.local.authorization.calls import Needs

NEEDS: Mapping[str, Needs] = {
    **networks.NEEDS,
    **computing.NEEDS,
    **event_sources.NEEDS,
    **storing.NEEDS,
    **identities.NEEDS,
    **fronts.NEEDS,
    **watching.NEEDS,
}
"""By type. A type that is not here is refused where policies decide: it needs an entry, with its source."""
