"""Layer database: the data key, databases with their credentials, data buckets, and who may use them."""

from __future__ import annotations

from awacs import secretsmanager as actions
from awacs.aws import Statement

from petc.layers import iam, key_use
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.database import aurora, buckets, data_key
from petc.model import grants
from petc.model.grants import Grant
from petc.model.graph import Access, Kind
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit what holds the stage's data; nothing where there is neither database nor bucket."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    if not stage.databases and not stage.buckets:
        return draft.finish()
    key = data_key.add_key(draft)
    for database in stage.databases.values():
        aurora.add_cluster(draft, database, key)
    for bucket in stage.buckets.values():
        buckets.add_bucket(draft, bucket, key)

    def statements(grant: Grant) -> list[Statement]:
        if grant.target.kind is Kind.BUCKET:
            return buckets.statements(stage.buckets[grant.target.name], grant, key)
        arn = aurora.secret_arn(stage.databases[grant.target.name])
        return [
            iam.allow("ReadDatabaseCredentials", [actions.GetSecretValue], [arn]),
            *key_use.through(key, "DecryptDatabaseCredentials", "secretsmanager", *key_use.READ),
        ]

    # One call for both kinds of target: each role gets one policy from this layer.
    held = (
        *grants.granted(stage, Access.READ_SECRET, target=Kind.DATABASE),
        *grants.granted(stage, Access.READ_OBJECTS, Access.WRITE_OBJECTS, target=Kind.BUCKET),
    )
    iam.attach_grants(draft, held, statements, buckets.REASONS)
    return draft.finish()


LAYER = Layer("database", 3, "Aurora clusters with managed credentials, data buckets, and their key", emit)
