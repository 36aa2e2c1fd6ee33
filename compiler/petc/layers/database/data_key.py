"""The customer key of databases and buckets: made, brought, or left to AWS."""

from __future__ import annotations

from typing import Any

from awacs.aws import Statement
from troposphere import kms as kms_resources

from petc.layers import customer_key, iam
from petc.layers.base import Draft

_SERVICES = ("rds", "s3", "secretsmanager")
"""What the key may be used through."""

_HOLDS = "databases and buckets"
_THIS_KEY = customer_key.THIS_KEY
_REASONS = {
    **customer_key.REASONS,
    "DatabaseLogs": f"{_THIS_KEY}; the condition names the log groups of Aurora clusters",
}


def add_key(draft: Draft) -> Any | None:
    """Add the stage's data key, show it and return the expression for its ARN; None with AWS's own keys.

    No other layer needs it: what it encrypts stands beside it, and so do the grants to use it.
    """
    arn = customer_key.given(draft, _HOLDS, _make)
    if arn is not None:
        draft.output("DataKeyArn", arn, f"Key of {_HOLDS}")
    return arn


def _make(draft: Draft) -> kms_resources.Key:
    return customer_key.add(
        draft,
        "DataKey",
        _HOLDS,
        iam.policy(*_policy()),
        alias="data",
        why="encrypts databases, their credentials and logs, and buckets; renewed every year",
        reasons=_REASONS,
    )


def _policy() -> tuple[Statement, ...]:
    return (
        *customer_key.for_account(_SERVICES),
        customer_key.for_log_groups("DatabaseLogs", "/aws/rds/cluster/*"),
    )
