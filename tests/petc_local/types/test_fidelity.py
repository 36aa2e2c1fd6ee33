from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from petc.resources import schemas
from petc_local.types import patches, table
from petc_local.types.fidelity import STANDING, Fidelity, standing

ROOT = Path(__file__).parents[3]
TEMPLATES = (*ROOT.glob("generated/*/*.yaml"), *ROOT.glob("tests/golden/*/generated/*/*.yaml"))


def used() -> Iterator[str]:
    for template in TEMPLATES:
        yield from re.findall(r"(?m)^    Type: (AWS::\w+::\w+)$", template.read_text("utf-8"))


def test_every_type_that_is_used_has_a_row() -> None:
    types = set(used())

    assert len(types) > 70
    assert types - STANDING.keys() == set()


def test_no_row_is_for_a_type_that_nothing_uses() -> None:
    assert STANDING.keys() - set(used()) == set()


def test_every_row_gives_a_reason() -> None:
    assert [kind for kind, row in STANDING.items() if not row.reason] == []


def test_a_type_that_nothing_knows_is_recorded_at_best() -> None:
    assert standing("AWS::Some::Thing") is Fidelity.RECORDED


def test_what_only_petc_keeps_is_recorded_and_nothing_else_is() -> None:
    kept = {kind for kind, handlers in table.ADDED.items() if "recorded." in handlers.create.__qualname__}

    assert kept == {kind for kind, row in STANDING.items() if row.standing is Fidelity.RECORDED}


def test_rows_and_mends_are_for_types_that_exist() -> None:
    names = {*STANDING, *patches.MENDED, *table.ADDED}

    assert [name for name in names if schemas.schema(name) is None] == []
