"""Progress as JSON lines: one object for each event, for machines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TextIO

from petc.deploy.execute.events import Event, Tick
from petc.deploy.targets import Target

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(slots=True)
class JsonLines:
    """Writes `{"event": "step-started", "at": 1.5, …}`; `at` is seconds since the first event.

    The resource of `resource-moved` stands below `resource`.
    """

    stream: TextIO
    monotonic: Callable[[], float]
    _began: float | None = None

    def show(self, event: Event) -> None:
        """Write the event; that time passes is none."""
        if isinstance(event, Tick):
            return
        now = self.monotonic()
        self._began = now if self._began is None else self._began
        name = _WORD.sub("-", type(event).__name__).lower()
        said = _fields(event)
        if "event" in said:
            said["resource"] = said.pop("event")
        line = {"event": name, "at": round(now - self._began, 3), **said}
        self.stream.write(json.dumps(line) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Do nothing: every line is complete."""


def _fields(value: object) -> dict[str, object]:
    return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, Target):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return _fields(value)
    return value
