"""Answers that cannot be read: a proxy's page, half an answer, text that is no XML. They count as no answer.

botocore ends at the first of them with an error of its parser, and takes other ones for an answer without content.
Here each is tried again like a lost connection, with back-off, and then raised as `Unreadable`.
"""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.exceptions
import botocore.parsers
import botocore.session

_TRANSIENT = "RequestTimeout"
"""An error code after which botocore's standard mode calls again; SDKs and Tools Reference Guide, "Retry behavior"."""

_MARK = "petc:unreadable"
_XML = frozenset({"query", "ec2", "rest-xml"})
_JSON = frozenset({"json", "rest-json"})
_QUERY = frozenset({"query", "ec2"})
_PAGE = re.compile(
    rb"\s*(?:(?:<!--.*?-->|<\?[^>]*>)\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(rb"\s*(?:<[?!][^>]*>\s*)*<([A-Za-z_][\w.:-]*)")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML document cannot hold; XML 1.0, production 2."""


class Unreadable(botocore.exceptions.BotoCoreError):
    """No readable answer came, however often it was asked."""

    fmt = "the answer cannot be read: {why}"


def guard(core: botocore.session.Session) -> botocore.session.Session:
    """Let every client of a session ask again after an answer that cannot be read, and then raise `Unreadable`."""
    core.register_component("response_parser_factory", _Readers())  # type: ignore[no-untyped-call]
    core.register("after-call", _require_readable)
    return core


class _Readers(botocore.parsers.ResponseParserFactory):
    """Makes readers around botocore's parsers."""

    def create_parser(self, protocol_name: str) -> Any:
        return _Reader(super().create_parser(protocol_name), protocol_name)  # type: ignore[no-untyped-call]


class _Reader:
    """A parser that never raises: what it cannot read becomes an error after which botocore asks again."""

    def __init__(self, parser: Any, protocol: str) -> None:
        self._parser, self._protocol = parser, protocol

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def parse(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
        why = _foreign(response, self._protocol)
        if why:
            return _unreadable(response, why)
        try:
            found = self._parser.parse(response, shape)
        except Exception as fault:  # whatever a parser trips over, the answer is what is at fault
            return self._mended(response, shape) or _unreadable(response, _words(fault))
        if _lacks_its_tag(found, shape, response, self._protocol):
            return _unreadable(response, "it lacks the entity tag that S3 sends with each object")
        return found  # type: ignore[no-any-return]

    def _mended(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
        """Return what an answer says but for characters that XML cannot hold, or nothing.

        A reason that a program gave may carry them, and would make a stack unreadable for ever.
        """
        body = response["body"]
        if self._protocol not in _XML or not isinstance(body, bytes):
            return {}
        legal = _legal(body)
        if legal == body:
            return {}
        try:
            return self._parser.parse({**response, "body": legal}, shape)  # type: ignore[no-any-return]
        except Exception:  # the same as above
            return {}


def _foreign(response: dict[str, Any], protocol: str) -> str:
    """Return why an answer cannot be the service's; nothing when it may be."""
    body = response.get("body")
    if not isinstance(body, bytes) or not body.strip():
        return ""
    if _PAGE.match(body):
        return "it is an HTML page, as a proxy sends it"
    good = response["status_code"] < 300
    if protocol in _QUERY and good:
        root = _ROOT.match(body)
        if root and not root[1].endswith(b"Response"):
            return f"it is a <{root[1].decode('ascii', 'replace')[:40]}>, not the response of the service"
    if protocol in _JSON:
        try:
            said: object = json.loads(body)
        except (ValueError, RecursionError):
            return "it is not JSON"
        if not isinstance(said, dict):
            return "it is no JSON object"
    return ""


def _lacks_its_tag(found: dict[str, Any], shape: Any, response: dict[str, Any], protocol: str) -> bool:
    """Whether something else than S3 answered a call on an object, where headers are the whole answer."""
    if protocol != "rest-xml" or response["status_code"] >= 300 or shape is None:
        return False
    return "ETag" in shape.members and "ETag" not in found


def _legal(body: bytes) -> bytes:
    text = _REFERENCE.sub(_legal_reference, body.decode("utf-8", "replace"))
    return _ILLEGAL.sub("\ufffd", text).encode()


def _legal_reference(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    legal = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and not _ILLEGAL.match(chr(number))
    return found[0] if legal else "\ufffd"


def _unreadable(response: dict[str, Any], why: str) -> dict[str, Any]:
    metadata = {"HTTPStatusCode": response["status_code"], "HTTPHeaders": dict(response["headers"])}
    return {"Error": {"Code": _TRANSIENT, "Message": why}, "ResponseMetadata": metadata, _MARK: why}


def _words(fault: Exception) -> str:
    """Return what the parser says, without the answer itself, which it quotes whole."""
    return str(fault).split("\n")[0].split(", received:")[0].split("invalid XML received")[0][:120].strip(
        " ,:"
    ) or (type(fault).__name__)


def _require_readable(parsed: Any, **_: object) -> None:
    if isinstance(parsed, dict) and _MARK in parsed:
        raise Unreadable(why=parsed[_MARK])  # type: ignore[no-untyped-call]
