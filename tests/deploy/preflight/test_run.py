"""Asking all targets at once: bounded, late answers, refusals, answers of no known form."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from petc.deploy.preflight import run, table
from petc.deploy.preflight.table import CHECKS, CheckRow
from petc.deploy.preflight.types import Lookups, NotAnswered, PlannedTarget, PreflightFinding, Verdict
from petc.deploy.targets import Target, product
from tests.deploy.preflight.lookups import HERE, Answers, planned, resource


def row(check: object, name: str = "one") -> CheckRow:
    return CheckRow(name, check, ())  # type: ignore[arg-type]


def finding(verdict: Verdict, target: Target = HERE) -> PreflightFinding:
    return PreflightFinding("one", verdict, target, "message")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (NotAnswered("denied"), "denied"),
        (KeyError("AccountLimit"), "the answer has an unknown form (KeyError: 'AccountLimit')"),
        (TypeError("none"), "the answer has an unknown form (TypeError: none)"),
    ],
)
def test_what_cannot_be_asked_is_not_checked_and_stops_nothing(fault: Exception, said: str) -> None:
    def check(_: PlannedTarget, __: Lookups) -> Iterator[PreflightFinding]:
        raise fault
        yield

    found = run.preflight((planned(),), lambda _: Answers(), (row(check),))

    assert found == (PreflightFinding("one", Verdict.NOT_CHECKED, HERE, said),)


def test_a_fault_of_a_check_is_not_hidden_as_an_answer() -> None:
    def check(_: PlannedTarget, __: Lookups) -> Iterator[PreflightFinding]:
        raise ZeroDivisionError
        yield

    with pytest.raises(ZeroDivisionError):
        run.preflight((planned(),), lambda _: Answers(), (row(check),))


def test_errors_come_first_and_the_same_finding_once() -> None:
    def check(target: PlannedTarget, _: Lookups) -> Iterator[PreflightFinding]:
        yield from map(finding, (Verdict.NOT_CHECKED, Verdict.WARNING, Verdict.ERROR, Verdict.ERROR))

    found = run.preflight((planned(),), lambda _: Answers(), (row(check),))

    assert [item.verdict for item in found] == [Verdict.ERROR, Verdict.WARNING, Verdict.NOT_CHECKED]


def test_at_most_ten_at_once_for_a_target_and_twenty_in_all() -> None:
    now, most, lock = Counter[str](), Counter[str](), threading.Lock()

    def check(target: PlannedTarget, _: Lookups) -> Iterator[PreflightFinding]:
        for name in (str(target.target), "all"):
            with lock:
                now[name] += 1
                most[name] = max(most[name], now[name])
        time.sleep(0.01)
        with lock:
            now[str(target.target)] -= 1
            now["all"] -= 1
        return
        yield

    targets = tuple(PlannedTarget(target, ()) for target in product(("1" * 12, "2" * 12, "3" * 12), ("a",)))
    run.preflight(targets, lambda _: Answers(), tuple(row(check, f"c{at}") for at in range(30)))

    assert most["all"] <= run.AT_ONCE
    assert all(most[str(item.target)] <= run.AT_ONCE_IN_A_TARGET for item in targets)
    assert most["all"] > 1


def test_a_late_answer_is_not_waited_for() -> None:
    gate = threading.Event()
    answered = threading.Event()

    def check(_: PlannedTarget, __: Lookups) -> Iterator[PreflightFinding]:
        gate.wait(60)
        answered.set()
        return
        yield

    found = run.preflight((planned(),), lambda _: Answers(), (row(check),), deadline=0.05)
    waited = answered.is_set()
    gate.set()

    assert [item.message for item in found] == ["no answer within 0.05 s"]
    assert not waited


def test_a_target_that_plans_nothing_is_asked_nothing() -> None:
    answers = Answers()

    assert run.preflight((planned(),), lambda _: answers) == ()
    assert answers.asked == []


def test_every_look_up_reads_and_no_action_gives_a_value_of_a_secret() -> None:
    reading = ("Describe", "Get", "List")

    assert all(action.split(":")[1].startswith(reading) for action in table.actions())
    assert not {"secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters"} & set(
        table.actions()
    )
    assert len({row.name for row in CHECKS}) > 10


def test_denied_everything_each_check_that_asks_is_not_checked() -> None:
    target = planned(resource("AWS::EC2::EIP"), resource("AWS::EC2::VPC"), dropped_exports=("a",))
    found = run.preflight((target,), lambda _: Answers())

    assert {(item.check, item.verdict) for item in found} == {
        ("elastic-ips", Verdict.NOT_CHECKED),
        ("vpcs", Verdict.NOT_CHECKED),
        ("imported-exports", Verdict.NOT_CHECKED),
    }
