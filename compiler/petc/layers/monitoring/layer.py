"""Layer monitoring: an alarm for what a person must know of, and the dashboard that they open then."""

from __future__ import annotations

from petc.layers import kind_table
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.monitoring import alarm_definitions, alarms, dashboard
from petc.layers.monitoring.alarms import AlarmWatch
from petc.model import queries
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit the alarms of all parts and one dashboard over them; nothing where nothing runs.

    A service takes up to six alarms, so a template holds those of some eighty services; the check of quotas
    tells of more.
    """
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    if not queries.is_watched(stage):
        return draft.finish()
    added = alarms.add_alarms(draft, _watches(draft))
    if stage.monitoring.dashboard:
        dashboard.add_dashboard(draft, added)
    return draft.finish()


def _watches(draft: Draft) -> tuple[AlarmWatch, ...]:
    """Return what is watched, in the order in which requests pass."""
    stage = draft.stage
    return (
        *(alarm_definitions.of_gateway(draft) if queries.has_gateway(stage) else ()),
        *(watch for row, part in kind_table.parts(stage) for watch in row.watches(draft, part)),
    )


LAYER = Layer("monitoring", 10, "alarms that notify, and a dashboard for the person on call", emit)
