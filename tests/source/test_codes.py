"""The table of codes: its examples behave."""

from __future__ import annotations

import pytest

from petc.diagnostics import Code, Rejected
from petc.source.codes import CODES
from petc.source.overlay import overlay, stage_names
from petc.source.parse import parse

SHOWN = [code for code in CODES if code.bad]


def raised(text: str) -> list[str]:
    try:
        base = parse(text.encode(), "f")
        for stage in stage_names(base):
            overlay(base, stage)
    except Rejected as fault:
        return [problem.code for problem in fault.diagnostics]
    return []


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_the_bad_example_shows_its_code_and_no_other(code: Code) -> None:
    assert raised(code.bad) == [code.name]


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_the_good_example_passes(code: Code) -> None:
    assert raised(code.good) == []


def test_names_are_unique() -> None:
    assert len({code.name for code in CODES}) == len(CODES)
