"""The reference spec, mutated at random: a clean compile or a message, never anything else."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petc.diagnostics import Rejected
from petc.model import exceptions
from petc.model.decode import decode
from petc.model.rules.rule import Case
from petc.model.rules.table import findings
from petc.model.schema import conforming
from petc.model.stage_tree import stage_tree
from petc.source.parse import parse
from petc.source.tree import plain
from petc.synthesis import emitted
from tests import specs

TREE = plain(stage_tree(parse(specs.REFERENCE.read_bytes(), "spec.yaml"), "dev"))

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 100_000),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=12),
    st.sampled_from(
        ["10.0.0.0/8", "/", "/api/customers", "clinic", "../x", "한글", "a" * 300, "dev", "${x}", "'; --"]
    ),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(
        st.sampled_from(["min", "max", "path", "uses", "clinic", "internet", "x"]), st.integers(), max_size=2
    ),
)


def paths(tree: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value below the top."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path for key, item in inner for path in ((*prefix, key), *paths(item, (*prefix, key)))]


PATHS = paths(TREE)


def mutated(changes: list[tuple[tuple[Any, ...], str, Any]]) -> Any:
    """Return the tree with values replaced, removed or renamed; a change whose place has gone does nothing."""
    tree: Any = copy.deepcopy(TREE)
    for path, kind, value in changes:
        parent: Any = tree
        try:
            for step in path[:-1]:
                parent = parent[step]
            if kind == "replace":
                parent[path[-1]] = value
            elif kind == "remove":
                del parent[path[-1]]
            elif isinstance(parent, dict):
                parent[str(value)] = parent.pop(path[-1])
        except (KeyError, IndexError, TypeError):
            continue
    return tree


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(PATHS), st.sampled_from(["replace", "remove", "rename"]), VALUES),
        min_size=1,
        max_size=4,
    )
)
def test_a_mutated_spec_compiles_or_is_refused(changes: list[tuple[tuple[Any, ...], str, Any]]) -> None:
    """Either every phase accepts, and templates come out, or a phase refuses with diagnostics that have a place."""
    try:
        stage = decode(conforming(mutated(changes)), "dev")
        case = Case(stage, date(2026, 11, 23))
        found = exceptions.accepted(findings(case), stage, case.today)
        assert all(item.pointer is not None and item.message for item in found)
        if any(item.is_error for item in found):
            return
        from dataclasses import replace

        made = emitted(replace(stage, assets=dict.fromkeys(stage.functions, specs.DIGEST)), "spec.yaml")
        assert all(item.template for item in made.view)
    except Rejected as rejected:
        assert rejected.diagnostics
        assert all(item.pointer is not None or item.location is not None for item in rejected.diagnostics)
