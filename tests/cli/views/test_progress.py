"""How a deployment is shown: by feeding events to what shows them."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.cli.views.progress import progress
from petc.cli.views.progress_json import JsonLines
from petc.cli.views.progress_lines import PlainLines
from petc.cli.views.progress_text import seconds
from petc.cli.views.progress_tty import LiveLines
from petc.deploy.engine import ResourceEvent, State
from petc.deploy.execute.events import (
    Ended,
    Event,
    Noted,
    OperationEnded,
    OperationStarted,
    ResourceMoved,
    Started,
    StepEnded,
    StepStarted,
    Tick,
    Waiting,
)
from petc.deploy.plan.types import OperationKind, Phase
from petc.deploy.targets import Target

TARGET = Target("111111111111", "us-west-2")


@dataclass(slots=True)
class Time:
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now


def screen(written: str) -> list[str]:
    """Return what a terminal shows: it knows a carriage return, upward moves and clearing below."""
    lines, row = [""], 0
    for part in re.split(r"(\x1b\[\d*[A-Za-z]|\r|\n)", written):
        if part == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif match := re.fullmatch(r"\x1b\[(\d+)A", part):
            row -= int(match[1])
            assert row >= 0
        elif part == "\x1b[J":
            lines[row:] = [""]
        elif part != "\r" and not part.startswith("\x1b"):
            lines[row] += part
    return [line for line in lines if line]


def moved(logical_id: str, status: str, reason: str = "", stem: str = "01-base") -> ResourceMoved:
    event = ResourceEvent(1.0, TARGET, "stack", logical_id, "AWS::SQS::Queue", status, reason)
    return ResourceMoved(f"{stem}/only", stem, event)


def started(stem: str) -> StepStarted:
    return StepStarted(f"{stem}/only", stem, Phase.ONLY)


def ended(stem: str, problem: str = "") -> StepEnded:
    return StepEnded(f"{stem}/only", stem, Phase.ONLY, 42.0, problem)


def live(*events: Event, columns: int = 80, rows: int = 24, time: Time | None = None) -> str:
    stream = io.StringIO()
    clock = time or Time()
    shown = LiveLines(stream, clock.monotonic, lambda: (columns, rows), color=False)
    for event in events:
        shown.show(event)
        clock.now += 1
    return stream.getvalue()


def plain(*events: Event, step: float = 1.0) -> list[str]:
    stream, clock = io.StringIO(), Time()
    shown = PlainLines(stream, clock.monotonic)
    for event in events:
        shown.show(event)
        clock.now += step
    return stream.getvalue().splitlines()


def test_each_running_layer_has_one_line_with_its_time_and_last_resource() -> None:
    written = live(
        Started(("01-base", "02-longer")),
        started("01-base"),
        started("02-longer"),
        moved("Queue", "CREATE_IN_PROGRESS"),
        moved("Other", "CREATE_COMPLETE"),
        Tick(),
    )

    assert screen(written) == [
        "running 01-base    4 s  Other (AWS::SQS::Queue) create complete",
        "running 02-longer  3 s",
    ]


def test_a_finished_layer_leaves_one_line_above_those_that_run() -> None:
    written = live(
        Started(("01-base", "02-top")), started("01-base"), started("02-top"), ended("01-base"), Tick()
    )

    assert screen(written) == ["done    01-base  42 s", "running 02-top   2 s"]


def test_what_fails_stays_on_the_screen() -> None:
    written = live(
        started("01-base"),
        moved("Queue", "CREATE_FAILED", "no room"),
        moved("Other", "CREATE_COMPLETE"),
        ended("01-base", "no room"),
        Ended(3.0, (), ("01-base",), ("02-top",)),
    )

    assert screen(written) == [
        "        01-base  111111111111/us-west-2: Queue (AWS::SQS::Queue) create failed: no room",
        "failed  01-base  42 s  no room",
        "2 layers: 0 done, 1 failed, 1 not finished in 3 s",
    ]


EVENTS = st.lists(
    st.one_of(
        st.sampled_from(["a", "b", "c"]).map(started),
        st.sampled_from(["a", "b", "c"]).map(ended),
        st.builds(
            moved,
            st.text(max_size=200),
            st.sampled_from(["CREATE_COMPLETE", "X_FAILED"]),
            st.text(),
            st.just("a"),
        ),
        st.builds(Waiting, st.just(""), st.just("dev"), st.text(max_size=200), st.just(1.0)),
        st.just(Tick()),
    ),
    max_size=12,
)


@given(EVENTS, st.integers(1, 120), st.integers(1, 6))
def test_no_line_that_is_redrawn_is_as_wide_as_the_terminal(
    events: list[Event], columns: int, rows: int
) -> None:
    stream = io.StringIO()
    shown = LiveLines(stream, Time().monotonic, lambda: (columns, rows), color=False)
    for event in events:
        before = len(stream.getvalue())
        shown.show(event)
        drawn = stream.getvalue()[before:].rpartition("\x1b[J")[2].splitlines()

        assert all(len(line) < max(columns, 2) for line in drawn[len(drawn) - shown._drawn :])
        assert shown._drawn <= max(1, rows - 2)


def test_a_narrow_terminal_shows_layer_and_time() -> None:
    written = live(started("01-base"), moved("Queue", "CREATE_IN_PROGRESS"), columns=30)

    assert screen(written) == ["01-base 1 s"]


def test_text_of_aws_moves_no_cursor() -> None:
    written = live(started("01-base"), moved("Queue", "CREATE_FAILED", "a\x1b[2Jb\rc"))

    assert "\x1b[2J" not in written


@pytest.mark.parametrize(
    "sign", ["\x1b[31m", "\x9b31m", "\u202e", "\u2066", "\u200f", "\x07", "\x85", "\u2028"]
)
def test_no_line_that_stays_turns_or_colours_the_terminal(sign: str) -> None:
    text = f"bad {sign} reason"
    written = live(
        started("01-base"),
        Waiting("01-base/only", "01-base", text, 1.0),
        moved("Queue", "CREATE_FAILED", text),
        ended("01-base", text),
        Noted(text),
    )

    assert written.count("bad ") >= 3
    assert sign not in written


def test_closing_takes_away_what_would_look_as_if_it_ran_on() -> None:
    stream = io.StringIO()
    shown = LiveLines(stream, Time().monotonic, lambda: (80, 24))
    shown.show(started("01-base"))

    shown.close()

    assert screen(stream.getvalue()) == []


def test_a_pipe_gets_a_line_for_what_a_reader_of_a_log_looks_for() -> None:
    lines = plain(
        started("01-base"),
        OperationStarted(
            "01-base/only", "01-base", OperationKind.CREATE_INSTANCES, "n", (TARGET, Target("2", "us-west-2"))
        ),
        moved("Queue", "CREATE_COMPLETE"),
        moved("Queue", "CREATE_FAILED", "no room"),
        OperationEnded("01-base/only", "01-base", OperationKind.CREATE_INSTANCES, State.FAILED, 1.0),
        ended("01-base", "no room"),
    )

    assert lines == [
        "01-base: begins",
        "01-base: creating in 2 accounts × us-west-2",
        "01-base: 111111111111/us-west-2: Queue (AWS::SQS::Queue) create failed: no room",
        "01-base: failed after 42 s: no room",
    ]


def test_a_wait_is_told_once_for_each_reason() -> None:
    lines = plain(*(Waiting("s", "01-base", reason, 1.0) for reason in ("a", "a", "b")))

    assert lines == ["01-base: waits, a", "01-base: waits, b"]


def test_a_long_silence_in_a_pipe_is_broken_by_what_runs() -> None:
    lines = plain(started("01-base"), Tick(), Tick(), Tick(), step=20.0)

    assert lines == ["01-base: begins", "still running: 01-base (40 s)"]


def test_json_has_one_object_for_each_event_but_no_ticks() -> None:
    stream = io.StringIO()
    shown = JsonLines(stream, Time().monotonic)
    for event in (started("01-base"), Tick(), moved("Queue", "CREATE_COMPLETE"), Noted("n")):
        shown.show(event)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["step-started", "resource-moved", "noted"]
    assert lines[1]["resource"]["target"] == "111111111111/us-west-2"


def test_a_reader_that_has_gone_does_not_end_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    with progress("text") as listener:
        listener(started("01-base"))
        listener(started("02-top"))


@pytest.mark.parametrize(
    ("elapsed", "words"), [(0.9, "0 s"), (59.9, "59 s"), (60, "1 min 00 s"), (3725, "1 h 02 min")]
)
def test_times_are_told_in_words(elapsed: float, words: str) -> None:
    assert seconds(elapsed) == words


PROGRAM = """
from petc.cli.views.progress import progress
from petc.deploy.plan.types import Phase
from petc.deploy.execute.events import StepEnded, StepStarted
with progress("text") as listener:
    listener(StepStarted("s", "01-base", Phase.ONLY))
    listener(StepEnded("s", "01-base", Phase.ONLY, 3.0))
"""


@pytest.mark.parametrize(("term", "moves"), [("xterm", True), ("dumb", False)])
def test_only_a_terminal_that_can_move_its_cursor_is_redrawn(term: str, moves: bool) -> None:
    terminal, inside = os.openpty()
    subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "TERM": term, "NO_COLOR": "1"},
        stderr=inside,
        check=True,
        timeout=30,
    )
    written = os.read(terminal, 10_000).decode()
    os.close(inside)
    os.close(terminal)

    assert ("\x1b[" in written) is moves
    assert "done" in written
