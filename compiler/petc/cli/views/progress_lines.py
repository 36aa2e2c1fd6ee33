"""Progress as lines that stay: for logs of CI, pipes and terminals that cannot move the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from petc.cli.output import plain
from petc.cli.views import progress_text as words
from petc.deploy.execute.events import (
    Ended,
    Event,
    Noted,
    OperationStarted,
    ResourceMoved,
    StepEnded,
    StepStarted,
    Tick,
    Waiting,
)

_QUIET_SECONDS = 30.0
"""After so long without a line one says what still runs: some runners end what says nothing."""


@dataclass(slots=True)
class PlainLines:
    """Writes one line for each event that a reader of a log wants to find there."""

    stream: TextIO
    monotonic: Callable[[], float]
    _running: dict[str, tuple[str, float]] = field(default_factory=dict)
    _waits: dict[str, str] = field(default_factory=dict)
    _written: float = 0.0

    def show(self, event: Event) -> None:
        """Write what the event is worth."""
        match event:
            case StepStarted():
                self._running[event.step] = (event.stem, self.monotonic())
                self._line(f"{event.stem}: begins{words.phase(event.phase)}")
            case OperationStarted():
                self._waits.pop(event.step, None)
                self._line(f"{event.stem}: {words.operation(event)}")
            case Waiting():
                # Said once for each reason, not at each look.
                if self._waits.get(event.step) != event.reason:
                    self._waits[event.step] = event.reason
                    self._line(f"{event.stem}: waits, {event.reason}")
            case ResourceMoved() if words.is_worth_a_line(event.event):
                self._line(f"{event.stem}: {event.event.target}: {words.resource(event.event)}")
            case StepEnded():
                self._running.pop(event.step, None)
                how = f"failed after {words.seconds(event.seconds)}: {event.problem}"
                self._line(
                    f"{event.stem}: {how if event.problem else f'done in {words.seconds(event.seconds)}'}"
                )
            case Noted():
                self._line(event.message)
            case Tick():
                self._say_what_runs()
            case Ended():
                self._line(words.ended(event))
            case _:
                pass

    def close(self) -> None:
        """Do nothing: every line is complete."""

    def _say_what_runs(self) -> None:
        now = self.monotonic()
        if self._running and now - self._written >= _QUIET_SECONDS:
            each = (f"{stem} ({words.seconds(now - since)})" for stem, since in self._running.values())
            self._line(f"still running: {', '.join(each)}")

    def _line(self, text: str) -> None:
        self._written = self.monotonic()
        self.stream.write(plain(text) + "\n")
        self.stream.flush()
