"""Faults on request: which rules there are, and which one a moment meets."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import Enum
from fnmatch import fnmatchcase

from petc_local.aws_requests import AwsCall


class FaultKind(Enum):
    """What happens when a rule is met."""

    FAIL = "fail"
    """A resource fails with `reason`."""
    STALL = "stall"
    """A resource takes `seconds` longer."""
    ERROR = "error"
    """A call is answered with `code`, `message` and `status`, and nothing happens."""
    THROTTLE = "throttle"
    """A call is answered as a service does that is called too often."""
    DROP = "drop"
    """The connection is closed before the call happens, or, with `after`, when it has happened."""
    DELAY = "delay"
    """A call waits for `seconds` before it happens, or, with `after`, its answer waits."""

    @property
    def is_of_resources(self) -> bool:
        """Whether the rule speaks of a resource of a stack, not of a call."""
        return self in (FaultKind.FAIL, FaultKind.STALL)


OPERATIONS = ("create", "update", "delete")
"""What can happen to a resource."""


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One fault. Texts to compare are patterns with `*` and `?`; letter case counts.

    `skip` lets that many pass before the first, `times` is for how many it then holds, 0 for ever.
    `logical_id`, `stack` and `on` apply to resources, `service`, `action`, `code`, `message`, `status` and
    `after` to calls. A call without a 12-digit access key has the account "".
    """

    kind: FaultKind
    logical_id: str = "*"
    stack: str = "*"
    on: tuple[str, ...] = OPERATIONS
    reason: str = "made to fail by a test"
    service: str = "*"
    action: str = "*"
    account: str = "*"
    region: str = "*"
    code: str = "InternalFailure"
    message: str = "made to fail by a test"
    status: int = 400
    seconds: float = 0.0
    after: bool = False
    skip: int = 0
    times: int = 1


def decode(values: object) -> FaultRule:
    """Return the rule that a JSON object describes; raises `ValueError` which says what is wrong."""
    if not isinstance(values, dict):
        raise ValueError("a rule is an object")
    known = {field.name: field for field in fields(FaultRule)}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"a rule has no {name!r}; it has {', '.join(known)}")
        default = known[name].default
        expected = (
            str
            if name == "kind"
            else list
            if name == "on"
            else (int, float)
            if name == "seconds"
            else type(default)
        )
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise ValueError(f"{name} of a rule is {value!r}, of the wrong type")
    if "kind" not in values:
        raise ValueError("a rule has a kind")
    on = tuple(values.get("on", OPERATIONS))
    if not set(on) <= set(OPERATIONS):
        raise ValueError(f"on of a rule holds {on!r}; it may hold {', '.join(OPERATIONS)}")
    return FaultRule(**{**values, "kind": FaultKind(values["kind"]), "on": on})


@dataclass(slots=True)
class Armed:
    """A rule with its number, how often it was met and how often it fired."""

    number: int
    rule: FaultRule
    met: int = 0
    fired: int = 0

    @property
    def is_left(self) -> bool:
        """Whether the rule can fire any more."""
        return self.rule.times == 0 or self.fired < self.rule.times

    def fires(self) -> bool:
        """Count a meeting, and return whether the rule fires at it."""
        self.met += 1
        due = self.met > self.rule.skip and self.is_left
        self.fired += due
        return due


class Table:
    """The rules in force; resources may be made on several threads."""

    def __init__(self) -> None:
        """Start without rules."""
        self._numbers = itertools.count(1)
        self._armed: tuple[Armed, ...] = ()
        self._lock = threading.Lock()

    def add(self, rules: Iterable[FaultRule]) -> tuple[int, ...]:
        """Add rules after those in force, and return their numbers."""
        fresh = tuple(Armed(next(self._numbers), rule) for rule in rules)
        with self._lock:
            self._armed += fresh
        return tuple(item.number for item in fresh)

    def clear(self) -> None:
        """Take all rules away."""
        with self._lock:
            self._armed = ()

    def armed(self) -> tuple[Armed, ...]:
        """Return the rules in force with their counts, in the order in which they were added."""
        return self._armed

    def for_call(self, call: AwsCall) -> tuple[FaultRule, ...]:
        """Return the rules that fire at a call, and count them.

        Delays fire together with the first of the others: a call fails in one way only.
        """
        with self._lock:
            found: list[FaultRule] = []
            ended = False
            for item in self._armed:
                rule = item.rule
                delays = rule.kind is FaultKind.DELAY
                if rule.kind.is_of_resources or not _meets_call(rule, call) or (ended and not delays):
                    continue
                if item.fires():
                    found.append(rule)
                    ended = ended or not delays
            return tuple(found)

    def for_resource(
        self, kind: FaultKind, operation: str, logical_id: str, stack: str, account: str, region: str
    ) -> FaultRule | None:
        """Return the first rule of a kind that fires at a resource, and count it."""
        with self._lock:
            for item in self._armed:
                rule = item.rule
                if (
                    rule.kind is kind
                    and operation in rule.on
                    and fnmatchcase(logical_id, rule.logical_id)
                    and fnmatchcase(stack, rule.stack)
                    and _meets_place(rule, account, region)
                    and item.fires()
                ):
                    return rule
            return None

    def stalls(self) -> bool:
        """Whether any rule in force may still make a resource slow."""
        return any(item.rule.kind is FaultKind.STALL and item.is_left for item in self._armed)


def _meets_call(rule: FaultRule, call: AwsCall) -> bool:
    return (
        fnmatchcase(call.service, rule.service)
        and fnmatchcase(call.action, rule.action)
        and _meets_place(rule, call.account, call.region)
    )


def _meets_place(rule: FaultRule, account: str, region: str) -> bool:
    return fnmatchcase(account, rule.account) and fnmatchcase(region, rule.region)
