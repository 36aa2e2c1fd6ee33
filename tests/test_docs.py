"""The documents are true: commands print what they show, excerpts and examples hold, every name in them exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from petc.cli.code_catalogue import every_code
from petc.cli.main import COMMANDS
from tests.examples import judged
from tests.golden import __main__ as golden
from tests.golden import console

ROOT = Path(__file__).parents[1]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
WRITTEN = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    if str(path.relative_to(ROOT)) not in golden.PAGES
)
ALL = sorted((*WRITTEN, *(ROOT / name for name in golden.PAGES if name.endswith(".md"))))

LATER: set[str] = set()
"""Commands that the documents announce for later; when one comes, its sentence has to go."""

MAKE = re.compile(r"(?:`|^\$? ?)make ([a-z-]+)", re.M)
PATH = re.compile(
    r"`((?:compiler|tests|bench|docs|schemas|spec|lambda_src|frontend|generated|\.ci|\.github)/[^`\s<*…]*)`"
)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"(?:`|^\$ )petc ([a-z]+)", re.M)
GAP = "# …"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """Return a document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def excerpts(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the file that each excerpt names in its first line, and its pieces."""
    for block in console.blocks(text):
        first, _, rest = block.body.partition("\n")
        if block.info == "yaml" and re.match(r"# \S+/\S+\.yaml$", first):
            yield first.removeprefix("# "), [piece.strip("\n") for piece in rest.split(f"{GAP}\n")]


def fragments(text: str) -> Iterator[str]:
    """Yield the YAML examples of the spec language."""
    for block in console.blocks(text):
        if block.info == "yaml" and not re.match(r"# \S+/\S+\.yaml$", block.body.partition("\n")[0]):
            yield block.body


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the reference project, freshly compiled."""
    return console.project(tmp_path_factory.mktemp("docs"))


@pytest.mark.parametrize("name", golden.CONSOLES)
def test_the_commands_print_what_the_document_shows(name: str, home: Path) -> None:
    """But for seconds, clock times, digests, byte counts and column widths; `make golden` writes them anew."""
    text = (ROOT / name).read_text("utf-8")

    assert console.rewritten(text, home) == text


@pytest.mark.parametrize("name", golden.PAGES)
def test_a_generated_page_is_what_it_is_generated_from(name: str) -> None:
    """`make golden` writes it again."""
    assert (ROOT / name).read_text("utf-8") == golden.PAGES[name]()


def test_the_excerpts_stand_in_the_files_that_they_name() -> None:
    """Each piece stands in the file, line for line, after the one before it.

    That the files are what the spec compiles to is the matter of tests/test_golden.py.
    """
    shown = list(excerpts((ROOT / "README.md").read_text("utf-8")))
    assert len(shown) >= 6
    for name, pieces in shown:
        text = (ROOT / name).read_text("utf-8")
        for piece in pieces:
            before, found, text = text.partition(f"{piece}\n")

            assert found, f"{name} does not hold, in this order:\n{piece}\nafter {before[-60:]!r}"


@pytest.mark.parametrize("fragment", list(fragments((ROOT / "README.md").read_text("utf-8"))))
def test_an_example_of_the_language_has_no_error(fragment: str) -> None:
    """Laid over the starter spec."""
    assert [item.message for item in judged(fragment) if item.is_error] == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_every_path_that_a_document_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")

    assert [name for name in PATH.findall(prose(text)) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_every_link_leads_to_a_file(path: Path) -> None:
    text = prose(path.read_text("utf-8"))

    assert [name for name in LINK.findall(text) if name and not (path.parent / name).exists()] == []


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_every_make_target_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M))

    assert [name for name in MAKE.findall(path.read_text("utf-8")) if name not in targets] == []


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_every_command_exists_or_is_announced(path: Path) -> None:
    named = set(COMMAND.findall(path.read_text("utf-8")))

    assert not LATER & set(COMMANDS)
    assert named <= {*COMMANDS, *LATER}


def test_make_demo_is_the_demonstration() -> None:
    """`tests/demo/test_demo.py` runs it whole."""
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.M)

    assert recipe
    assert "-m demo" in recipe.group(1)


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_says_context_options_decision_consequences(path: Path) -> None:
    headings = re.findall(r"^## (\w+)", path.read_text("utf-8"), re.M)

    assert headings == ["Context", "Options", "Decision", "Consequences"]


def test_the_table_of_decisions_is_complete() -> None:
    listed = re.findall(r"\(decisions/([^)]+)\)", (ROOT / "docs" / "architecture.md").read_text("utf-8"))

    assert sorted(listed) == sorted(path.name for path in DECISIONS)


def test_every_code_is_on_its_page() -> None:
    headings = re.findall(r"^## (\S+)$", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.M)

    assert headings == list(every_code())


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_a_document_names_no_place_of_one_machine(path: Path) -> None:
    assert not re.search(r"/(work|home|tmp|root|Users)/\w", path.read_text("utf-8"))
