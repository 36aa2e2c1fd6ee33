"""The rotation event of Secrets Manager, as it reaches EventBridge through CloudTrail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from shared import shapes


class NotARotation(Exception):
    """The event does not say that a secret was rotated."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A secret that holds a new value since `at`."""

    secret: str
    at: datetime


def rotation(event: object) -> Rotation:
    """Return the rotation that an event reports, or raise `NotARotation`.

    The secret's ARN stands in `detail.additionalEventData.SecretId`; the time is that of the rotation
    itself (`detail.eventTime`), else that of the event. Source: Secrets Manager User Guide, "CloudTrail
    entries for rotation".
    """
    document = shapes.mapping(event)
    detail = shapes.mapping(document.get("detail"))
    if (
        shapes.text(detail.get("eventSource")) != "secretsmanager.amazonaws.com"
        or shapes.text(detail.get("eventName")) != "RotationSucceeded"
    ):
        raise NotARotation("the event is no RotationSucceeded of secretsmanager.amazonaws.com")
    secret = shapes.text(shapes.mapping(detail.get("additionalEventData")).get("SecretId"))
    if not secret:
        raise NotARotation("the event has no detail.additionalEventData.SecretId")
    return Rotation(
        secret, _moment(shapes.text(detail.get("eventTime")) or shapes.text(document.get("time")))
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotARotation(f"the event's time {text!r} is no ISO 8601 time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
