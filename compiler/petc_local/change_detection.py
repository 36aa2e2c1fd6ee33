"""Whether anything may have changed since a moment, found at little cost."""

from __future__ import annotations

from dataclasses import dataclass

from ministack.services import cloudformation

from petc_local.aws_requests import AwsCall
from petc_local.stack_sets.store import STORE

Mark = tuple[int, int, int]
"""A moment: equal marks have nothing between them that is worth saving."""

_RUNS = ("RUNNING", "STOPPING", "QUEUED")


@dataclass(slots=True)
class Activity:
    """Counts the calls that change something."""

    changing: int = 0

    def notice(self, call: AwsCall) -> None:
        """Count a call that has happened."""
        self.changing += not call.reads_only

    def mark(self) -> Mark:
        """Return the moment: calls, steps of stacks, which go on when no call comes, and operations that run."""
        steps = sum(len(events) for events in cloudformation._stack_events._data.values())
        runs = sum(
            operation.status in _RUNS for known in STORE.operations.values() for operation in known.values()
        )
        return self.changing, steps, runs

    @staticmethod
    def simulated() -> bool:
        """Whether any stack is simulated: a bench has thousands, whose saving would be what is measured."""
        return any(instance.simulated for known in STORE.instances.values() for instance in known.values())
