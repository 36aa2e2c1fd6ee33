"""Log lines are JSON, belong to a request, and say causes without values."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pymysql
import pytest

from shared import logs
from tests.lambda_src.endpoints import Invocation


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setenv("STAGE", "dev")
    yield stream
    monkeypatch.undo()
    logs.configure()


def test_a_line_holds_message_fields_stage_and_request(output: io.StringIO) -> None:
    logs.configure()
    logs.begin(Invocation(aws_request_id="r-1"))
    logs.info("ran a tool", tool="list_vets", ms=3)
    line = json.loads(output.getvalue())

    assert (line["message"], line["tool"], line["ms"]) == ("ran a tool", "list_vets", 3)
    assert (line["level"], line["stage"], line["requestId"]) == ("INFO", "dev", "r-1")


def test_an_error_says_the_chain_of_causes_and_no_values(output: io.StringIO) -> None:
    logs.configure()
    secret = "a telephone number"
    try:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise RuntimeError("outer") from error
    except RuntimeError as error:
        logs.error("failed", cause=error)
    line = json.loads(output.getvalue())

    assert line["cause"] == ["RuntimeError: outer", "KeyError: 'inner'"]
    assert "test_logs.py" in line["stack"][0]
    assert secret not in output.getvalue()


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\n", "\r", "\x1c", "\ud800"])
def test_a_line_stays_one_line_for_every_reader(output: io.StringIO, odd: str) -> None:
    logs.configure()
    logs.info("said", text=f"a{odd}b")
    written = output.getvalue()

    assert len(written.splitlines()) == 1
    assert json.loads(written.encode())["text"] == f"a{odd}b"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (pymysql.err.IntegrityError(1062, "Duplicate entry '+49 30 1234' for key 'phone'"), "error 1062"),
        (pymysql.err.DataError(1366, "Incorrect string value: '\\xF0' for column 'name'"), "error 1366"),
        (pymysql.err.InterfaceError("(0, '+49 30 1234')"), "no number"),
    ],
)
def test_an_error_of_the_database_is_logged_by_its_number(
    output: io.StringIO, error: Exception, shown: str
) -> None:
    logs.configure()
    logs.error("failed", cause=error)
    line = json.loads(output.getvalue())

    assert line["cause"] == [f"{type(error).__name__}: {shown}"]
    assert "1234" not in output.getvalue().replace(line["timestamp"], "")


def test_the_level_comes_from_the_environment(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "error")
    logs.configure()
    logs.warning("odd")

    assert output.getvalue() == ""


def test_an_unknown_level_counts_as_info(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    logs.configure()
    logs.info("said")

    assert "said" in output.getvalue()


def test_a_line_belongs_to_its_trace(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd86;Parent=1;Sampled=0")
    logs.configure()
    logs.info("said")

    assert json.loads(output.getvalue())["trace"] == "1-5759e988-bd86"


def test_a_line_has_the_time_that_lambda_files_it_by(output: io.StringIO) -> None:
    logs.configure()
    logs.info("said")
    moment = datetime.fromisoformat(json.loads(output.getvalue())["timestamp"])

    assert moment.utcoffset() == timedelta(0)
