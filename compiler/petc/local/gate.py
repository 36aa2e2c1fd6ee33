"""What every request passes before MiniStack: who may ask, what is counted, which faults it meets."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping

from petc.local import answers, asgi, connection
from petc.local.asgi import App, Message, Receive, Send
from petc.local.faults import Kind, Rule, Table
from petc.local.requests import Call, Protocol, call_of, is_form

ADMINISTRATION = ("/_petc/", "/_ministack/", "/_localstack/")
"""Paths that rule over the server and belong to no AWS service."""

_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1)(:\d+)?")
_LOCAL_ORIGIN = re.compile(r"https?://([a-z0-9.-]+\.)?(localhost|127\.0\.0\.1)(:\d+)?")

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


def gate(
    app: App, administration: App, table: Table, calls: Counter[str], noticed: Callable[[Call], None]
) -> App:
    """Return an application that stands before MiniStack's.

    `administration` serves the paths below `/_petc/`. Each call to AWS is counted in `calls` by its name,
    also when a fault answers it, and after it has happened `noticed` is told.
    """

    async def passed(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = asgi.headers_of(scope)
        path = str(scope["path"])
        if not _may_ask(path, headers):
            await asgi.send_json(send, {"message": "only this machine may ask"}, 403)
            return
        if path.startswith("/_petc/"):
            await administration(scope, receive, send)
            return
        if is_form(headers):
            body = await asgi.body_of(receive)
            receive = asgi.replayed(body, receive)
        else:
            body = b""
        call = call_of(scope["method"], path, headers, scope["query_string"].decode("latin-1"), body)
        if call is None:
            await app(scope, receive, send)
            return
        calls[call.name] += 1
        await _through(app, scope, receive, send, call, table.for_call(call))
        noticed(call)

    return passed


def _may_ask(path: str, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine on purpose.

    A page from the internet, open in a browser on this machine, may send requests to 127.0.0.1, and by a name
    that it controls it may even read the answers (DNS rebinding). Functions run on this machine, so such a
    page would run code. Browsers say where a page came from in `Origin`, and ask for the name in `Host`.
    """
    origin = headers.get("origin")
    if origin is not None and not _LOCAL_ORIGIN.fullmatch(origin):
        return False
    return not path.startswith(ADMINISTRATION) or _LOCAL_HOST.fullmatch(headers.get("host", "")) is not None


async def _through(
    app: App, scope: Message, receive: Receive, send: Send, call: Call, rules: tuple[Rule, ...]
) -> None:
    for rule in rules:
        if rule.kind is Kind.DELAY and not rule.after:
            await asyncio.sleep(rule.seconds)
    last = next((rule for rule in rules if rule.kind is not Kind.DELAY), None)
    late = sum(rule.seconds for rule in rules if rule.kind is Kind.DELAY and rule.after)
    if last is None and not late:
        await app(scope, receive, send)
    elif last is None:
        await app(scope, receive, _delayed(send, late))
    elif last.kind is Kind.DROP:
        if last.after:
            await app(scope, receive, _swallowed)
        connection.cut()
    else:
        code, message, status = (
            _THROTTLED[call.protocol]
            if last.kind is Kind.THROTTLE
            else (last.code, last.message, last.status)
        )
        await asgi.send_answer(send, answers.error(call.protocol, code, message, status, call.method))


def _delayed(send: Send, seconds: float) -> Send:
    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return later


async def _swallowed(message: Message) -> None:
    return
