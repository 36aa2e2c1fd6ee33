"""CloudWatch alarms, as CloudWatch publishes them to a topic, as notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from shared import shapes
from slack_notifier import console
from slack_notifier.notice import Notice, Tone

_TONES = {"ALARM": Tone.ALARM, "OK": Tone.GOOD, "INSUFFICIENT_DATA": Tone.UNSURE}

_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside the band",
    "GreaterThanUpperThreshold": "above the band",
    "LessThanLowerThreshold": "below the band",
}


def is_alarm(document: Mapping[str, object]) -> bool:
    """Tell whether `document` is an alarm's change of state."""
    return bool(shapes.text(document.get("AlarmName")) and shapes.text(document.get("NewStateValue")))


def notice(document: Mapping[str, object]) -> Notice:
    """Return what an alarm's change of state says; parts that are absent are left out."""
    state = shapes.text(document.get("NewStateValue"))
    trigger = shapes.mapping(document.get("Trigger"))
    facts = (
        ("State", " → ".join(filter(None, (shapes.text(document.get("OldStateValue")), state)))),
        ("Measured", _measured(trigger)),
        ("Threshold", _threshold(trigger)),
        ("Since", _moment(shapes.text(document.get("StateChangeTime")))),
        ("Region", shapes.text(document.get("Region"))),
        ("Account", shapes.text(document.get("AWSAccountId"))),
    )
    description = shapes.text(document.get("AlarmDescription"))
    reason = shapes.text(document.get("NewStateReason"))
    return Notice(
        title=f"{state.replace('_', ' ')}: {shapes.text(document.get('AlarmName'))}",
        tone=_TONES.get(state, Tone.NEUTRAL),
        text="\n".join(filter(None, (description, reason))),
        facts=tuple(fact for fact in facts if fact[1]),
        link=console.alarm(shapes.text(document.get("AlarmArn"))),
    )


def _moment(text: str) -> str:
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return text
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _measured(trigger: Mapping[str, object]) -> str:
    name = shapes.text(trigger.get("MetricName"))
    if not name:
        # An alarm on an expression lists its metrics; the one that returns data is what is compared.
        shown = (shapes.mapping(metric) for metric in shapes.items(trigger.get("Metrics")))
        return next((_expression(metric) for metric in shown if metric.get("ReturnData") is True), "")
    statistic = shapes.text(trigger.get("Statistic")) or shapes.text(trigger.get("ExtendedStatistic"))
    where = ", ".join(
        f"{shapes.text(dimension.get('name'))}={shapes.text(dimension.get('value'))}"
        for dimension in map(shapes.mapping, shapes.items(trigger.get("Dimensions")))
    )
    measured = " ".join(filter(None, (statistic.lower(), shapes.text(trigger.get("Namespace")), name)))
    return f"{measured} ({where})" if where else measured


def _expression(metric: Mapping[str, object]) -> str:
    return shapes.text(metric.get("Label")) or shapes.text(metric.get("Expression"))


def _threshold(trigger: Mapping[str, object]) -> str:
    comparison = _COMPARISONS.get(shapes.text(trigger.get("ComparisonOperator")), "")
    limit = trigger.get("Threshold")
    periods, seconds = shapes.whole(trigger.get("EvaluationPeriods")), shapes.whole(trigger.get("Period"))
    parts = [comparison, f"{limit:g}" if isinstance(limit, int | float) else ""]
    if periods and seconds:
        parts.append(f"over {periods} periods of {seconds} s")
    return " ".join(filter(None, parts))
