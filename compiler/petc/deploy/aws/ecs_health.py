"""An early word on services that do not get steady: CloudFormation waits for hours where tasks say it at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from petc.deploy.aws import stopped_tasks
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.event_history import HistoryEntry
from petc.deploy.engine import ResourceEvent
from petc.deploy.targets import Target

TASKS_STOP = "TASKS_STOP"
"""The status of an event that petc adds: the tasks of a service stop again and again."""

EVERY_SECONDS = 30.0
"""How often a service is asked for its tasks."""


@dataclass(slots=True)
class EcsWatch:
    """The services that CloudFormation is waiting for, and when each was last asked; `every` is in seconds."""

    every: float = EVERY_SECONDS
    _asked: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, HistoryEntry] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self, connection: Connection, target: Target, stack: str, entries: Iterable[HistoryEntry]
    ) -> tuple[ResourceEvent, ...]:
        """Return the events of a stack that were read, with one for each service whose tasks keep stopping."""
        read = tuple(entries)
        found = [item.event for item in read]
        for item in self._due(stack, read):
            reason = stopped_tasks.stopping(connection, target, item.physical_id, repeatedly=True)
            if reason:
                found.append(replace(item.event, time=time.time(), status=TASKS_STOP, reason=reason))
        return tuple(found)

    def _due(self, stack: str, entries: tuple[HistoryEntry, ...]) -> tuple[HistoryEntry, ...]:
        now = time.monotonic()
        with self._lock:
            for item in reversed(entries):
                if item.event.type == stopped_tasks.TYPE and "service/" in item.physical_id:
                    if item.event.status.endswith("_IN_PROGRESS"):
                        self._waiting[item.physical_id] = item
                        self._asked.setdefault(item.physical_id, now)
                    else:
                        self._waiting.pop(item.physical_id, None)
            due = tuple(
                item
                for service, item in self._waiting.items()
                if item.stack_id == stack and now - self._asked[service] >= self.every
            )
            self._asked.update((item.physical_id, now) for item in due)
        return due
