"""What every request passes before MiniStack: who may ask, what is counted, which faults it meets."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs

from ministack import app as gateway

from petc.local import server_mark
from petc.local.server_record import Running
from petc_local import access_control, asgi, error_responses, request_connection
from petc_local.access_control import Admission
from petc_local.asgi import App, Message, Receive, Send
from petc_local.aws_requests import AwsCall, Protocol, call_of, is_form
from petc_local.fault_rules import FaultKind, FaultRule, Table
from petc_local.routing import ServerRoute, is_object, place_of

_THROTTLED = {
    Protocol.QUERY: ("Throttling", "Rate exceeded", 400),
    Protocol.EC2: ("RequestLimitExceeded", "Request limit exceeded.", 503),
    Protocol.JSON: ("ThrottlingException", "Rate exceeded", 400),
    Protocol.REST_JSON: ("TooManyRequestsException", "Rate Exceeded.", 429),
    Protocol.REST_XML: ("Throttling", "Rate exceeded", 400),
    Protocol.S3: ("SlowDown", "Please reduce your request rate.", 503),
    Protocol.CBOR: ("ThrottlingException", "Rate exceeded", 400),
}
"""What services answer to too many calls (AWS SDKs and Tools Reference Guide, "Retry behavior": the codes
that SDKs take for throttling; Amazon EC2 API Reference, "Common client errors"; Amazon S3 API Reference,
"List of error codes"; AWS Lambda API Reference, "Common Errors"). The texts are assumed."""


FORBIDDEN = 403
MISDIRECTED = 421
"""The status for a request to another server than this one (RFC 9110, 15.5.20); SDKs do not repeat such a call."""


def gate(
    app: App,
    administration: App,
    running: Running,
    table: Table,
    calls: Counter[str],
    noticed: Callable[[AwsCall], None],
) -> App:
    """Return an application that stands before MiniStack's.

    What `admission` refuses gets no further. `administration` serves the paths below `/_petc/`. Each call to
    AWS is counted in `calls` by its name, also when a fault answers it, and after it has happened `noticed` is
    told.
    """

    async def passed(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        asked = _asked(scope, running.port)
        if asked is None or (refused := access_control.refusal_of_caller(asked)):
            await _refuse(scope, receive, send, refused if asked else "this name is not served here")
            return
        if scope["type"] == "websocket":
            if asked.place is ServerRoute.ENTRY:
                await app(scope, receive, send)
            else:
                await _refuse(scope, receive, send, "nothing here answers to WebSocket")
            return
        if asked.path.startswith("/_petc/"):
            if asked.headers.get(server_mark.TOKEN_HEADER, running.token) != running.token:
                await asgi.send_json(send, {"message": "another local AWS answers here"}, MISDIRECTED)
            else:
                await administration(scope, receive, send)
            return
        if is_form(asked.headers):
            body = await asgi.body_of(receive)
            receive = asgi.replayed(body, receive)
        else:
            body = b""
        call = call_of(asked.method, asked.path, asked.headers, scope["query_string"].decode("latin-1"), body)
        if server_mark.is_foreign(asked.headers.get("user-agent", ""), running.mark):
            await _answer(send, call, asked, server_mark.CODE, server_mark.MESSAGE, MISDIRECTED)
        elif refused := access_control.refusal_of_call(asked, call):
            await _answer(send, call, asked, "MissingAuthenticationToken", refused, FORBIDDEN)
        elif call is None:
            await app(scope, receive, send)
        else:
            calls[call.name] += 1
            await _through(app, scope, receive, send, call, table.for_call(call))
            noticed(call)

    return passed


def _asked(scope: Message, port: int) -> Admission | None:
    """Return what decides who asks; None when the name that was asked for is not served here."""
    headers = asgi.headers_of(scope)
    names = [name.lower() for name, _ in scope["headers"]]
    if any(names.count(name) > 1 for name in (b"host", b"origin")):
        return None  # what the gate reads must be what MiniStack reads
    path = str(scope["path"])
    place = place_of(headers.get("host", "").lower(), path)
    if place is None:
        return None
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    method = scope.get("method", "GET")
    of_object = place is ServerRoute.AWS and is_object(method, path, headers, query)
    return Admission(place, method, path, headers, frozenset(query), of_object, port)


async def _refuse(scope: Message, receive: Receive, send: Send, message: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await asgi.send_json(send, {"message": message}, FORBIDDEN)


async def _answer(
    send: Send, call: AwsCall | None, asked: Admission, code: str, message: str, status: int
) -> None:
    """Refuse in the form of the service that was asked, so that an SDK raises its own exception."""
    if call is not None:
        await asgi.send_answer(
            send, error_responses.error(call.protocol, code, message, status, asked.method)
        )
    elif gateway._is_ecr_registry_path(asked.path) and status == FORBIDDEN:
        # Docker sends its credentials when it is asked for them (Distribution Specification, "Authentication").
        challenge = error_responses.ErrorResponse(
            401, (("www-authenticate", 'Basic realm="ecr"'), ("content-length", "0")), b""
        )
        await asgi.send_answer(send, challenge)
    else:
        await asgi.send_json(send, {"message": message}, status)


async def _through(
    app: App, scope: Message, receive: Receive, send: Send, call: AwsCall, rules: tuple[FaultRule, ...]
) -> None:
    for rule in rules:
        if rule.kind is FaultKind.DELAY and not rule.after:
            await asyncio.sleep(rule.seconds)
    last = next((rule for rule in rules if rule.kind is not FaultKind.DELAY), None)
    late = sum(rule.seconds for rule in rules if rule.kind is FaultKind.DELAY and rule.after)
    if last is None and not late:
        await app(scope, receive, send)
    elif last is None:
        await app(scope, receive, _delayed(send, late))
    elif last.kind is FaultKind.DROP:
        if last.after:
            await app(scope, receive, _swallowed)
        request_connection.cut()
    else:
        code, message, status = (
            _THROTTLED[call.protocol]
            if last.kind is FaultKind.THROTTLE
            else (last.code, last.message, last.status)
        )
        await asgi.send_answer(send, error_responses.error(call.protocol, code, message, status, call.method))


def _delayed(send: Send, seconds: float) -> Send:
    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return later


async def _swallowed(message: Message) -> None:
    return
