"""Schedules of EventBridge rules: what is wrong with one, by the whole grammar of `rate(...)` and `cron(...)`.

Source: Amazon EventBridge User Guide, "Setting a schedule pattern for scheduled rules". It is silent on a few
combinations; there the narrower reading holds, which every reader of such expressions takes: ranges do not wrap
around, `L` and `W` and `#` stand alone in their field, and no step is longer than the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_RATE = re.compile(r"rate\((\S+) (\S+)\)")
_UNITS = ("minute", "hour", "day")
_LONGEST_RATE = 9
"""Digits of a rate; assumed, beyond it no such rule has a meaning."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the six fields: its name, least and greatest value, and words for values from `low` on."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    steps: bool = True

    @property
    def range(self) -> str:
        """The values, as a message shows them."""
        named = f" or {self.words[0]}-{self.words[-1]}" if self.words else ""
        return f"{self.low}-{self.high}{named}"


_MINUTES = _Field("minutes", 0, 59)
_HOURS = _Field("hours", 0, 23)
_DAY_OF_MONTH = _Field("day-of-month", 1, 31)
_MONTH = _Field("month", 1, 12, _MONTHS)
_DAY_OF_WEEK = _Field("day-of-week", 1, 7, _DAYS, steps=False)
_YEAR = _Field("year", 1970, 2199)
_FIELDS = (_MINUTES, _HOURS, _DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK, _YEAR)


def fault(schedule: str) -> str:
    """Return why EventBridge refuses a schedule, as the end of a sentence; nothing when it takes it."""
    if schedule.startswith("rate("):
        return _rate_fault(schedule)
    if not schedule.startswith("cron("):
        return "it is neither `rate(...)` nor `cron(...)`"
    if not schedule.endswith(")"):
        return "the closing bracket is missing"
    fields = schedule[len("cron(") : -1].split(" ")
    if len(fields) != len(_FIELDS) or "" in fields:
        return f"it has {len([item for item in fields if item])} fields, and cron takes six, with one space between"
    for field, text in zip(_FIELDS, fields, strict=True):
        if reason := _field_fault(field, text.upper()):
            return f"in {field.name} `{text}` {reason}"
    unspecified = [text for text in (fields[2], fields[4]) if text == "?"]
    if len(unspecified) == 2:
        return "both day-of-month and day-of-week are `?`, and exactly one may be"
    if not unspecified:
        return "neither day-of-month nor day-of-week is `?`, and exactly one has to be"
    return ""


def _rate_fault(schedule: str) -> str:
    match = _RATE.fullmatch(schedule)
    if match is None:
        return "a rate is a number and a unit with one space between"
    value, unit = match.groups()
    if not re.fullmatch(rf"[1-9][0-9]{{0,{_LONGEST_RATE - 1}}}", value):
        return f"`{value}` is no whole number above 0"
    wanted = _UNITS if value == "1" else tuple(f"{item}s" for item in _UNITS)
    return "" if unit in wanted else f"the unit of {value} is `{'`, `'.join(wanted)}`"


def _field_fault(field: _Field, text: str) -> str:
    days = {_DAY_OF_MONTH: _month_day_fault, _DAY_OF_WEEK: _week_day_fault}
    special = days.get(field)
    if special and (text == "?" or any(sign in text for sign in "LW#")):
        found = special(field, text)
        if found is not None:
            return found
    items = text.split(",")
    for item in items:
        if item == "*" and len(items) > 1:
            return "joins `*` with other values"
        if reason := _item_fault(field, item):
            return reason
    return ""


def _month_day_fault(field: _Field, text: str) -> str | None:
    """Judge `?`, `L`, `LW` and `3W`; nothing to say of others."""
    if text in ("?", "L", "LW"):
        return ""
    if re.fullmatch(r"[0-9]+W", text):
        return _value_fault(field, text[:-1])
    return "is not `L`, `LW`, or a day and `W`, which are used alone"


def _week_day_fault(field: _Field, text: str) -> str | None:
    """Judge `?`, `L`, `6L`, `FRIL`, `6#3` and `FRI#3`; nothing to say of others."""
    if text in ("?", "L"):
        return ""
    if match := re.fullmatch(r"([0-9]+|[A-Z]{3})(L|#([0-9]+))", text):
        if match[3] and not 1 <= int(match[3]) <= 5:
            return "names a week of the month that is not 1 to 5"
        return _value_fault(field, match[1])
    if "#" in text or re.search(r"(?<![A-Z])L|L(?![A-Z])|[0-9]L", text):
        return "is not `L`, a day and `L`, or a day, `#` and a week, which are used alone"
    return None  # letters of a name


def _item_fault(field: _Field, item: str) -> str:
    base, slash, step = item.partition("/")
    if slash:
        if not field.steps:
            return "has a step, which this field does not take"
        if not re.fullmatch(r"[0-9]{1,4}", step) or not 1 <= int(step) <= field.high:
            return f"has a step that is not 1 to {field.high}"
    if base == "*":
        return ""
    first, dash, last = base.partition("-")
    ends = (first, last) if dash else (first,)
    for end in ends:
        if reason := _value_fault(field, end):
            return reason
    if dash and _number(field, first) > _number(field, last):
        return f"begins after its end: write `{first}-{field.high},{field.low}-{last}`"
    return ""


def _value_fault(field: _Field, value: str) -> str:
    if value in field.words:
        return ""
    if not re.fullmatch(r"[0-9]{1,4}", value):
        shown = f"holds `{value}`, which" if value else "holds an empty value, which"
        return f"{shown} is not {field.range}"
    return "" if field.low <= int(value) <= field.high else f"is not within {field.range}"


def _number(field: _Field, value: str) -> int:
    return field.low + field.words.index(value) if value in field.words else int(value)
