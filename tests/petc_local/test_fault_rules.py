from __future__ import annotations

import pytest

from petc_local.aws_requests import AwsCall, Protocol
from petc_local.fault_rules import FaultKind, FaultRule, Table, decode

CALL = AwsCall("cloudformation", "CreateStackSet", "111122223333", "eu-west-1", Protocol.QUERY, "POST")


def table(*rules: FaultRule) -> Table:
    made = Table()
    made.add(rules)
    return made


def kinds(made: Table, times: int = 1) -> list[list[FaultKind]]:
    return [[rule.kind for rule in made.for_call(CALL)] for _ in range(times)]


def fails(made: Table, operation: str = "create", logical_id: str = "Key", stack: str = "data") -> bool:
    found = made.for_resource(FaultKind.FAIL, operation, logical_id, stack, "111122223333", "eu-west-1")
    return found is not None


def test_a_rule_lets_some_pass_and_then_holds_some_times() -> None:
    made = table(FaultRule(FaultKind.THROTTLE, skip=1, times=2))

    assert kinds(made, 4) == [[], [FaultKind.THROTTLE], [FaultKind.THROTTLE], []]


def test_zero_times_is_for_ever() -> None:
    assert kinds(table(FaultRule(FaultKind.THROTTLE, times=0)), 3) == [[FaultKind.THROTTLE]] * 3


@pytest.mark.parametrize(
    ("narrowed", "meets"),
    [
        ({"action": "Create*"}, True),
        ({"action": "Delete*"}, False),
        ({"service": "cloudformation"}, True),
        ({"service": "s3"}, False),
        ({"account": "111122223333"}, True),
        ({"account": "999922223333"}, False),
        ({"region": "eu-*"}, True),
        ({"region": "us-*"}, False),
    ],
)
def test_a_rule_of_calls_is_narrowed_by_each_of_its_patterns(narrowed: dict[str, str], meets: bool) -> None:
    made = table(decode({"kind": "drop", **narrowed}))

    assert kinds(made) == [[FaultKind.DROP] if meets else []]


def test_a_call_fails_in_one_way_and_the_next_rule_waits_for_the_next_call() -> None:
    made = table(FaultRule(FaultKind.THROTTLE), FaultRule(FaultKind.ERROR))

    assert kinds(made, 3) == [[FaultKind.THROTTLE], [FaultKind.ERROR], []]


def test_a_delay_goes_together_with_a_failure() -> None:
    made = table(FaultRule(FaultKind.THROTTLE), FaultRule(FaultKind.DELAY, seconds=1))

    assert kinds(made) == [[FaultKind.THROTTLE, FaultKind.DELAY]]


def test_a_rule_of_resources_meets_no_call_and_the_other_way_round() -> None:
    made = table(FaultRule(FaultKind.FAIL), FaultRule(FaultKind.STALL))

    assert kinds(made) == [[]]
    assert not fails(table(FaultRule(FaultKind.THROTTLE)))


@pytest.mark.parametrize(
    ("narrowed", "meets"),
    [
        ({"logical_id": "K*"}, True),
        ({"logical_id": "Other"}, False),
        ({"stack": "da*"}, True),
        ({"stack": "network"}, False),
        ({"on": ["create", "delete"]}, True),
        ({"on": ["update"]}, False),
        ({"region": "us-east-1"}, False),
        ({"account": "999922223333"}, False),
    ],
)
def test_a_rule_of_resources_is_narrowed_by_each_of_its_patterns(
    narrowed: dict[str, object], meets: bool
) -> None:
    assert fails(table(decode({"kind": "fail", **narrowed}))) is meets


def test_what_a_rule_met_and_how_often_it_fired_is_counted() -> None:
    made = table(FaultRule(FaultKind.THROTTLE, skip=1))
    kinds(made, 3)

    assert [(item.number, item.met, item.fired) for item in made.armed()] == [(1, 3, 1)]


def test_rules_are_taken_away_together() -> None:
    made = table(FaultRule(FaultKind.THROTTLE, times=0), FaultRule(FaultKind.STALL))
    made.clear()

    assert kinds(made) == [[]]
    assert not made.stalls()


def test_resources_are_slow_until_the_rule_has_fired_as_often_as_it_may() -> None:
    made = table(FaultRule(FaultKind.STALL))
    before = made.stalls()
    made.for_resource(FaultKind.STALL, "create", "Key", "data", "111122223333", "eu-west-1")

    assert before
    assert not made.stalls()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("throttle", "a rule is an object"),
        ({}, "a rule has a kind"),
        ({"kind": "explode"}, "'explode' is not a valid FaultKind"),
        ({"kind": "drop", "color": "red"}, "a rule has no 'color'"),
        ({"kind": "drop", "times": "3"}, "times of a rule is '3', of the wrong type"),
        ({"kind": "drop", "times": True}, "times of a rule is True, of the wrong type"),
        ({"kind": "drop", "after": 1}, "after of a rule is 1, of the wrong type"),
        ({"kind": "fail", "on": ["destroy"]}, "on of a rule holds ('destroy',)"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values: object, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        decode(values)

    assert said in str(refused.value)


def test_seconds_may_be_whole() -> None:
    assert decode({"kind": "delay", "seconds": 2}).seconds == 2
