"""Fragments of a spec laid over the starter spec: how rules are shown to refuse and to accept.

A file in tests/rejected says its findings on the offending lines (`# error: CODE`, `# warning: CODE`, several
separated by commas). `# as-of: YYYY-MM-DD` on a line of its own sets the day to judge by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from petc.diagnostics import Diagnostic, Rejected
from petc.model import exceptions
from petc.model.decode import decode
from petc.model.rules.rule import Case, Rule
from petc.model.rules.table import RULES, findings
from petc.model.schema import conforming
from petc.model.shorthand import written_out
from petc.model.stage_tree import stage_tree
from petc.model.starter import STARTER
from petc.model.types import Stage
from petc.source.overlay import laid_over
from petc.source.parse import parse
from petc.source.placing import placed
from petc.source.tree import Node, plain

FILE = "fragment.yaml"
TODAY = date(2026, 11, 23)
TESTS = Path(__file__).parent

_ANNOTATION = re.compile(r"# (error|warning|note): ([a-z0-9, -]+?)\s*$")
_AS_OF = re.compile(r"^# as-of: (\S+)$", re.MULTILINE)


@cache
def tree_of(fragment: str) -> Node:
    """Return the stage tree of a fragment laid over the starter spec."""
    base = written_out(parse(STARTER.encode(), "starter.yaml"))
    return stage_tree(laid_over(base, written_out(parse(fragment.encode(), FILE)), "the fragment"), "dev")


@cache
def _stage_of(fragment: str) -> Stage:
    """Return the typed stage of a fragment; every rule is tried on every one, so it is read once."""
    return decode(conforming(plain(tree_of(fragment))), "dev")


def judged(fragment: str, rules: Iterable[Rule] = RULES) -> tuple[Diagnostic, ...]:
    """Return everything that reading, schema, rules and exceptions find in a fragment, placed."""
    match = _AS_OF.search(fragment)
    today = date.fromisoformat(match.group(1)) if match else TODAY
    try:
        tree = tree_of(fragment)
        try:
            stage = _stage_of(fragment)
        except Rejected as rejected:
            return placed(rejected.diagnostics, tree)
    except Rejected as rejected:
        return rejected.diagnostics
    return placed(exceptions.accepted(findings(Case(stage, today), rules), stage, today), tree)


def annotated(fragment: str) -> list[tuple[int, str, str]]:
    """Return line, severity and code of each finding that a fragment announces."""
    return sorted(
        (number, match.group(1), code.strip())
        for number, line in enumerate(fragment.splitlines(), 1)
        if (match := _ANNOTATION.search(line))
        for code in match.group(2).split(",")
    )


def found(diagnostics: Iterable[Diagnostic]) -> list[tuple[int, str, str]]:
    """Return line, severity and code of each diagnostic; line 0 for one outside the fragment."""
    return sorted(
        (
            item.location.line if item.location and item.location.file == FILE else 0,
            item.severity.value,
            item.code,
        )
        for item in diagnostics
    )


def rejected() -> list[Path]:
    """Return the rejected examples."""
    return sorted((TESTS / "rejected").glob("*.yaml"))


def accepted() -> list[Path]:
    """Return the near misses."""
    return sorted((TESTS / "accepted").glob("*.yaml"))
