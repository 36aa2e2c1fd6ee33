"""The journal: what it keeps, what it forgives, and what it does not believe."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.deploy.engine import State
from petc.deploy.execute import journal, signed_lines
from petc.deploy.execute.journal import Journal
from petc.deploy.execute.signed_lines import Head
from petc.deploy.execute.user_key import own_key
from petc.deploy.plan.types import Operation, OperationKind, Phase, Step
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

TARGET = Target("111111111111", "us-west-2")
OPERATION = Operation(
    id="o1",
    kind=OperationKind.UPDATE_INSTANCES,
    name="shop-dev-01-base",
    targets=(TARGET,),
)
HEAD = Head(
    spec="shop",
    stage="dev",
    engine="stack-sets",
    account="111111111111",
    token="t",
    steps=(Step("s1", "base", "01-base", Phase.ADD, (OPERATION,)),),
)


def started(folder: Path) -> Journal:
    return journal.start(folder, HEAD)


def loaded(folder: Path) -> journal.LoadedJournal:
    return journal.load(folder, "shop", "dev", "111111111111")


def test_without_a_journal_there_is_nothing_to_resume(tmp_path: Path) -> None:
    assert loaded(tmp_path) == journal.LoadedJournal()


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

    assert loaded(tmp_path) == journal.LoadedJournal()


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
    key = own_key()
    text, _ = signed_lines.line(signed_lines.head_content(HEAD), "", key)

    content, _ = signed_lines.parsed(text.removesuffix("\n"), "", key)

    assert signed_lines.head_of(content) == HEAD


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


def unkeyed(*said: object, form: int = 1) -> bytes:
    """Return a journal as petc wrote it before, with the sums that anybody can make."""
    total, lines = "", []
    for number, one in enumerate(said):
        content = {**one, "journal": form} if number == 0 and isinstance(one, dict) else one
        body = json.dumps(content, sort_keys=True, separators=(",", ":"))
        total = hashlib.sha256(f"{total}\n{body}".encode()).hexdigest()[:16]
        lines.append(f"{total} {body}\n")
    return "".join(lines).encode()


FORGED_HEAD = {
    **signed_lines.head_content(HEAD),
    "root": "r",
    "seen": "s",
    "templates": {"d1": "Resources: {}\n"},
}
DEEP = b"0" * 16 + b" " + b"[" * 200_000 + b"\n"


def wide_mark(content: bytes, mark: bytes) -> bytes:
    return b"".join(mark + b" " + raw.partition(b" ")[2] + b"\n" for raw in content.splitlines())


@pytest.mark.parametrize(
    "content",
    [
        unkeyed(FORGED_HEAD, {"began": "o1"}),
        unkeyed(FORGED_HEAD, {"began": "o1"}, form=2),
        wide_mark(unkeyed(FORGED_HEAD, {"began": "o1"}, form=2), b"0" * 32),
        wide_mark(unkeyed(FORGED_HEAD, {"began": "o1"}, form=2), b""),
        DEEP,
        b"\xff\n",
        b"\xc3\xa9 {}\n",
    ],
    ids=["earlier form", "this form, earlier sums", "zeros", "no mark", "deep", "no text", "no ASCII"],
)
def test_nothing_that_others_wrote_is_believed(tmp_path: Path, content: bytes) -> None:
    tmp_path.joinpath("dev.journal").write_bytes(content)

    open_, found = journal.is_open(tmp_path, "dev"), loaded(tmp_path)

    assert open_
    assert found.unfinished is None
    assert found.warning is not None
    assert found.warning.code == "journal-rebuilt"
    assert [path.name for path in tmp_path.iterdir()] == ["dev.journal.aside-1"]


def test_the_journal_of_an_earlier_version_says_that_it_is_one(tmp_path: Path) -> None:
    tmp_path.joinpath("dev.journal").write_bytes(unkeyed(FORGED_HEAD, {"began": "o1"}))

    found = loaded(tmp_path)

    assert found.warning is not None
    assert "it was written by an earlier version of petc, which did not sign it" in found.warning.message
    assert "petc reads what is deployed from AWS" in found.warning.help


def test_a_finished_journal_of_an_earlier_version_is_nothing_to_speak_of(tmp_path: Path) -> None:
    tmp_path.joinpath("dev.journal").write_bytes(unkeyed(FORGED_HEAD, {"began": "o1"}, {"finished": True}))

    assert not journal.is_open(tmp_path, "dev")
    assert loaded(tmp_path) == journal.LoadedJournal()


def test_the_journal_of_another_user_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started(tmp_path).began("a")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of another"))

    found = loaded(tmp_path)

    assert found.unfinished is None
    assert found.warning is not None
    assert "written by another user or on another machine" in found.warning.message


def test_a_journal_that_git_tracks_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / ".petc" / "deploy"
    folder.mkdir(parents=True)
    started(folder).began("a")
    for command in (["init", "--quiet"], ["add", "--force", ".petc"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)

    found = loaded(folder)

    assert found.unfinished is None
    assert found.warning is not None
    assert "git tracks it" in found.warning.message


def test_a_link_in_place_of_the_journal_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    record = started(other)
    record.began("a")
    before = record.path.read_bytes()
    folder = tmp_path / "deploy"
    folder.mkdir()
    for name in ("dev.journal", "dev.journal.new"):
        (folder / name).symlink_to(record.path)

    found = loaded(folder)
    started(folder).began("b")

    assert found.unfinished is None
    assert found.warning is not None
    assert "no regular file" in found.warning.message
    assert record.path.read_bytes() == before
    assert not (folder / "dev.journal").is_symlink()


def test_a_pipe_in_place_of_the_journal_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "dev.journal")

    assert journal.is_open(tmp_path, "dev")
    assert loaded(tmp_path).unfinished is None


def test_the_journal_holds_nothing_that_could_be_sent(tmp_path: Path) -> None:
    operation = replace(OPERATION, template="d1", parameters=(("Size", "very-own-value"),))
    head = replace(HEAD, steps=(replace(HEAD.steps[0], operations=(operation,)),))
    text = journal.start(tmp_path, head).path.read_text()

    assert "very-own-value" not in text
    assert "template" not in text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused_with_its_cause(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(Rejected, match=r"dev.journal cannot be written: permission denied"):
        started(tmp_path)


@pytest.mark.parametrize("folder", ["file", "file/deploy", "full"])
def test_what_is_no_folder_is_refused_with_its_cause(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "full").symlink_to("/dev/full")

    with pytest.raises(Rejected) as caught:
        started(tmp_path / folder)

    assert caught.value.diagnostics[0].code == "deploy-folder-unwritable"
    assert "make " in caught.value.diagnostics[0].help


def test_a_note_that_finds_no_room_is_refused_and_the_next_one_follows_the_last_whole_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = started(tmp_path)
    record.began("a")
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, content: real(file, content[:7]) and _no_room())
    with pytest.raises(Rejected, match="no space left on device"):
        record.began("b")
    monkeypatch.setattr(os, "write", real)
    record.began("c")

    found = loaded(tmp_path)

    assert found.warning is None
    assert found.unfinished is not None
    assert found.unfinished.open == ("a", "c")


def _no_room() -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
