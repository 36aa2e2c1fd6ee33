"""The events of Secrets Manager that tell of a new value: its own, and that of CloudTrail.

Both come for one rotation where a trail logs it. `moved` finds out since when the value holds, so that the second
event finds the services rolled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared import aws, logs, shapes

_CURRENT = "AWSCURRENT"
"""The staging label of the version that a task reads; Secrets Manager User Guide, "Versions of a secret"."""

_LOOK_SECONDS = 3.0

_ROTATING = timedelta(minutes=1)
"""How long after the label has moved CloudTrail's event may say that the rotation succeeded (assumed)."""


class NotARotation(Exception):
    """The event does not say that a secret was rotated."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A secret that holds a new value since `at`, or since a moment before."""

    secret: str
    at: datetime


def rotation(event: object) -> Rotation:
    """Return the rotation that an event reports, or raise `NotARotation`.

    Secrets Manager's own event is `Secret Label Updated`, with the ARN in `resources` and the label in
    `detail.labelUpdated`. Through CloudTrail comes `RotationSucceeded`, with the ARN in
    `detail.additionalEventData.SecretId`; its time is that of the rotation itself (`detail.eventTime`), else that of
    the event. Sources: Secrets Manager User Guide, "Secret Label Updated event" and "CloudTrail entries for
    rotation".
    """
    document = shapes.mapping(event)
    detail = shapes.mapping(document.get("detail"))
    if (
        shapes.text(document.get("source")) == "aws.secretsmanager"
        and shapes.text(document.get("detail-type")) == "Secret Label Updated"
    ):
        return _relabelled(document, detail)
    if (
        shapes.text(detail.get("eventSource")) != "secretsmanager.amazonaws.com"
        or shapes.text(detail.get("eventName")) != "RotationSucceeded"
    ):
        raise NotARotation("the event is no Secret Label Updated and no RotationSucceeded")
    secret = shapes.text(shapes.mapping(detail.get("additionalEventData")).get("SecretId"))
    if not secret:
        raise NotARotation("the event has no detail.additionalEventData.SecretId")
    return Rotation(
        secret, _moment(shapes.text(detail.get("eventTime")) or shapes.text(document.get("time")))
    )


def moved(happened: Rotation) -> datetime:
    """Return since when the secret holds its value: its last change if that is shortly before the event, else then.

    What started after the last change has read the present value, whichever event tells of it. Without an answer,
    or where the last change does not explain the event, the event's time counts: one deployment too many is
    harmless, a service with the old value is not.
    """
    try:
        answer = aws.call(
            "secretsmanager", "describe_secret", timeout=_LOOK_SECONDS, attempts=1, SecretId=happened.secret
        )
    except (aws.Refused, aws.Unreachable) as error:
        logs.warning("the secret's last change could not be read", cause=error, secret=happened.secret)
        return happened.at
    changed = answer.get("LastChangedDate")
    if isinstance(changed, datetime) and timedelta(0) <= happened.at - changed <= _ROTATING:
        return changed
    return happened.at


def _relabelled(document: Mapping[str, object], detail: Mapping[str, object]) -> Rotation:
    if shapes.text(detail.get("labelUpdated")) != _CURRENT:
        raise NotARotation(f"the event moves another label than {_CURRENT}")
    named = [shapes.text(item) for item in shapes.items(document.get("resources"))]
    if len(named) != 1 or not named[0]:
        raise NotARotation("the event does not name one secret in resources")
    return Rotation(named[0], _moment(shapes.text(document.get("time"))))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotARotation(f"the event's time {text!r} is no ISO 8601 time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
