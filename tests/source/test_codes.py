"""The table of codes: its examples behave, and it lists every code that the package can raise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import petc.source
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


def test_the_table_and_the_source_agree() -> None:
    folder = Path(petc.source.__path__[0])
    text = "".join(path.read_text() for path in folder.glob("*.py") if path.name != "codes.py")
    used = set(re.findall(r'(?:_error|_report|Diagnostic)\(\s*"([a-z0-9-]+)"', text))

    assert used == {code.name for code in CODES}


def test_names_are_unique() -> None:
    assert len({code.name for code in CODES}) == len(CODES)
