"""Each rule refuses its example on the annotated line, accepts a near miss, and is what refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from petc.model.rules.rule import Rule
from petc.model.rules.table import RULES
from tests import examples

REJECTED = examples.rejected()
ACCEPTED = examples.accepted()


def test_the_starter_spec_has_no_finding() -> None:
    """What the examples are laid over is clean, so every finding is the fragment's."""
    assert examples.judged("{}\n") == ()


def test_there_are_at_least_forty_rules() -> None:
    """The promise of the documentation."""
    assert len(RULES) >= 40


def test_codes_are_distinct() -> None:
    """A code names one rule."""
    names = [rule.code.name for rule in RULES]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code.name)
def test_each_rule_has_an_example_and_a_near_miss(rule: Rule) -> None:
    """Both files exist, named after the code."""
    name = f"{rule.code.name}.yaml"

    assert examples.TESTS / "rejected" / name in REJECTED
    assert examples.TESTS / "accepted" / name in ACCEPTED


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_a_rejected_example_fails_on_its_lines(path: Path) -> None:
    """Exactly the annotated findings, on the annotated lines."""
    text = path.read_text("utf-8")

    assert examples.annotated(text)
    assert examples.found(examples.judged(text)) == examples.annotated(text)


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_a_near_miss_is_accepted(path: Path) -> None:
    """What stands just inside the rule has no finding at all."""
    assert examples.found(examples.judged(path.read_text("utf-8"))) == []


def test_the_rejected_examples_show_every_rule_and_no_other_code() -> None:
    """A rule whose check finds nothing any more, and an example of a rule that has gone, are both seen here."""
    shown = {code for path in REJECTED for _, _, code in examples.annotated(path.read_text("utf-8"))}

    assert shown == {rule.code.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code.name)
def test_the_examples_of_explain_are_true(rule: Rule) -> None:
    """`petc explain` shows a bad example with exactly this finding, and a good one with none."""
    bad = {item.code for item in examples.judged(rule.code.bad)}

    assert bad == {rule.code.name}
    assert examples.judged(rule.code.good) == ()
