"""One request to the administration of a server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

TIMEOUT_S = 30.0
"""How long an answer may take, in seconds."""


def ask(
    endpoint: str, method: str, path: str, body: object = None, timeout: float = TIMEOUT_S
) -> dict[str, object]:
    """Return the JSON object that the server at an endpoint URL answers for a path below `/_petc/`.

    Raises `ValueError` with what the server refuses, or when no such server answers, and `OSError` when
    nothing does.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{endpoint}/_petc/{path}", data, method=method)
    # A proxy of the user is for the internet, not for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as response:
            answer = json.loads(response.read())
    except urllib.error.HTTPError as refused:
        raise ValueError(_message(refused.read())) from None
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    return answer


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return "the server is not petc's"
