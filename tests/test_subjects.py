"""The table "Where to look" of docs/architecture.md: one module for each subject, by the word people search for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests import specs

ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `(compiler/petc/[^`]+\.py)` \|$", re.MULTILINE)


def table() -> list[tuple[str, str, Path]]:
    page = (specs.ROOT / "docs" / "architecture.md").read_text("utf-8")
    section = page.partition("## Where to look\n")[2].partition("\n## ")[0]
    return [(subject, word, specs.ROOT / path) for subject, word, path in ROW.findall(section)]


TABLE = table()


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def has(text: str, word: str) -> bool:
    """Whether the words follow each other in a text, as whole words."""
    there, wanted = words(text), words(word)
    return any(there[start : start + len(wanted)] == wanted for start in range(len(there)))


def first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def test_the_table_has_twenty_subjects() -> None:
    assert len({subject for subject, _, _ in TABLE}) >= 20


@pytest.mark.parametrize(("word", "module"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_word_leads_to_the_module(word: str, module: Path) -> None:
    assert has(module.stem, word) or has(first_line(module), word)


@pytest.mark.parametrize(("word", "module"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_word_leads_to_no_other_module(word: str, module: Path) -> None:
    others = (path for path in (specs.ROOT / "compiler" / "petc").rglob("*.py") if path != module)

    assert [path.name for path in others if has(path.stem, word)] == []
