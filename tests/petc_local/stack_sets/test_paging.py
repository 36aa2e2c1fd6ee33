"""Pages of lists."""

from __future__ import annotations

import pytest

from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.paging import page
from petc_local.stack_sets.request import ParsedRequest


def test_a_page_holds_a_hundred_items_unless_told() -> None:
    items, token = page(range(250), ParsedRequest({}), "list")
    fewer, _ = page(range(250), ParsedRequest({"MaxResults": 7}), "list")

    assert (len(items), len(fewer)) == (100, 7)
    assert token is not None


def test_tokens_lead_through_all_items_once() -> None:
    seen: list[int] = []
    token: str | None = None
    while True:
        items, token = page(range(250), ParsedRequest({} if token is None else {"NextToken": token}), "list")
        seen += items
        if token is None:
            break

    assert seen == list(range(250))


def test_a_last_page_that_is_full_has_no_token() -> None:
    assert page(range(100), ParsedRequest({}), "list")[1] is None


@pytest.mark.parametrize("token", ["!", "bGlzdDp4", "b3RoZXI6MQ=="])
def test_a_token_that_was_not_given_out_is_refused(token: str) -> None:
    with pytest.raises(RequestRefused, match="Invalid NextToken"):
        page(range(3), ParsedRequest({"NextToken": token}), "list")
