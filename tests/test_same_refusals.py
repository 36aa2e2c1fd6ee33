"""`petc validate` and `petc compile` refuse the same specs, for the same reasons."""

from __future__ import annotations

import contextlib
import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from petc.diagnostics import Rejected
from petc.pipeline import Outcome, Request, compile_spec, validate
from petc.source.tree import plain
from tests import examples

OVERRIDDEN = """\
overrides:
  application:
    ServiceOrders:
      reason: the load test needs it
      set: {%s}
"""
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        3.5,
        2**40,
        "",
        "x",
        "UPPER",
        "a" * 300,
        "10.0.0.0/8",
        "rate(5 minutes)",
        "{{resolve:ssm:x}}",
    ),
    *([], ["x"], {}, {"x": 1}, "${AWS::Region}", "\u2028", "us-east-1", "arn:aws:iam::123456789012:role/x"),
)


def asked(folder: Path, tree: dict[str, Any], *, lint: bool = False, today: date = examples.TODAY) -> Request:
    """Write a spec of one stage and the sources of its functions, and return a request about it."""
    for function in (tree.get("functions") or {}).values() if isinstance(tree.get("functions"), dict) else ():
        for key in ("source", "shared"):
            if isinstance(function, dict) and isinstance(function.get(key), str) and function[key]:
                place = folder / "a" / "b" / function[key]
                with contextlib.suppress(OSError):  # an odd path is what is tried
                    place.mkdir(parents=True, exist_ok=True)
                    (place / "handler.py").write_text("def handler(event, context): ...\n", "utf-8")
    spec = folder / "a" / "b" / "spec.yaml"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(json.dumps({**tree, "stages": {"dev": {}}}), "utf-8")
    return Request(spec, "spec.yaml", today, out=folder / "generated", lint=lint, cache=folder / "cache")


def refusals(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(item.code, item.message, str(item.location)) for item in outcome.diagnostics if item.is_error]


def same(request: Request) -> list[tuple[str, str, str]]:
    """Return what both refuse; fails where they differ."""
    validated, compiled = refusals(validate(request)), refusals(compile_spec(request))

    assert validated == compiled
    return validated


def tree_of(fragment: str) -> dict[str, Any]:
    tree = plain(examples.tree_of(fragment))
    assert isinstance(tree, dict)
    return tree


@pytest.mark.parametrize(
    "path", [*examples.rejected(), *examples.accepted()], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_examples_are_refused_by_both_or_by_neither(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    day = re.search(r"^# as-of: (\S+)$", text, re.MULTILINE)
    try:
        tree = tree_of(text)
    except Rejected:
        pytest.skip("it cannot be laid over the starter spec")
    found = same(asked(tmp_path, tree, today=date.fromisoformat(day[1]) if day else examples.TODAY))

    if path.parent.name == "accepted":
        assert found == []


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ("HealthCheckGracePeriodSeconds: abc", "lint-e3012"),
        ("LaunchType: fargate", "lint-e3030"),
        ("HealthGrace: 600", "override-unknown-property"),
        ("LoadBalancers.7.ContainerPort: 8081", "override-leads-nowhere"),
        ("TaskDefinition: {Ref: Nothing}", "dangling-reference"),
        ("TaskDefinition: {Fn::ImportValue: shop-nothing}", "unlinked-import"),
    ],
)
def test_what_an_override_breaks_is_refused_by_both(properties: str, code: str, tmp_path: Path) -> None:
    found = same(asked(tmp_path, tree_of(OVERRIDDEN % properties), lint=True))

    assert code in {item[0] for item in found}


def test_an_exception_that_the_linter_does_not_need_is_refused_by_both(tmp_path: Path) -> None:
    fragment = """\
exceptions:
  for-now:
    accepts: lint-w3005
    at: /services/orders
    owner: shop-team
    reason: decided when the shop was opened
    until: 2099-12-31
"""
    found = same(asked(tmp_path, tree_of(fragment), lint=True))

    assert [item[0] for item in found] == ["needless-exception"]


def mutated(tree: Any, dice: random.Random) -> Any:
    """Return a copy in which one value is odd, gone, or stands elsewhere."""
    copy = json.loads(json.dumps(tree))
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for key in keys:
            places.append((value, key))
            walk(value[key])

    walk(copy)
    holder, key = dice.choice(places)
    if dice.random() < 0.2:
        del holder[key]
    else:
        holder[key] = dice.choice(ODD)
    return copy


@pytest.mark.parametrize("seed", range(40))
def test_specs_with_a_slip_are_refused_by_both_or_by_neither(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    fragments = [path.read_text("utf-8") for path in examples.accepted()]
    same(asked(tmp_path, mutated(tree_of(dice.choice(fragments)), dice)))
