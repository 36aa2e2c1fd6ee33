"""Progress on a terminal: one line for each running layer, written anew, below the lines that stay."""

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
    Started,
    StepEnded,
    StepStarted,
    Tick,
    Waiting,
)

_ABOVE = "\x1b[{}A"
_CLEAR_BELOW = "\x1b[J"
_GREEN, _RED, _DIM, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
_DETAIL_COLUMNS = 50
"""Narrower terminals show layer and time only."""


@dataclass(slots=True)
class _Layer:
    stem: str
    since: float
    says: str


@dataclass(slots=True)
class LiveLines:
    """Draws at most as many lines as fit, and none wider than the terminal: what wraps cannot be redrawn."""

    stream: TextIO
    monotonic: Callable[[], float]
    size: Callable[[], tuple[int, int]]
    color: bool = True
    _layers: dict[str, _Layer] = field(default_factory=dict)
    _drawn: int = 0
    _column: int = 0

    def show(self, event: Event) -> None:
        """Bring the screen to what the event says."""
        stays = self._staying(event)
        self._note(event)
        self._draw(stays)

    def close(self) -> None:
        """Leave the screen with the lines that stay; what still runs is not shown as if it went on."""
        self._layers.clear()
        self._draw(())

    def _note(self, event: Event) -> None:
        match event:
            case Started():
                self._column = max((len(stem) for stem in event.layers), default=0)
            case StepStarted():
                says = words.phase(event.phase).strip(" ()")
                self._layers[event.step] = _Layer(event.stem, self.monotonic(), says)
            case OperationStarted():
                self._say(event.step, words.operation(event))
            case Waiting():
                # Before any step runs, there is no line yet for what is waited for.
                self._layers.setdefault(event.step, _Layer(event.stem, self.monotonic(), ""))
                self._say(event.step, plain(f"waits: {event.reason}"))
            case ResourceMoved():
                self._say(event.step, words.resource(event.event))
            case StepEnded():
                self._layers.pop(event.step, None)
            case Ended():
                self._layers.clear()
            case _:
                pass
        if not isinstance(event, Waiting | Tick):
            self._layers.pop("", None)

    def _say(self, step: str, text: str) -> None:
        if step in self._layers:
            self._layers[step].says = text

    def _staying(self, event: Event) -> tuple[str, ...]:
        """Return the lines that stay on the screen for an event."""
        match event:
            case StepEnded() if event.problem:
                time = words.seconds(event.seconds)
                failed = self._tinted("failed", _RED)
                return (f"{failed}  {self._padded(event.stem)}  {time}  {plain(event.problem)}",)
            case StepEnded():
                done = self._tinted("done", _GREEN)
                phase = words.phase(event.phase)
                return (f"{done}    {self._padded(event.stem)}  {words.seconds(event.seconds)}{phase}",)
            case ResourceMoved() if words.is_worth_a_line(event.event):
                said = f"{event.event.target}: {words.resource(event.event)}"
                return (f"        {self._padded(event.stem)}  {plain(said)}",)
            case Noted():
                return (plain(event.message),)
            case Ended():
                return (words.ended(event),)
            case _:
                return ()

    def _draw(self, stays: tuple[str, ...]) -> None:
        columns, rows = self.size()
        up = f"\r{_ABOVE.format(self._drawn)}" if self._drawn else "\r"
        live = [self._live(layer, columns) for layer in self._layers.values()]
        fits = max(1, rows - 2)
        if len(live) > fits:
            live = [*live[: fits - 1], f"... and {len(live) - fits + 1} more"[: columns - 1]]
        self._drawn = len(live)
        self.stream.write(up + _CLEAR_BELOW + "".join(f"{line}\n" for line in (*stays, *live)))
        self.stream.flush()

    def _live(self, layer: _Layer, columns: int) -> str:
        elapsed = words.seconds(self.monotonic() - layer.since)
        head = f"running {self._padded(layer.stem)}  {elapsed}"
        if columns < _DETAIL_COLUMNS:
            return f"{plain(layer.stem)} {elapsed}"[: columns - 1]
        line = _cut(f"{head}  {layer.says}".rstrip(), columns - 1)
        shown = line[: len(head)]
        return shown + self._tinted(line[len(head) :], _DIM) if len(line) > len(head) else line

    def _padded(self, stem: str) -> str:
        return plain(stem).ljust(self._column)

    def _tinted(self, text: str, tint: str) -> str:
        return f"{tint}{text}{_PLAIN}" if self.color else text


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 3)] + "..."
