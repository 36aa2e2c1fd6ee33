"""A plan as bytes and back."""

from __future__ import annotations

import json

import pytest

from petc.deploy.plan.document import from_bytes, to_bytes
from petc.deploy.plan.planner import plan
from petc.diagnostics import Rejected
from tests.deploy.plan.sample import SIX, body, output, ref, standing, topic, wanted

OLD = wanted({"a": body({"T": topic(), "Gone": topic()}, {"x": output(ref("T"), "e")})}, SIX)
NEW = wanted({"a": body({"T": topic(None, "n")}, {"x": output(ref("T"), "e")})}, SIX)
PLAN = plan(NEW, standing(OLD))


def test_a_plan_comes_back_as_it_was() -> None:
    assert from_bytes(to_bytes(PLAN)) == PLAN
    assert to_bytes(from_bytes(to_bytes(PLAN))) == to_bytes(PLAN)


def test_the_absence_of_a_property_is_not_null() -> None:
    changed = PLAN.layers[0].groups[0].resources[-1].properties
    again = from_bytes(to_bytes(PLAN)).layers[0].groups[0].resources[-1].properties

    assert [(item.old, item.new) for item in again] == [(item.old, item.new) for item in changed]


def test_proof_and_cost_have_their_place() -> None:
    data = json.loads(to_bytes(PLAN))

    assert (data["proof"], data["cost"], data["schema"]) == (None, None, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"retain": false', b'"retain": true'),
        (b'"stage": "dev"', b'"stage": "prod"'),
        (b'"cost": null', b'"cost": 1'),
        (b"DisplayName", b"DisplayNames"),
        (b'"schema": 2', b'"schema": 3'),
        (b'"form": "petc-plan"', b'"form": "other"'),
        (b'"plan": {', b'"plan": {"more": 1,'),
        (b"\n", b"\n\n"),
        (b"{", b"["),
    ],
)
def test_every_edit_is_found(old: bytes, new: bytes) -> None:
    content = to_bytes(PLAN)

    assert old in content
    with pytest.raises(Rejected) as caught:
        from_bytes(content.replace(old, new, 1))
    assert [item.code for item in caught.value.diagnostics] == ["plan-file-unreadable"]


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b"\xff", b'{"form": "petc-plan", "schema": 2}']
)
def test_anything_else_is_no_plan(content: bytes) -> None:
    with pytest.raises(Rejected):
        from_bytes(content)
