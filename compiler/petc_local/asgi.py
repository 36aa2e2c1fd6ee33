"""The few types and steps of ASGI 3 that the gate and the administration need."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from petc_local.error_responses import ErrorResponse

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def headers_of(scope: Message) -> dict[str, str]:
    """Return the headers of a request with names in lower case; the last of several of one name."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def body_of(receive: Receive) -> bytes:
    """Return the whole body of a request; what came before the client went away."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def object_of(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; an empty one for a body that is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that yields a body which was read already, then what the first one yields."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


async def send_answer(send: Send, answer: ErrorResponse) -> None:
    """Send an answer."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def send_json(send: Send, value: object, status: int = 200) -> None:
    """Send a value as JSON."""
    body = json.dumps(value).encode()
    headers = (("content-type", "application/json"), ("content-length", str(len(body))))
    await send_answer(send, ErrorResponse(status, headers, body))
