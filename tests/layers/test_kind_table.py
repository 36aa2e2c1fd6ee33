"""Every kind of part has a row of what the layers make of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from petc.layers import kind_table
from petc.model.kinds import table

LAYERS = Path(kind_table.__file__).parent


def test_every_kind_has_one_row() -> None:
    assert sorted(row.kind.word for row in kind_table.ROWS) == sorted(table.BY_WORD)
    assert len(kind_table.BY_WORD) == len(kind_table.ROWS)


def test_what_stands_in_layer_database_says_what_grants_on_it_allow() -> None:
    assert [row.kind.word for row in kind_table.ROWS if row.stored][:2] == ["database", "bucket"]


def test_a_kind_whose_parts_are_told_of_at_deployment_says_how() -> None:
    known = {word for row in kind_table.ROWS for word in row.values}

    assert {"writer host", "reader host", "secret arn", "master secret arn", "bucket"} <= known


@pytest.mark.parametrize(
    "first", ["kind_table", "kind_emission", "injection", "monitoring.alarm_definitions", "database"]
)
def test_no_module_of_the_layers_has_to_be_imported_first(first: str) -> None:
    """The rows refer to modules that ask for the rows, so a circle would depend on who comes first."""
    probe = [sys.executable, "-c", f"import petc.layers.{first}"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)

    assert done.stderr == ""
