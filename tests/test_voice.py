"""No text that people read uses a word that docs/voice.md avoids.

README.md and the site's own texts are left out until they are rewritten as a whole.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from petc.cli.code_catalogue import every_code
from petc.cli.main import COMMANDS
from tests import specs

VOICE = specs.ROOT / "docs" / "voice.md"
PAGES = sorted(
    path
    for path in (
        *(specs.ROOT / "docs").rglob("*.md"),
        specs.ROOT / "CONTRIBUTING.md",
        specs.ROOT / "SECURITY.md",
        specs.ROOT / "lambda_src" / "README.md",
    )
    if path != VOICE
)


def avoided() -> dict[re.Pattern[str], str]:
    """Return what to write instead, by regular expression: the block in docs/voice.md."""
    block = re.search(r"```text\n(.*?)```", VOICE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    pairs = (re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in block[1].splitlines())
    return {re.compile(pattern, re.IGNORECASE): better for pattern, better in pairs}


AVOIDED = avoided()


def complaints(place: str, text: str) -> list[str]:
    return [
        f"{place}: {found[0]!r} in {text[max(0, found.start() - 30) : found.end() + 20]!r}; write: {better}"
        for pattern, better in AVOIDED.items()
        for found in pattern.finditer(text)
    ]


def help_texts(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Yield each help text of a command, of its options and of the commands below it, with its name."""
    yield name, command.help or ""
    for option in command.params:
        yield f"{name} {option.name}", getattr(option, "help", None) or ""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from help_texts(below, f"{name} {below.name}")


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module with their lines, without docstrings; texts of one word are names."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if " " in node.value.strip():
            yield node.lineno, node.value


def test_the_list_is_read() -> None:
    assert len(AVOIDED) > 10
    assert complaints("here", "the stack stands in eu-west-1, and goes on by itself")
    assert complaints("here", "AZ stands for availability zone") == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_texts(name: str) -> None:
    command = import_module(f"petc.cli.commands.{name}").command
    texts = ((name, COMMANDS[name]), *help_texts(command, name))

    assert [line for place, text in texts for line in complaints(place, text)] == []


def test_titles_and_explanations() -> None:
    texts = [(code.name, text) for code in every_code().values() for text in (code.title, code.why)]

    assert [line for place, text in texts for line in complaints(place, text)] == []


def test_messages() -> None:
    """Every text in a module of petc; the layers are left out, because their texts are parts of templates."""
    home = specs.ROOT / "compiler"
    found = [
        line
        for path in sorted(home.rglob("*.py"))
        if "layers" not in path.parts
        for number, text in texts_of(path)
        for line in complaints(f"{path.relative_to(home)}:{number}", text)
    ]

    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documents(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()

    assert [
        item for number, line in enumerate(lines, 1) for item in complaints(f"{page.name}:{number}", line)
    ] == []
