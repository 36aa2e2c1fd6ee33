"""Layer database: the data key, databases with their credentials, data buckets, and who may use them."""

from __future__ import annotations

from collections.abc import Sequence

from awacs.aws import Statement

from petc.layers import iam, kind_table
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.database import data_key
from petc.model import grants
from petc.model.grants import Grant
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit what holds the stage's data, by the kinds that stand here; nothing where there is no such part."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    stored = {row.kind.word: row.stored for row in kind_table.ROWS if row.stored}
    found = [(made_by, part) for row, part in kind_table.parts(stage) if (made_by := row.stored)]
    key = data_key.add_key(draft) if any(made_by.keyed for made_by, _ in found) else None
    for made_by, part in found:
        made_by.add(draft, part, key)

    def statements(grant: Grant) -> Sequence[Statement]:
        return stored[grant.target.kind].statements(draft, grant, key)

    # One call for all kinds of target: each role gets one policy from this layer.
    held = tuple(grant for word in stored for grant in grants.grants(stage) if grant.target.kind == word)
    reasons = {sid: reason for made_by in stored.values() for sid, reason in made_by.reasons.items()}
    iam.attach_grants(draft, held, statements, reasons)
    return draft.finish()


LAYER = Layer("database", 3, "Aurora clusters with managed credentials, data buckets, and their key", emit)
