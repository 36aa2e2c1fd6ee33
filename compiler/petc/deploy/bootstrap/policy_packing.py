"""Statements packed into managed policies, as few as their size allows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from petc.source.tree import Json
from petc.verify.rendered import mapping

MANAGED_POLICY = 6144
"""Characters of a managed policy without blanks; IAM User Guide, "IAM and AWS STS quotas"."""


@dataclass(frozen=True, slots=True)
class Group:
    """Actions with the same resources and condition; `name` begins their statements' Sids."""

    name: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))


def packed(groups: Iterable[Group]) -> tuple[Mapping[str, Json], ...]:
    """Return policy documents that allow what the groups say, each small enough for a managed policy."""
    policies: list[list[Json]] = [[]]
    for group in groups:
        for number, action in enumerate(group.actions):
            _add(policies, group, action, first=number == 0)
    return tuple({"Version": "2012-10-17", "Statement": statements} for statements in policies if statements)


def size(document: Mapping[str, Json]) -> int:
    """Return the characters that IAM counts, with the longest partition and account filled in."""
    text = json.dumps(document, separators=(",", ":"))
    return len(text.replace("${AWS::Partition}", "aws-us-gov").replace("${AWS::AccountId}", "1" * 12))


def statement(group: Group, actions: Iterable[str]) -> Json:
    """Return one statement of a group."""
    made: dict[str, Json] = {
        "Sid": group.name,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(group.resources),
    }
    return made | ({"Condition": dict(group.condition)} if group.condition else {})


def _add(policies: list[list[Json]], group: Group, action: str, *, first: bool) -> None:
    """Add an action to the last policy, in the group's statement there; begin a new policy when it is full."""
    last = policies[-1]
    if not first and last:
        actions = mapping(last[-1])["Action"]
        assert isinstance(actions, list)
        actions.append(action)
    else:
        last.append(statement(group, [action]))
    if size({"Version": "2012-10-17", "Statement": last}) <= MANAGED_POLICY:
        return
    actions = mapping(last[-1])["Action"]
    assert isinstance(actions, list)
    actions.pop()
    if not actions:
        last.pop()
    policies.append([statement(group, [action])])
