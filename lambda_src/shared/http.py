"""HTTP requests with bounded time, size and number of attempts."""

from __future__ import annotations

import http.client
import random
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO

from shared import deadline

BODY_LIMIT = 2 * 1024 * 1024
"""Bytes of an answer that are read at most; a longer one counts as `Unreachable`."""

_PASSING = frozenset({429, 500, 502, 503, 504})
_FIRST_PAUSE = 0.25


class Unreachable(Exception):
    """There was no whole answer: no connection, a broken one, or too long a body."""


class TimedOut(Unreachable):
    """The answer did not come in time."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to send; the address stays out of `repr` because a webhook's address is its secret."""

    method: str
    url: str = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of any status; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like another: following it would carry a body to an unknown place."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        return None


# No proxy from the environment: services are reached over private names.
_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def send(request: Request, *, until: deadline.Deadline, timeout: float) -> Response:
    """Send `request` once and return the answer, whatever its status.

    `timeout` bounds the whole exchange in seconds, `until` likewise.
    Raises `TimedOut` or `Unreachable`.
    """
    ends = deadline.after(min(timeout, until.remaining()))
    if ends.remaining() <= 0:
        raise TimedOut("no time was left to send the request")
    if not request.url.startswith(("http://", "https://")):
        raise Unreachable("the address does not start with http:// or https://")
    prepared = urllib.request.Request(
        request.url, data=request.body, headers=dict(request.headers), method=request.method
    )
    try:
        with _OPENER.open(prepared, timeout=ends.remaining()) as answer:
            return Response(answer.status, _lowered(answer.headers), _read(answer, ends))
    except urllib.error.HTTPError as error:
        with error:
            try:
                return Response(error.code, _lowered(error.headers), _read(error, ends))
            except (OSError, http.client.HTTPException) as broken:
                raise _fault(broken) from broken
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _fault(error) from error


def send_patiently(request: Request, *, until: deadline.Deadline, timeout: float, attempts: int) -> Response:
    """Send `request`, again with growing pauses while the other side is busy (429, 5xx) or unreachable.

    Returns the last answer when attempts or time run out; raises as `send` when there was none.
    A `Retry-After` in seconds is obeyed, and ends the attempts when it reaches past `until`.
    """
    attempt = 1
    while True:
        pause = _FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)
        response: Response | None = None
        try:
            response = send(request, until=until, timeout=timeout)
        except Unreachable:
            if attempt >= attempts or pause >= until.remaining():
                raise
        if response is not None:
            asked = response.headers.get("retry-after", "")
            pause = max(pause, float(asked)) if asked.isascii() and asked.isdigit() else pause
            if response.status not in _PASSING or attempt >= attempts or pause >= until.remaining():
                return response
        time.sleep(pause)
        attempt += 1


def _lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): content for name, content in headers.items()}


def _read(answer: IO[bytes], ends: deadline.Deadline) -> bytes:
    # Piece by piece: the socket's time-out bounds each piece, the deadline the whole.
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read(16 * 1024):
        size += len(piece)
        pieces.append(piece)
        if size > BODY_LIMIT:
            raise http.client.HTTPException(f"the answer is longer than {BODY_LIMIT} bytes")
        if ends.remaining() <= 0:
            raise TimeoutError("the answer did not end in time")
    return b"".join(pieces)


def _fault(error: Exception) -> Unreachable:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    kind = TimedOut if isinstance(reason, TimeoutError) else Unreachable
    # The reason, not the request: the address may be a secret.
    return kind(f"{type(reason).__name__}: {reason}" if not isinstance(reason, ValueError) else "bad address")
