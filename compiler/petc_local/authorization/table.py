"""The whole list: what each type needs."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization import compute, edge, event_sources, identities, monitoring, networks, storage
from petc_local.authorization.call_forms import Needs

NEEDS: Mapping[str, Needs] = {
    **networks.NEEDS,
    **compute.NEEDS,
    **event_sources.NEEDS,
    **storage.NEEDS,
    **identities.NEEDS,
    **edge.NEEDS,
    **monitoring.NEEDS,
}
"""By type. A type that is not here is refused where policies decide: it needs an entry, with its source."""
