from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from petc.local import folder_layout, process_identity, server_record
from petc.local.server_record import Running


@pytest.fixture
def running(tmp_path: Path) -> Running:
    born = process_identity.birth(os.getpid())
    assert born is not None
    return Running(tmp_path, os.getpid(), born, 4601, "token", "111122223333", "eu-west-1", 1.5)


def test_a_record_is_read_as_it_was_written(running: Running) -> None:
    server_record.write(running)

    assert server_record.read(running.folder) == running


GOOD = {
    "pid": 4242,
    "birth": "b",
    "port": 4601,
    "token": "t",
    "account": "111122223333",
    "region": "eu-west-1",
    "started": 1.5,
    "mark": "",
}


def changed(**values: object) -> str:
    return json.dumps({**GOOD, **values})


WRONG: dict[str, tuple[object, ...]] = {
    "pid": (0, 1, -1, 1 << 31, 1 << 70, 1e300, True, "1", None, []),
    "port": (0, -1, 1 << 16, 1 << 70, "80"),
    "started": (-1, 1e300, float("inf"), float("nan"), "x"),
    "account": (1, "", "x", "11112222333\u0664", "111122223333\n"),
    "region": (1, "", "eu\u009b31m", "eu west"),
    "token": (1, "", "a\r\nHost: b"),
    "mark": (1, None, "petc local", "x" * 99),
}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "[]",
            "null",
            '{"pid": "x"}',
            '{"pid": 1}',
            "[" * 100_000,
            '{"a":' * 100_000,
            "\ud800",
            "1" * 9_000,
        ),
        json.dumps(GOOD)[:-9],
        json.dumps(GOOD) + " " * (1 << 17),
        *(changed(**{name: value}) for name, values in WRONG.items() for value in values),
    ],
)
def test_a_record_that_makes_no_sense_is_none(running: Running, text: str) -> None:
    folder_layout.record(running.folder).write_bytes(text.encode("utf-8", "surrogatepass"))

    assert server_record.read(running.folder) is None
    assert server_record.is_damaged(running.folder)


def test_a_record_without_a_mark_is_of_an_earlier_version(running: Running) -> None:
    values = {name: value for name, value in GOOD.items() if name != "mark"}
    folder_layout.record(running.folder).write_text(json.dumps(values), "utf-8")
    found = server_record.read(running.folder)

    assert found is not None
    assert found.mark == ""


def test_a_record_that_is_no_file_keeps_nobody_waiting(running: Running) -> None:
    os.mkfifo(folder_layout.record(running.folder))

    assert server_record.read(running.folder) is None
    server_record.remove(running.folder)
    folder_layout.record(running.folder).mkdir()
    assert server_record.read(running.folder) is None
    server_record.remove(running.folder)
    assert not server_record.is_damaged(running.folder)


def test_a_record_is_for_its_owner_only(running: Running) -> None:
    server_record.write(running)

    assert stat.S_IMODE(folder_layout.record(running.folder).stat().st_mode) == 0o600


def test_a_process_lives_while_it_is_the_one_that_was_recorded(running: Running) -> None:
    assert running.lives
    assert not replace(running, birth="another").lives


def test_a_server_removes_its_own_record_only(running: Running) -> None:
    server_record.write(replace(running, token="successor"))
    server_record.remove(running.folder, running.token)

    assert server_record.read(running.folder) is not None


def test_a_record_that_is_gone_may_be_removed(running: Running) -> None:
    server_record.remove(running.folder)

    assert server_record.read(running.folder) is None
