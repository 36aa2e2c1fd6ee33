"""What the layers make of each kind of part: one row for each row of `petc.model.kinds.table`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from awacs import secretsmanager as secret_actions
from awacs.aws import Statement

from petc import naming
from petc.layers import contracts, iam, key_use, queues
from petc.layers.base import Draft
from petc.layers.contracts import Value
from petc.layers.database import aurora, buckets
from petc.layers.kind_emission import Expression, KindEmission, StoredPart
from petc.layers.monitoring import alarm_definitions, dashboard_rows, service_alarms
from petc.model.components import Function, Part
from petc.model.grants import Grant
from petc.model.injected import Known, SettingReference
from petc.model.kinds import bucket, database, function, model, secret, service, table
from petc.model.types import Stage


def _imported(value: Value) -> Callable[[Draft, Part], Expression]:
    return lambda draft, part: draft.imported(value, part.key)


def _function_name(draft: Draft, called: Function) -> str:
    """Return a function's physical name: fixed, so that a service and a function may call each other."""
    return naming.function_name(draft.stage.name, draft.stage.stage, called.key)


def _read_credentials(draft: Draft, grant: Grant, key: Any | None) -> list[Statement]:
    arn = aurora.secret_arn(draft.stage.databases[grant.target.name])
    return [
        iam.allow("ReadDatabaseCredentials", [secret_actions.GetSecretValue], [arn]),
        *key_use.through(key, "DecryptDatabaseCredentials", "secretsmanager", *key_use.READ),
    ]


ROWS: tuple[KindEmission[Any], ...] = (
    KindEmission(service.KIND, watches=service_alarms.of_service, charts=dashboard_rows.services),
    KindEmission(
        database.KIND,
        values={
            Known.WRITER_HOST: _imported(contracts.WRITER_HOST),
            Known.READER_HOST: _imported(contracts.READER_HOST),
            Known.MASTER_SECRET_ARN: _imported(contracts.MASTER_SECRET_ARN),
        },
        stored=StoredPart(aurora.add_cluster, _read_credentials),
        watches=alarm_definitions.of_database,
        charts=dashboard_rows.databases,
    ),
    KindEmission(
        function.KIND,
        values={Known.FUNCTION_NAME: _function_name},
        watches=alarm_definitions.of_function,
        charts=dashboard_rows.functions,
    ),
    KindEmission(
        bucket.KIND,
        values={Known.BUCKET: _imported(contracts.BUCKET_NAME)},
        stored=StoredPart(buckets.add_bucket, buckets.statements, buckets.REASONS),
    ),
    queues.EMISSION,
    KindEmission(secret.KIND, values={Known.SECRET_ARN: _imported(contracts.HAND_SECRET_ARN)}),
    KindEmission(model.KIND),
)
"""In the order in which requests pass, which is that of alarms and charts."""

BY_WORD = {row.kind.word: row for row in ROWS}


def value(draft: Draft, reference: SettingReference) -> Expression:
    """Return the expression for a value of a part that the reference names."""
    named = table.find(draft.stage, reference.name)
    assert named, f"no part is called {reference.name}"
    return BY_WORD[named.kind.word].values[reference.known](draft, named.part)


def parts(stage: Stage) -> Iterator[tuple[KindEmission[Any], Part]]:
    """Yield every part of a stage with its row, in the order of the rows."""
    for row in ROWS:
        for part in table.parts_of(stage, row.kind).values():
            yield row, part
