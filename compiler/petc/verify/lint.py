"""cfn-lint, run inside this process: the only module that imports it.

Importing this module costs what cfn-lint costs (about half a second), so whoever may do without it
imports it late.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.mark import Mark
from cfnlint.decode.node import dict_node, list_node, str_node
from cfnlint.runner import Runner

from petc.verify.findings import LintFinding
from petc.verify.rendered import Json


@cache
def _runner(regions: tuple[str, ...]) -> Runner:
    """Return the one runner for the regions; making it loads some 330 rules.

    The options are those of the command line, so that no .cfnlintrc of the user and no environment
    variable decides. All levels are mandatory: what a resource's own directive would hide is reported
    too, so that `petc.verify.accepted` can tell a needed directive from a needless one.
    """
    options = ["--config-file", os.devnull, "--include-checks", "I", "--include-experimental"]
    options += ["--mandatory-checks", "E", "W", "I", "--regions", *regions]
    return Runner(ConfigMixIn(options))


def warm(regions: tuple[str, ...]) -> None:
    """Load the rules for the regions, so that forked processes share them."""
    _runner(regions)


def findings(template: Mapping[str, Json], regions: tuple[str, ...]) -> tuple[LintFinding, ...]:
    """Return what cfn-lint finds in one template, sorted and without repetition.

    Suppression directives are not applied. A template may come in plain values; it is not read from text.
    """
    found = {
        LintFinding(
            match.rule.id,
            match.message,
            tuple(part if isinstance(part, int) else str(part) for part in getattr(match, "path", ())),
        )
        for match in _matches(template, regions)
    }
    return tuple(sorted(found, key=LintFinding.order))


def numbered(
    work: tuple[int, Mapping[str, Json], tuple[str, ...]],
) -> tuple[int, tuple[LintFinding, ...]]:
    """Return the findings of one of several templates under its number, for a process of a pool."""
    number, template, regions = work
    return number, findings(template, regions)


def _matches(template: Mapping[str, Json], regions: tuple[str, ...]) -> Iterator[Any]:
    return _runner(regions).validate_template(_nodes(dict(template), count(1)))


def _nodes(value: Json, lines: Iterator[int]) -> Any:
    """Return the value in cfn-lint's own node types.

    Each node gets a line of its own: cfn-lint takes two findings at one place with one message for the
    same. The lines mean nothing else, since findings are placed by their path.
    """
    if isinstance(value, dict):
        mark = Mark(next(lines), 1)
        pairs = {}
        for key, item in value.items():
            key_mark = Mark(next(lines), 1)
            pairs[str_node(key, key_mark, key_mark)] = _nodes(item, lines)
        return dict_node(pairs, mark, mark)
    if isinstance(value, list):
        mark = Mark(next(lines), 1)
        return list_node([_nodes(item, lines) for item in value], mark, mark)
    if isinstance(value, str):
        mark = Mark(next(lines), 1)
        return str_node(value, mark, mark)
    return value
