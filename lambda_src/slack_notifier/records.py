"""Records of an SNS topic as notices: an alarm, an event, or the text as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from shared import shapes
from slack_notifier import alarms, events
from slack_notifier.notice import Notice


class BadRecord(Exception):
    """A record holds no message of a topic."""


def notice(record: object) -> Notice:
    """Return what one record of the event says, or raise `BadRecord`."""
    body = shapes.mapping(shapes.mapping(record).get("Sns"))
    message = body.get("Message")
    if not isinstance(message, str) or not message.strip():
        raise BadRecord("the record has no Sns.Message")
    document = _document(message)
    if alarms.is_alarm(document):
        return alarms.notice(document)
    if events.is_event(document):
        return events.notice(document)
    return Notice(title=shapes.text(body.get("Subject")) or "Notification", text=message)


def identity(record: object) -> str:
    """Return the record's message id, or the empty string when it has none."""
    return shapes.text(shapes.mapping(shapes.mapping(record).get("Sns")).get("MessageId"))


def _document(message: str) -> Mapping[str, object]:
    try:
        return shapes.mapping(shapes.parsed(message))
    except ValueError:
        return shapes.NOTHING
