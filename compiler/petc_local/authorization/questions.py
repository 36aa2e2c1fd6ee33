"""The questions that IAM is asked when a resource is created, updated or deleted. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from petc.resources.schemas import Json
from petc_local.authorization import arn_forms
from petc_local.authorization.arn_forms import Filling
from petc_local.authorization.call_forms import Needs, RequiredCall

Step: TypeAlias = Literal["create", "update", "delete", "read"]

Known: TypeAlias = Callable[[str, str], Mapping[str, object]]
"""What IAM knows of an existing resource, from its ARN and the value by which the template names it: condition keys."""

_ELSEWHERE = {"iam": "us-east-1", "route53": "us-east-1", "cloudfront": "us-east-1"}
"""Services with one endpoint, and its region, which is `aws:RequestedRegion`; IAM User Guide, "AWS global condition
context keys"."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: an action on a resource, in a region, with condition keys."""

    action: str
    resource: str
    region: str
    keys: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a resource: its ids, and its properties before and after; empty where there are none."""

    step: Step
    logical: str
    new: str
    own: str
    before: Mapping[str, Json]
    after: Mapping[str, Json]


def calls(needs: Needs, change: Change) -> Iterator[RequiredCall]:
    """Yield the calls that are made, in their order: what changes the resource first, then what reads it back.

    A call with `linked` is yielded as any other; whether the role exists is for the caller to say.
    """
    own: Mapping[Step, tuple[RequiredCall, ...]] = {
        "create": (*needs.create, *needs.read),
        "update": (*needs.update, *needs.read),
        "delete": needs.delete,
        "read": needs.read,
    }
    yield from (call for call in own[change.step] if _made(call, change))


def _made(call: RequiredCall, change: Change) -> bool:
    return not call.when or any(_asks(name, change) for name in call.when)


def _asks(name: str, change: Change) -> bool:
    """Whether a property asks for a call."""
    lost, name = name.startswith("-"), name.removeprefix("-")
    path, _, part = name.partition("~")
    before, after = arn_forms.at(change.before, path), arn_forms.at(change.after, path)
    if lost:
        return change.step == "update" and _lost(before, after)
    if part:
        return part in str(after if change.after else before)
    if change.step == "update":
        return before != after and _is_set(after)
    return _is_set(after if change.step != "delete" else before)


def _is_set(value: Json) -> bool:
    return value not in (None, False, "", [], {}) and str(value).lower() != "false"


def _lost(before: Json, after: Json) -> bool:
    if not _is_set(after):
        return _is_set(before)
    if isinstance(before, list) and isinstance(after, list):
        return bool({_name(item) for item in before} - {_name(item) for item in after})
    if isinstance(before, dict) and isinstance(after, dict):
        return bool(set(before) - set(after))
    return False


def _name(item: Json) -> str:
    """Return what tells an item of a list from the others."""
    if isinstance(item, dict):
        item = next((item[key] for key in ("Key", "Id", "PolicyName") if key in item), item)
    return json.dumps(item, sort_keys=True)


def of(call: RequiredCall, change: Change, account: str, region: str, known: Known) -> Iterator[Question]:
    """Yield what one call asks: its action on each of its resources."""
    is_old = change.step == "delete" or any(name.startswith("-") for name in call.when)
    properties = change.before if is_old else change.after or change.before
    filling = Filling(
        account, region, change.new or "*", change.own or change.new or "*", change.logical, properties
    )
    requested = _request_keys(call, change, filling)
    place = _ELSEWHERE.get(call.action.partition(":")[0], region)
    for form in call.on:
        named = arn_forms.names(form)
        for each in arn_forms.arns(form, filling):
            keys: dict[str, object] = {}
            if "id" in named:
                own = change.after if change.step == "create" else change.before
                keys = _resource_keys(own)
            elif "new" not in named:
                keys = dict(known(each.text, each.value))
            if "id" in named and change.own:
                keys = {**known(each.text, change.own), **keys}
            yield Question(call.action, each.text, place, {**keys, **requested})


def _request_keys(call: RequiredCall, change: Change, filling: Filling) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, form in call.keys.items():
        texts = [each.text for each in arn_forms.filled(form, filling)]
        if form.startswith("iam::"):
            texts = [f"arn:aws:{text}" for text in texts]
        if len(texts) == 1:
            found[key] = texts[0]
        elif texts:
            found[key] = texts
    if change.step == "create" or "Tags" in call.when:
        given = arn_forms.tags(change.after.get("Tags"))
        found |= {f"aws:RequestTag/{key}": value for key, value in given.items()}
        if given:
            found["aws:TagKeys"] = list(given)
    return found


def _resource_keys(properties: Mapping[str, Json]) -> dict[str, object]:
    found: dict[str, object] = {
        f"aws:ResourceTag/{key}": value for key, value in arn_forms.tags(properties.get("Tags")).items()
    }
    boundary = properties.get("PermissionsBoundary")
    return found | ({"iam:PermissionsBoundary": boundary} if isinstance(boundary, str) else {})
