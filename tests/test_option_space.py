"""Specs over the whole space of switches: what the rules accept compiles, and holds together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest

from petc.diagnostics import Diagnostic
from petc.layers.base import LayerTemplate
from petc.layers.order import waves
from petc.layers.overrides import overridden
from petc.layers.table import LAYERS
from petc.model.inherit import inherited
from petc.model.rules.rule import Case
from petc.model.rules.table import findings
from petc.model.schema import conforming
from petc.output.reader import read
from petc.output.render import render
from petc.source.overlay import overlay
from petc.source.parse import parse
from petc.source.tree import plain
from petc.verify import alarms, limits, link, names, quotas, stage_lint
from petc.verify.rendered import Rendered, View
from tests import option_space, specs

TODAY = date(2026, 11, 23)
ROWS = option_space.covering()
LINTED = (3, 12)
"""Rows that the linter sees too; all of them take minutes."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a row compiles to, or why it is refused."""

    text: str
    errors: tuple[Diagnostic, ...]
    layers: tuple[LayerTemplate, ...] = ()
    view: View = ()
    regions: tuple[str, ...] = ()
    inline: bool = False


@cache
def made(number: int) -> Made:
    """Compile a row up to the rendered templates."""
    text = option_space.spec(ROWS[number])
    stage = specs.stage_of(text)
    errors = tuple(item for item in findings(Case(stage, TODAY)) if item.is_error)
    if errors:
        return Made(text, errors)
    drafts = (layer.emit(stage) for layer in LAYERS)
    layers = overridden(stage, tuple(draft for draft in drafts if draft.template.get("Resources")))
    ordered = [layer for wave in waves(layers) for layer in wave]
    view = []
    for layer in ordered:
        content = render(layer.template, "spec.yaml")
        template: Any = read(content, layer.stem)
        view.append(Rendered(layer.layer, f"{layer.stem}.yaml", template, len(content.encode()), content))
    regions = tuple(sorted(stage.targets.regions))
    return Made(text, (), tuple(ordered), tuple(view), regions, stage.targets.templates == "inline")


def resources(made: Made) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every resource with its logical id."""
    for rendered in made.view:
        for name, body in rendered.section("Resources").items():
            yield name, dict(body)  # type: ignore[arg-type]


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the statements of every policy document inside a value."""
    if isinstance(value, dict):
        if isinstance(value.get("Statement"), list):
            yield from value["Statement"]
        for item in value.values():
            yield from statements(item)
    elif isinstance(value, list):
        for item in value:
            yield from statements(item)


def widened(statement: dict[str, Any]) -> bool:
    """Whether a statement speaks of everything: as action, resource or principal."""
    principal = statement.get("Principal", "")
    told = (*principal.values(),) if isinstance(principal, dict) else (principal,)
    values = [statement.get("Action"), statement.get("Resource"), *told]
    return any(item == "*" or (isinstance(item, list) and "*" in item) for item in values)


def test_few_rows_hold_every_pair_of_settings() -> None:
    """The promise of the generator, counted without it."""
    switches = option_space.SWITCHES
    missing = [
        (first, a, second, b)
        for first in switches
        for second in switches
        if first < second
        for a in switches[first]
        for b in switches[second]
        if not any(row[first] == a and row[second] == b for row in ROWS)
    ]

    assert missing == []
    assert len(ROWS) < 60


def test_every_row_is_accepted() -> None:
    """A generator whose specs are refused tries nothing."""
    refused = [number for number in range(len(ROWS)) if made(number).errors]

    assert refused == []


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_what_the_rules_accept_holds_together(number: int) -> None:
    """Links, names, alarms, limits and quotas: nothing is found but that a template is large for its upload."""
    one = made(number)
    found = [*link.check(one.view), *names.check(one.view), *alarms.check(one.view), *limits.check(one.view)]
    sized = quotas.check(one.view, quotas.published(), one.inline)
    found += [item for item in sized if not (one.inline and " bytes" in item.message)]

    assert [f"{item.code}: {item.message}" for item in found] == []


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_each_layer_stands_after_all_that_it_imports_from(number: int) -> None:
    """The order has no circle, and no import leads to a layer that is not there."""
    seen: set[str] = set()
    late = []
    for layer in made(number).layers:
        late += [(layer.layer, producer) for producer in layer.producers if producer not in seen]
        seen.add(layer.layer)

    assert late == []


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_every_resource_points_at_a_place_of_the_spec(number: int) -> None:
    """The place is there once defaults are filled in; the messages then show what stands nearest to it."""
    one = made(number)
    tree = conforming(plain(inherited(overlay(parse(one.text.encode(), "spec.yaml"), "dev"))))
    astray = []
    for name, body in resources(one):
        at: Any = tree
        for step in body["Metadata"]["petc"]["spec"].split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            at = at[int(step)] if isinstance(at, list) else at.get(step) if isinstance(at, dict) else None
        if at is None:
            astray.append((name, body["Metadata"]["petc"]["spec"]))

    assert astray == []


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_every_star_has_its_reason(number: int) -> None:
    """A statement that allows something of everything says why, under its Sid."""
    silent = [
        (name, statement.get("Sid"))
        for name, body in resources(made(number))
        for statement in statements(body.get("Properties", {}))
        if statement["Effect"] == "Allow"
        and widened(statement)
        and statement.get("Sid") not in body["Metadata"]["petc"].get("reasons", {})
    ]

    assert silent == []


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_no_security_group_lets_everything_out(number: int) -> None:
    """Each group closes the egress that EC2 would open, and no rule is about all ports or protocols."""
    wide = []
    for name, body in resources(made(number)):
        properties = body.get("Properties", {})
        if body["Type"] == "AWS::EC2::SecurityGroup":
            rules = properties.get("SecurityGroupEgress", [{"CidrIp": "0.0.0.0/0"}])
            wide += [(name, rule) for rule in rules if rule.get("CidrIp") != "127.0.0.1/32"]
        if body["Type"] == "AWS::EC2::SecurityGroupEgress" and properties["IpProtocol"] != "tcp":
            wide.append((name, properties))

    assert wide == []


@pytest.mark.parametrize("number", LINTED)
def test_the_linter_finds_nothing_in_a_sample(number: int) -> None:
    """All levels of cfn-lint over every template and the joined view."""
    one = made(number)

    assert one.view
    assert [str(item) for item in stage_lint.check(one.view, one.regions, None, "2026-11-23")] == []
