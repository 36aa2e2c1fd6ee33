"""The journal: what it keeps, what it forgives, and what it does not believe."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.deploy.engine import State
from petc.deploy.plan.types import Kind, Operation, Phase, Step
from petc.deploy.run import journal, journal_form
from petc.deploy.run.journal import Journal
from petc.deploy.run.journal_form import Head
from petc.deploy.targets import Target

TARGET = Target("111111111111", "us-west-2")
OPERATION = Operation(
    id="o1",
    kind=Kind.UPDATE_INSTANCES,
    name="shop-dev-01-base",
    targets=(TARGET,),
    template="d1",
    parameters=(("Size", "s"),),
    overrides=(("Size", "l"),),
    cleared=("Other",),
    capabilities=("CAPABILITY_IAM",),
    tags=(("team", "a"),),
    retain=True,
)
HEAD = Head(
    spec="shop",
    stage="dev",
    engine="stack-sets",
    account="111111111111",
    root="r",
    seen="s",
    token="t",
    steps=(Step("s1", "base", "01-base", Phase.ADD, (OPERATION,), after=("s0",)),),
    templates={"d1": "Resources: {}\n"},
)


def started(folder: Path) -> Journal:
    return journal.start(folder, HEAD)


def loaded(folder: Path) -> journal.Found:
    return journal.load(folder, "shop", "dev", "111111111111")


def test_without_a_journal_there_is_nothing_to_resume(tmp_path: Path) -> None:
    assert loaded(tmp_path) == journal.Found()


def test_what_began_and_did_not_end_is_open(tmp_path: Path) -> None:
    record = started(tmp_path)
    for name in ("a", "b", "c"):
        record.began(name)
    record.ended("b", State.SUCCEEDED)

    assert loaded(tmp_path).unfinished == journal.Unfinished(HEAD, ("a", "c"))


def test_a_finished_deployment_leaves_nothing_to_resume(tmp_path: Path) -> None:
    record = started(tmp_path)
    record.began("a")
    record.ended("a", State.FAILED)
    record.finish()

    assert loaded(tmp_path) == journal.Found()


def test_a_journal_that_goes_on_knows_what_stood_in_it(tmp_path: Path) -> None:
    record = started(tmp_path)
    record.began("a")
    record.close()

    again = journal.reopen(tmp_path, "dev")
    again.ended("a", State.SUCCEEDED)

    found = loaded(tmp_path).unfinished
    assert found is not None
    assert found.open == ()


@given(st.data())
def test_a_torn_end_is_no_damage(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("journal")
    record = started(folder)
    record.began("a")
    whole = record.path.read_bytes()
    record.began("b")
    longer = record.path.read_bytes()
    record.path.write_bytes(longer[: data.draw(st.integers(len(whole), len(longer) - 1))])

    again = journal.reopen(folder, "dev")
    again.began("c")

    found = loaded(folder)
    assert found.warning is None
    assert found.unfinished is not None
    assert found.unfinished.open == ("a", "c")


@given(st.data())
def test_any_changed_byte_before_the_last_line_sets_the_journal_aside(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    record = started(folder)
    record.began("a")
    bound = len(record.path.read_bytes())
    record.began("b")
    content = bytearray(record.path.read_bytes())
    content[data.draw(st.integers(0, bound - 2))] ^= data.draw(st.integers(1, 255))
    record.path.write_bytes(content)

    found = loaded(folder)

    assert found.unfinished is None
    assert found.warning is not None
    assert found.warning.code == "journal-rebuilt"
    assert [path.name for path in folder.iterdir()] == ["dev.journal.aside-1"]


def test_a_line_that_was_taken_out_is_noticed(tmp_path: Path) -> None:
    record = started(tmp_path)
    record.began("a")
    record.began("b")
    record.began("c")
    lines = record.path.read_bytes().splitlines(keepends=True)
    record.path.write_bytes(b"".join((lines[0], *lines[2:])))

    found = loaded(tmp_path)

    assert found.warning is not None


@pytest.mark.parametrize("whose", [("other", "dev", "111111111111"), ("shop", "dev", "222222222222")])
def test_the_journal_of_another_spec_or_account_is_set_aside(
    tmp_path: Path, whose: tuple[str, str, str]
) -> None:
    started(tmp_path)

    found = journal.load(tmp_path, *whose)

    assert found.unfinished is None
    assert found.warning is not None
    assert "shop, stage dev, in account 111111111111" in found.warning.message


def test_only_the_owner_reads_the_journal(tmp_path: Path) -> None:
    assert started(tmp_path).path.stat().st_mode & 0o077 == 0


def test_a_head_comes_back_as_it_was_written() -> None:
    text, _ = journal_form.line(journal_form.head_content(HEAD), "")

    content, _ = journal_form.parsed(text.removesuffix("\n"), "")

    assert journal_form.head_of(content) == HEAD


def test_a_closed_journal_takes_no_more_notes(tmp_path: Path) -> None:
    record = started(tmp_path)
    record.close()

    with pytest.raises(ValueError, match="closed"):
        record.began("a")


def test_only_a_finished_journal_or_none_needs_no_look(tmp_path: Path) -> None:
    before = journal.is_open(tmp_path, "dev")
    record = started(tmp_path)
    begun = journal.is_open(tmp_path, "dev")
    record.finish()
    record.close()
    finished = journal.is_open(tmp_path, "dev")
    journal.path_of(tmp_path, "dev").write_bytes(b"rubbish\n")

    assert (before, begun, finished) == (False, True, False)
    assert journal.is_open(tmp_path, "dev")
