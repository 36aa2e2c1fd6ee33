"""The table of rules: one entry to add a module of rules."""

from __future__ import annotations

from collections.abc import Iterable

from petc.diagnostics import Diagnostic
from petc.model.rules import routes
from petc.model.rules.rule import Case, Rule

RULES: tuple[Rule, ...] = (*routes.RULES,)


def findings(case: Case, rules: Iterable[Rule] = RULES) -> tuple[Diagnostic, ...]:
    """Return what every rule finds in a stage, in the order of the table."""
    return tuple(diagnostic for rule in rules for diagnostic in rule.findings(case))
