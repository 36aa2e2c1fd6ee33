"""Alarms of every shape become notices."""

from __future__ import annotations

from slack_notifier import alarms
from slack_notifier.notice import Tone


def test_an_alarm_on_an_expression_names_what_returns_data() -> None:
    metrics = [
        {"Id": "m1", "ReturnData": False, "MetricStat": {}},
        {"Id": "e1", "Expression": "m1 / 2", "Label": "error rate", "ReturnData": True},
    ]
    trigger = {"Metrics": metrics, "Threshold": 0.05, "ComparisonOperator": "LessThanThreshold"}
    notice = alarms.notice({"AlarmName": "a", "NewStateValue": "OK", "Trigger": trigger})

    assert ("Measured", "error rate") in notice.facts
    assert ("Threshold", "< 0.05") in notice.facts
    assert notice.tone is Tone.GOOD


def test_a_composite_alarm_has_no_trigger() -> None:
    notice = alarms.notice({"AlarmName": "a", "NewStateValue": "INSUFFICIENT_DATA", "AlarmRule": "ALARM(b)"})

    assert (notice.title, notice.tone) == ("INSUFFICIENT DATA: a", Tone.UNSURE)
    assert notice.facts == (("State", "INSUFFICIENT_DATA"),)


def test_parts_of_a_wrong_kind_are_left_out() -> None:
    notice = alarms.notice({"AlarmName": "a", "NewStateValue": "OK", "Trigger": [1], "StateChangeTime": 5})

    assert notice.facts == (("State", "OK"),)
