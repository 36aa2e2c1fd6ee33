"""What an alarm is: the series that it watches, from when on it rings, and what it tells whom.

Every alarm rings at its threshold or above it, and tells the topic both when it rings and when all is well
again. Nobody is told when data stops, since `MissingData` says for each alarm what its silence means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troposphere import cloudwatch

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.layers.monitoring.metrics import Series


class MissingData(StrEnum):
    """What it means that AWS publishes nothing; Amazon CloudWatch User Guide, "treat missing data"."""

    GOOD = "notBreaching"
    """Of counts and durations: nothing happened."""
    BAD = "breaching"
    """Of what always speaks: its silence is the failure."""
    UNKNOWN = "missing"
    """Of gauges of a thing that may be gone: the alarm says that it does not know."""
    AS_BEFORE = "ignore"
    """Of gauges that lapse while nothing changes: the last word stands."""


@dataclass(frozen=True, slots=True)
class Window:
    """How much evidence an alarm wants: `enough` of the last `periods`, each of so many seconds."""

    seconds: int
    periods: int
    enough: int

    def __str__(self) -> str:
        """Return the evidence in words, such as `in 10 of 15 minutes`."""
        minutes = self.seconds // 60
        if self.periods == 1:
            return f"within {minutes} minutes"
        if minutes > 1:
            return f"in {self.enough} of {self.periods} spans of {minutes} minutes"
        return f"in {self.enough} of {self.periods} minutes"


AT_ONCE = Window(300, 1, 1)
"""For counts in five minutes, which are evidence enough."""
SOON = Window(300, 3, 2)
"""For response times, of which one slow span may be chance."""
BRIEFLY = Window(60, 5, 3)
"""For what ends in refused work within minutes."""
STEADILY = Window(60, 15, 10)
"""For utilisation, which may well peak for as long as scaling takes."""


@dataclass(frozen=True, slots=True)
class AlarmWatch:
    """One alarm.

    `kind` and `key` say of which part (an empty key where there is one only), `what` says what of it; names
    are made of the three. `watched` is the series, or several series by the names that `formula` gives them.
    `text` says what it means that the alarm rings, `first` what to look at first. A percentile is watched by a
    formula, since of a handful of calls it is whichever happened to be slow; see `slow_calls.guarded`.
    """

    kind: str
    key: str
    what: str
    watched: Series | Mapping[str, Series]
    threshold: float
    window: Window
    missing: MissingData
    text: str
    first: str
    at: str
    formula: str = ""


def add_alarms(draft: Draft, watches: tuple[AlarmWatch, ...]) -> tuple[cloudwatch.Alarm, ...]:
    """Add an alarm for each watch whose threshold is not 0, and return them."""
    return tuple(_add(draft, watch) for watch in watches if watch.threshold)


def _add(draft: Draft, watch: AlarmWatch) -> cloudwatch.Alarm:
    topic = draft.imported(contracts.TOPIC_ARN)
    stage = draft.stage
    name = "-".join(filter(None, (stage.name, stage.stage, watch.kind, watch.key, watch.what)))
    return draft.add(
        cloudwatch.Alarm(
            naming.logical_id(naming.pascal(f"{watch.kind}-{watch.what}-alarm"), watch.key),
            # A name of its own, since it is the title of the message that wakes someone. It changes with the
            # logical id, so that an alarm's successor never meets its predecessor under the same name.
            AlarmName=name,
            AlarmDescription=f"{watch.text} ({watch.threshold:g} or more {watch.window}). {watch.first}",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=watch.threshold,
            EvaluationPeriods=watch.window.periods,
            DatapointsToAlarm=watch.window.enough,
            TreatMissingData=str(watch.missing),
            AlarmActions=[topic],
            OKActions=[topic],
            **_watched(watch),
        ),
        watch.at,
        why=watch.text[:1].lower() + watch.text[1:],
    )


def _watched(watch: AlarmWatch) -> dict[str, Any]:
    seconds = watch.window.seconds
    if isinstance(watch.watched, Series):
        plain = {"Namespace": watch.watched.namespace, "MetricName": watch.watched.name, "Period": seconds}
        return {**plain, "Dimensions": _dimensions(watch.watched), "Statistic": watch.watched.statistic}
    formula = cloudwatch.MetricDataQuery(
        Id="result", Expression=watch.formula, Label=watch.what, ReturnData=True
    )
    return {"Metrics": [formula, *(_query(name, item, seconds) for name, item in watch.watched.items())]}


def _query(name: str, series: Series, seconds: int) -> cloudwatch.MetricDataQuery:
    metric = cloudwatch.Metric(
        Namespace=series.namespace, MetricName=series.name, Dimensions=_dimensions(series)
    )
    return cloudwatch.MetricDataQuery(
        Id=name,
        MetricStat=cloudwatch.MetricStat(Metric=metric, Period=seconds, Stat=series.statistic),
        ReturnData=False,
    )


def _dimensions(series: Series) -> list[cloudwatch.MetricDimension]:
    return [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in series.dimensions.items()]
