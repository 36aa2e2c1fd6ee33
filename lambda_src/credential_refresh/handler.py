"""Entry point: a rotated secret rolls exactly the services that hold it, and the outcome is notified."""

from __future__ import annotations

from collections.abc import Mapping

from credential_refresh import rolls, rotation
from shared import aws, deadline, logs, settings

logs.configure()

_RESERVE = 15.0
"""Seconds kept for the last service and for the notification."""

_SUBJECT_LIMIT = 100
"""Characters of a subject; SNS API reference, Publish."""


class Incomplete(Exception):
    """Some services still hold the old value: Lambda repeats the invocation, which rolls only those."""


def handler(event: object, context: deadline.Context) -> dict[str, list[str]]:
    """Roll the holders of the secret that the event names and return their names by outcome.

    An event that is no rotation, or of a secret that nobody holds, changes nothing.
    Raises `Incomplete` when a service was not rolled, `settings.Misconfigured` when `ROLLS` is unusable.
    """
    logs.begin(context)
    try:
        happened = rotation.rotation(event)
    except rotation.NotARotation as error:
        logs.warning("an event was ignored", cause=error)
        return _by_outcome({})
    services = rolls.holders(happened.secret)
    if not services:
        logs.info("nobody holds the rotated secret", secret=happened.secret)
        return _by_outcome({})
    outcomes = _one_after_another(services, happened, deadline.of(context, reserve=_RESERVE))
    result = _by_outcome(outcomes)
    if set(outcomes.values()) == {rolls.Outcome.CURRENT}:
        # The other event of the same rotation, or the same one again: it has been told.
        logs.info("every holder already has the value", secret=happened.secret)
        return result
    _notify(happened, result)
    if result[rolls.Outcome.FAILED.value]:
        raise Incomplete(f"not rolled: {', '.join(result[rolls.Outcome.FAILED.value])}")
    return result


def _one_after_another(
    services: tuple[rolls.Service, ...], happened: rotation.Rotation, ends: deadline.Deadline
) -> dict[rolls.Service, rolls.Outcome]:
    """Roll the services in turn, and wait for each before the next.

    A service that rolls has twice its tasks, so all at once could ask for more than the account's quota of vCPUs.
    The time is shared: a service that takes longer than its part is no reason to leave the others with the old value.
    """
    since = rotation.moved(happened)
    outcomes: dict[rolls.Service, rolls.Outcome] = {}
    for number, service in enumerate(services):
        outcomes[service] = rolls.roll(service, since=since)
        left = len(services) - number - 1
        if left and outcomes[service] is not rolls.Outcome.FAILED:
            rolls.settled(service, deadline.after(ends.remaining() / (left + 1)))
    return outcomes


def _by_outcome(outcomes: Mapping[rolls.Service, rolls.Outcome]) -> dict[str, list[str]]:
    return {
        outcome.value: [_short(service) for service, reached in outcomes.items() if reached is outcome]
        for outcome in rolls.Outcome
    }


def _short(service: rolls.Service) -> str:
    return service.name.rsplit("/", 1)[-1]


def _notify(happened: rotation.Rotation, result: Mapping[str, list[str]]) -> None:
    failed = result[rolls.Outcome.FAILED.value]
    subject = "Rotation: services were not rolled" if failed else "Rotation: services were rolled"
    lines = [f"The secret {happened.secret} was rotated at {happened.at.isoformat()}."]
    lines += [f"{outcome}: {', '.join(names)}" for outcome, names in result.items() if names]
    if failed:
        lines.append("Those that failed hold the old password; they are tried again.")
    topic = settings.optional("NOTIFICATIONS_TOPIC_ARN")
    if topic is None:
        logs.warning("the outcome is notified nowhere", outcome=dict(result))
        return
    try:
        aws.call("sns", "publish", TopicArn=topic, Subject=subject[:_SUBJECT_LIMIT], Message="\n".join(lines))
    except (aws.Refused, aws.Unreachable) as error:
        # The services count, not the message: failing here would only make Lambda start over.
        logs.error("the outcome could not be notified", cause=error, outcome=dict(result))
