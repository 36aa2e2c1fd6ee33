"""Widgets of a dashboard, and their places on its grid.

A widget is the JSON of Amazon CloudWatch API Reference, "Dashboard body structure and syntax", as plain
values that may hold expressions; `substituted` turns the whole into the one text that CloudFormation takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, GetAtt, Ref, Sub, cloudwatch

from petc import naming
from petc.layers.monitoring.metrics import Series

COLUMNS = 24
"""Width of the grid; API reference as above, "Widgets array structure"."""
ALARMS = 100
"""Alarms in one widget; API reference as above, "Properties of an alarm status widget object"."""
LOG_GROUPS = 50
"""Log groups in one query; Amazon CloudWatch Logs User Guide, "CloudWatch Logs quotas"."""

COUNTED = 300
"""Seconds of a point that counts something: five minutes, as the spec's thresholds are put."""
MEASURED = 60
"""Seconds of a point that measures something."""


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget with its size on the grid, without its place."""

    kind: str
    width: int
    height: int
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A series on a chart by its label; `right` puts it on the right axis."""

    label: str
    series: Series
    right: bool = False


def text(markdown: str | Sub, height: int) -> Widget:
    """Return a text over the whole width; a `Sub` may refer to what only the deployment knows."""
    return Widget("text", COLUMNS, height, {"markdown": markdown})


def heading(title: str) -> Widget:
    """Return the title of the rows below it."""
    return text(f"## {title}", 1)


def chart(
    title: str,
    lines: Iterable[Line],
    *,
    period: int = MEASURED,
    limits: Mapping[str, float] | None = None,
    region: Any = None,
) -> Widget:
    """Return a chart of lines over time; `limits` are thresholds by label, of which 0 is none."""
    drawn = [{"label": label, "value": value} for label, value in (limits or {}).items() if value]
    return Widget(
        "metric",
        6,
        6,
        {
            "title": title,
            "view": "timeSeries",
            "region": region or Ref("AWS::Region"),
            "period": period,
            "metrics": [_line(line) for line in lines],
            "yAxis": {"left": {"min": 0}},
            "legend": {"position": "bottom"},
            **({"annotations": {"horizontal": drawn}} if drawn else {}),
        },
    )


def alarm_states(alarms: Sequence[cloudwatch.Alarm]) -> list[Widget]:
    """Return widgets with the state of all the alarms, what has just changed first."""
    return [
        Widget(
            "alarm",
            COLUMNS,
            3 + len(some) // 8,
            {
                "title": "Alarms",
                "sortBy": "stateUpdatedTimestamp",
                "alarms": [GetAtt(alarm, "Arn") for alarm in some],
            },
        )
        for some in _portions(alarms, ALARMS)
    ]


def log_query(title: str, groups: Sequence[str], *commands: str) -> list[Widget]:
    """Return tables of what the commands of a Logs Insights query find in the log groups."""
    return [
        Widget(
            "log",
            COLUMNS,
            6,
            {
                "title": title,
                "region": Ref("AWS::Region"),
                "view": "table",
                "query": " | ".join([*(f"SOURCE '{group}'" for group in some), *commands]),
            },
        )
        for some in _portions(groups, LOG_GROUPS)
    ]


def placed(rows: Iterable[Iterable[Widget]]) -> list[dict[str, Any]]:
    """Return the widgets with their places: each row begins on a line of its own and may take several."""
    found: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        left, tallest = 0, 0
        for widget in row:
            if left + widget.width > COLUMNS:
                top, left, tallest = top + tallest, 0, 0
            place = {"x": left, "y": top, "width": widget.width, "height": widget.height}
            found.append({"type": widget.kind, **place, "properties": dict(widget.properties)})
            left, tallest = left + widget.width, max(tallest, widget.height)
        top += tallest
    return found


def substituted(body: object, prefix: str) -> Sub:
    """Return the body as JSON text in which references stand for what only the deployment knows.

    An import becomes a variable that is named for the export, without the `prefix` that all exports share.
    """
    variables: dict[str, Any] = {}

    def place(value: object) -> str:
        assert isinstance(value, AWSHelperFn), f"{value!r} cannot stand in a dashboard"
        shown: dict[str, Any] = value.to_dict()
        ((function, argument),) = shown.items()
        if function == "Ref":
            return f"${{{argument}}}"
        if function == "Fn::GetAtt":
            return f"${{{'.'.join(argument)}}}"
        if function == "Fn::Sub":
            written, own = (argument, {}) if isinstance(argument, str) else argument
            variables.update(own)
            return str(written)
        assert function == "Fn::ImportValue", f"{function} cannot stand in a dashboard"
        variable = naming.pascal(argument.removeprefix(prefix))
        variables[variable] = value
        return f"${{{variable}}}"

    written = json.dumps(body, default=place, separators=(",", ":"))
    return Sub(written, dict(sorted(variables.items()))) if variables else Sub(written)


def _line(line: Line) -> list[Any]:
    dimensions = [item for pair in line.series.dimensions.items() for item in pair]
    options = {"label": line.label, "stat": line.series.statistic}
    if line.right:
        options["yAxis"] = "right"
    return [line.series.namespace, line.series.name, *dimensions, options]


def _portions(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
