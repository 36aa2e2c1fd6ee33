"""One request to the administration of a server."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from petc.local import server_mark

_LIMIT = 64 << 20
"""How many bytes an answer may have; the inventory of thousands of stacks has fewer."""

TIMEOUT_S = 30.0
"""How long an answer may take, in seconds."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the administration sends none, and what answers instead may lead anywhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


def ask(
    endpoint: str, method: str, path: str, body: object = None, timeout: float = TIMEOUT_S, token: str = ""
) -> dict[str, object]:
    """Return the JSON object that the server at an endpoint URL answers for a path below `/_petc/`.

    `token` is that of the server that is meant; another one refuses. Raises `ValueError` with what the server
    refuses, or when no such server answers, and `OSError` when nothing does.
    """
    data = None if body is None else json.dumps(body).encode()
    headers = {server_mark.TOKEN_HEADER: token} if token else {}
    request = urllib.request.Request(f"{endpoint}/_petc/{path}", data, headers, method=method)
    # A proxy of the user is for the internet, not for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    try:
        with opener.open(request, timeout=timeout) as response:
            answer = _json(response)
    except urllib.error.HTTPError as refused:
        raise ValueError(_message(refused)) from None
    except http.client.HTTPException as broken:
        raise ValueError(f"the answer is not HTTP: {type(broken).__name__}") from None
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    return answer


def _json(response: Any) -> object:
    """Return the JSON value of an answer; raises `ValueError`, also when whatever answers means harm."""
    text = response.read(_LIMIT + 1)
    if len(text) > _LIMIT:
        raise ValueError("the answer is too long")
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("the answer is nested too deep") from None


def _message(response: Any) -> str:
    try:
        answer = _json(response)
    except (OSError, ValueError, http.client.HTTPException):
        answer = None
    match answer:
        case {"message": str(message)}:
            return message
    return "the server is not petc's"
