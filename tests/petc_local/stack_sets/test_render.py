"""Responses written by the service model."""

from __future__ import annotations

import pytest
from botocore.parsers import create_parser

from petc_local.stack_sets import model
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.render import render, render_error


def parsed(action: str, response: tuple[int, dict[str, str], bytes]) -> dict[str, object]:
    status, headers, body = response
    shape = model.operation(action).output_shape
    found: dict[str, object] = create_parser("query").parse(
        {"status_code": status, "headers": headers, "body": body}, shape
    )
    found.pop("ResponseMetadata")
    return found


def test_botocore_reads_what_was_written() -> None:
    summary = {"StackSetName": "a & <b>", "Status": "ACTIVE", "ManagedExecution": {"Active": True}}

    answer = render("ListStackSets", {"Summaries": (summary,), "NextToken": None})

    assert parsed("ListStackSets", answer) == {"Summaries": [summary]}


def test_an_empty_list_is_shown_and_none_is_left_out() -> None:
    assert parsed("ListStackSets", render("ListStackSets", {"Summaries": ()})) == {"Summaries": []}
    assert parsed("ListStackSets", render("ListStackSets", {"Summaries": None})) == {}


@pytest.mark.parametrize(
    "summary",
    [
        {"Odd": "x"},
        {"Status": "BROKEN"},
        {"ManagedExecution": "yes"},
        {"ManagedExecution": {"Active": "yes"}},
        {"StackSetName": 3},
    ],
)
def test_what_the_model_does_not_allow_is_a_fault(summary: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        render("ListStackSets", {"Summaries": (summary,)})


def test_a_required_member_must_be_there() -> None:
    with pytest.raises(ValueError, match="StackId"):
        render("ListStackInstanceResourceDrifts", {"Summaries": ({"LogicalResourceId": "x"},)})


@pytest.mark.parametrize(
    ("code", "status"),
    [("StackSetNotFoundException", 404), ("OperationInProgressException", 409), ("ValidationError", 400)],
)
def test_an_error_has_the_status_of_its_code(code: str, status: int) -> None:
    answer = render_error(RequestRefused(code, "a < b"))

    assert answer[0] == status
    assert parsed("ListStackSets", answer)["Error"] == {"Type": "Sender", "Code": code, "Message": "a < b"}
