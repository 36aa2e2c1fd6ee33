"""Log groups: named for what they hold, kept as long as the spec says, encrypted by the given key."""

from __future__ import annotations

from typing import Any

from troposphere import logs

from petc.layers import key_use
from petc.layers.base import Draft


def add(draft: Draft, title: str, name: str | Any, at: str, *, why: str, key: Any | None) -> logs.LogGroup:
    """Add a log group called `name`; without a `key`, CloudWatch Logs encrypts with its own."""
    return draft.add_stateful(
        logs.LogGroup(
            title,
            LogGroupName=name,
            RetentionInDays=draft.stage.logs.retention_days,
            **key_use.given(key, "KmsKeyId"),
        ),
        at,
        why=why,
    )
