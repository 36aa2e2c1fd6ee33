"""Mends alarms on metric math, which MiniStack's CloudFormation refuses and its CloudWatch does not evaluate."""

from __future__ import annotations

from ministack.services import cloudwatch

from petc.resources.schemas import Json
from petc_local.types.forms import Attributes, Made, Properties
from petc_local.types.patching import Mend

_UNUSED = "unused"


def _prepared(properties: Properties) -> Properties:
    """Give an alarm on metric math the one metric that MiniStack asks for; `_made` takes it away again."""
    if not properties.get("Metrics"):
        return properties
    plain: dict[str, Json] = {name: value for name, value in properties.items() if name != "Metrics"}
    return plain | {"MetricName": _UNUSED, "Namespace": _UNUSED}


def _made(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Show the queries instead of a metric, as `DescribeAlarms` does ("MetricAlarm")."""
    if new.get("Metrics"):
        alarm = cloudwatch._alarms[physical_id]
        for name in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit"):
            alarm.pop(name, None)
        alarm["Metrics"] = new["Metrics"]
        alarm["Dimensions"] = []
    return physical_id, attributes


MENDS = {"AWS::CloudWatch::Alarm": Mend(prepared=_prepared, made=_made)}
"""The types that this module mends."""
