"""Pages of lists: at most 100 items, and a token that names where the next page begins."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from petc_local.stack_sets.errors import invalid
from petc_local.stack_sets.request import ParsedRequest

MOST = 100
"""Items of a page (botocore, MaxResults: at most 100; that it is also the default is assumed)."""

Item = TypeVar("Item")


def page(items: Sequence[Item], request: ParsedRequest, of: str) -> tuple[Sequence[Item], str | None]:
    """Return the page of `items` that a request asks for, and the token of the next one, if any.

    `of` names the list; a token of another list is refused.
    """
    begin = 0
    token = request.text("NextToken")
    if token is not None:
        begin = _begin(token, of)
    end = begin + (request.number("MaxResults") or MOST)
    following = base64.urlsafe_b64encode(f"{of}:{end}".encode()).decode() if end < len(items) else None
    return items[begin:end], following


def _begin(token: str, of: str) -> int:
    try:
        named, _, number = base64.urlsafe_b64decode(token.encode()).decode().rpartition(":")
        if named == of:
            return int(number)
    except ValueError:
        pass
    raise invalid("Invalid NextToken")
