"""Entry point: what a topic delivers becomes messages in Slack."""

from __future__ import annotations

from collections import deque

from shared import deadline, logs, shapes
from slack_notifier import records, slack

logs.configure()

_RESERVE_SECONDS = 1.0

_DELIVERED: deque[str] = deque(maxlen=256)
"""Message ids that Slack took: when one record fails, Lambda repeats the invocation with all of them."""


class Incomplete(Exception):
    """Some records were not delivered: Lambda repeats the invocation, then hands it to the dead letters."""


def handler(event: object, context: deadline.Context) -> dict[str, int]:
    """Deliver every record of an SNS event; raise `Incomplete` at the end when any failed."""
    logs.begin(context)
    until = deadline.of(context, reserve=_RESERVE_SECONDS)
    received = shapes.items(shapes.mapping(event).get("Records"))
    if not received:
        raise Incomplete("the event holds no records of a topic")
    failed = sum(not _delivered(record, until) for record in received)
    if failed:
        raise Incomplete(f"{failed} of {len(received)} records were not delivered")
    return {"delivered": len(received)}


def _delivered(record: object, until: deadline.Deadline) -> bool:
    identity = records.identity(record)
    if identity and identity in _DELIVERED:
        return True
    try:
        slack.deliver(records.notice(record), until=until)
    except Exception as error:  # one bad record must not keep the others from being delivered
        logs.error("a record was not delivered", cause=error, message_id=identity)
        return False
    if identity:
        _DELIVERED.append(identity)
    logs.info("a record was delivered", message_id=identity)
    return True
