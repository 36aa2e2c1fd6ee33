"""Requests and answers of an API Gateway REST API in its Lambda proxy form."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from shared import settings, shapes

_NEVER_STORED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class BadBody(Exception):
    """The body of the request cannot be read as text."""


def method(event: object) -> str:
    """Return the request's method in upper case, or the empty string when the event is no request."""
    return shapes.text(shapes.mapping(event).get("httpMethod")).upper()


def path(event: object) -> str:
    """Return the request's path as API Gateway gives it: without stage, still percent-encoded."""
    return shapes.text(shapes.mapping(event).get("path"))


def body(event: object) -> str:
    """Return the request's body as text, or raise `BadBody`; a request without body has an empty one."""
    request = shapes.mapping(event)
    raw = request.get("body")
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise BadBody("the body is not text")
    if request.get("isBase64Encoded") is not True:
        return raw
    try:
        return base64.b64decode(raw, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadBody("the body is not UTF-8") from error


def answer_text(status: int, text: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return a plain text answer."""
    return _answer(status, text, "text/plain; charset=utf-8", headers)


def answer_json(status: int, value: object, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return `value` as JSON."""
    return _answer(status, json.dumps(value, ensure_ascii=False), "application/json", headers)


def answer_error(
    status: int, request_path: str, message: str, headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Return the error object that Spring Boot's services answer with, which pages of theirs can read."""
    problem = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": status,
        "error": HTTPStatus(status).phrase,
        "message": message,
        "path": request_path,
        "errors": [],
    }
    return answer_json(status, problem, headers)


def _answer(status: int, text: str, kind: str, headers: Mapping[str, str] | None) -> dict[str, object]:
    # In a proxy integration the gateway adds no header to an answer, so the function says who may read it.
    origin = settings.optional("ALLOWED_ORIGIN")
    readers = {"Access-Control-Allow-Origin": origin} if origin else {}
    return {
        "statusCode": status,
        "headers": {"Content-Type": kind, **_NEVER_STORED, **readers, **(headers or {})},
        "body": _encodable(text),
        "isBase64Encoded": False,
    }


def _encodable(text: str) -> str:
    """Return the text with a replacement character for each half of a surrogate pair, which UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
