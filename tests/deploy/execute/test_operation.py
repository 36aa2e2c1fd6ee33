"""One operation, against an engine that says what the test wants: what cannot be had from the local AWS in time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import TypeVar

import pytest

from petc.deploy.engine import Busy, Cause, Progress, ResourceEvent, State
from petc.deploy.execute.clock import LONGEST, SHORTEST, pause
from petc.deploy.execute.events import Event, Noted, OperationEnded, Waiting
from petc.deploy.execute.operation import Abandoned, Limits, Performer, await_earlier, perform
from petc.deploy.observed import Observed
from petc.deploy.plan.types import Operation, OperationKind, Phase, Step
from petc.deploy.targets import Target
from petc.diagnostics import Diagnostic, Rejected, Severity

T = TypeVar("T")
OPERATION = Operation("o", OperationKind.UPDATE_SET, "shop-dev-01-base")
STEP = Step("s", "base", "01-base", Phase.ONLY, (OPERATION,))


def fault(code: str) -> Rejected:
    return Rejected((Diagnostic(code, Severity.ERROR, f"it is {code}"),))


@dataclass(slots=True)
class Time:
    """A clock on which waiting takes no time."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass(slots=True)
class Scripted:
    """An engine that answers from lists; the last entry is repeated."""

    states: Sequence[State | Rejected]
    begins: Sequence[Busy | Rejected | None] = (None,)
    begun: int = 0
    asked: int = 0
    looked: int = 0
    unreadable: bool = False

    def observe(self, names: Collection[str], prefix: str, targets: tuple[Target, ...]) -> Observed:
        return Observed("1")

    def begin(self, operation: Operation, token: str, templates: Mapping[str, str]) -> Busy | None:
        self.begun += 1
        return _answer(self.begins, self.begun)

    def progress(self, operation: Operation, token: str) -> Progress:
        self.asked += 1
        return Progress(_answer(self.states, self.asked))

    def activity(self, operation: Operation, token: str, since: float) -> tuple[ResourceEvent, ...]:
        self.looked += 1
        if self.unreadable:
            raise fault("aws-access-denied")
        return ()

    def cause(self, operation: Operation, token: str) -> Cause:
        if self.unreadable:
            raise fault("aws-access-denied")
        return Cause(None, "Table", "AWS::X::Y", "no room")


def _answer(answers: Sequence[T | Rejected], number: int) -> T:
    answer = answers[min(number, len(answers)) - 1]
    if isinstance(answer, Rejected):
        raise answer
    return answer


def performer(
    engine: Scripted,
    clock: Time,
    tell: Callable[[Event], None],
    limits: Limits = Limits(),  # noqa: B008
) -> Performer:
    return Performer(engine, "t", {}, tell, clock, limits, Flag())


def performed(engine: Scripted) -> tuple[State, Time, list[Event]]:
    clock, told = Time(), list[Event]()
    ending = perform(performer(engine, clock, told.append), STEP, OPERATION)
    return ending.state, clock, told


def awaited(engine: Scripted) -> tuple[State, Time, list[Event]]:
    clock, told = Time(), list[Event]()
    ending = await_earlier(performer(engine, clock, told.append), STEP, OPERATION)
    return ending.state, clock, told


RUNNING, DONE = State.RUNNING, State.SUCCEEDED


def test_looks_come_often_at_first_and_never_rarer_than_every_five_seconds() -> None:
    assert [pause(elapsed) for elapsed in (0, 1, 10, 1000)] == [SHORTEST, SHORTEST, 1.0, LONGEST]


def test_an_end_is_noticed_within_a_tenth_of_the_time_that_it_took() -> None:
    _, clock, _ = performed(Scripted([RUNNING] * 60 + [DONE]))

    assert all(seconds <= max(SHORTEST, clock.now * 0.1) for seconds in clock.slept)


def test_throttling_and_a_lost_connection_are_outlasted() -> None:
    state, _, told = performed(
        Scripted([RUNNING, fault("aws-throttled"), fault("aws-unreachable"), RUNNING, DONE])
    )

    assert state is DONE
    assert [event.reason for event in told if isinstance(event, Waiting)] == [
        "it is aws-throttled",
        "it is aws-unreachable",
    ]


def test_a_way_to_aws_that_stays_shut_stops_petc_after_a_while() -> None:
    engine, clock = Scripted([RUNNING, fault("aws-unreachable")]), Time()

    with pytest.raises(Rejected, match="aws-unreachable"):
        perform(performer(engine, clock, lambda event: None), STEP, OPERATION)

    assert 300 <= clock.now < 320


def test_a_call_that_aws_refuses_is_known_not_to_have_begun() -> None:
    state, _, _ = performed(Scripted([RUNNING], begins=[fault("aws-refused")]))

    assert state is State.ABSENT


def test_a_call_without_an_answer_is_not_known_to_have_failed() -> None:
    with pytest.raises(Rejected, match="aws-unreachable"):
        performed(Scripted([RUNNING], begins=[fault("aws-unreachable")]))


def test_an_operation_that_never_shows_is_asked_for_again() -> None:
    engine = Scripted([State.ABSENT] * 40 + [RUNNING, DONE])

    state, _, _ = performed(engine)

    assert state is DONE
    assert engine.begun == 2


def test_an_operation_of_an_earlier_run_is_waited_for_and_never_asked_for() -> None:
    known, late = Scripted([RUNNING, DONE]), Scripted([State.ABSENT, RUNNING, DONE])

    assert (awaited(known)[0], awaited(late)[0]) == (DONE, DONE)
    assert (known.begun, late.begun) == (0, 0)


def test_a_call_that_never_arrived_is_left_to_the_next_plan() -> None:
    engine = Scripted([State.ABSENT])

    state, clock, told = awaited(engine)

    assert state is State.ABSENT
    assert engine.begun == 0
    assert 10 <= clock.now < 15
    assert [event.message for event in told if isinstance(event, Noted)] == [
        "01-base: AWS never received the call that was about to be made"
    ]


def test_an_operation_of_an_earlier_run_that_aws_forgets_is_not_asked_for_either() -> None:
    engine = Scripted([RUNNING, State.ABSENT])

    state, _, _ = awaited(engine)

    assert (state, engine.begun) == (State.ABSENT, 0)


def test_who_may_not_read_histories_deploys_all_the_same() -> None:
    engine = Scripted([RUNNING] * 30 + [DONE], unreadable=True)

    state, _, _ = performed(engine)

    assert state is DONE
    assert engine.looked == 1


def test_a_failure_whose_cause_cannot_be_read_is_still_a_failure() -> None:
    ending = perform(
        performer(Scripted([State.FAILED], unreadable=True), Time(), lambda event: None), STEP, OPERATION
    )

    assert ending.state is State.FAILED
    assert ending.cause is not None
    assert "the cause cannot be read: it is aws-access-denied" in ending.cause.reason


def test_an_operation_that_someone_stopped_has_failed() -> None:
    state, _, told = performed(Scripted([RUNNING, State.STOPPED]))

    assert state is State.STOPPED
    assert [event.state for event in told if isinstance(event, OperationEnded)] == [State.STOPPED]


def test_after_an_interrupt_nothing_is_begun() -> None:
    engine = Scripted([RUNNING])
    ready = performer(engine, Time(), lambda event: None)
    ready.stop.set()

    with pytest.raises(Abandoned):
        perform(ready, STEP, OPERATION)

    assert engine.begun == 0
