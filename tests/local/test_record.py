from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from petc.local import identity, layout, record
from petc.local.record import Running


@pytest.fixture
def running(tmp_path: Path) -> Running:
    born = identity.birth(os.getpid())
    assert born is not None
    return Running(tmp_path, os.getpid(), born, 4601, "token", "111122223333", "eu-west-1", 1.5)


def test_a_record_is_read_as_it_was_written(running: Running) -> None:
    record.write(running)

    assert record.read(running.folder) == running


@pytest.mark.parametrize("text", ["", "[]", "null", '{"pid": "x"}', '{"pid": 1}', "[" * 100_000])
def test_a_record_that_makes_no_sense_is_none(running: Running, text: str) -> None:
    layout.record(running.folder).write_text(text, "utf-8")

    assert record.read(running.folder) is None


def test_a_process_lives_while_it_is_the_one_that_was_recorded(running: Running) -> None:
    assert running.lives
    assert not replace(running, birth="another").lives


def test_a_server_removes_its_own_record_only(running: Running) -> None:
    record.write(replace(running, token="successor"))
    record.remove(running.folder, running.token)

    assert record.read(running.folder) is not None


def test_a_record_that_is_gone_may_be_removed(running: Running) -> None:
    record.remove(running.folder)

    assert record.read(running.folder) is None
