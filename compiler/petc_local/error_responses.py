"""An error as the asked service would write it, so that every AWS client raises its own exception.

Source: Smithy, "AWS protocols" (awsQuery, ec2Query, awsJson1.1, restJson1, restXml, rpcv2Cbor: "operation error
serialization"), and the S3 API reference, "Error responses".
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

from petc_local.aws_requests import Protocol

_CBOR_MAP = 0xA0
_CBOR_TEXT = 0x60
_CBOR_ONE_BYTE = 24
_CBOR_TWO_BYTES = 25


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An HTTP answer; names of headers in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def error(protocol: Protocol, code: str, message: str, status: int, method: str = "POST") -> ErrorResponse:
    """Return an error in a protocol; to HEAD without a body, from which clients know the status only."""
    request = str(uuid.uuid4())
    kind, body = _written(protocol, code, message, status, request)
    headers = (
        ("content-type", kind),
        ("content-length", "0" if method == "HEAD" else str(len(body))),
        ("x-amzn-requestid", request),
        *((("smithy-protocol", "rpc-v2-cbor"),) if protocol is Protocol.CBOR else ()),
        *((("x-amzn-errortype", code),) if protocol in (Protocol.JSON, Protocol.REST_JSON) else ()),
        *((("x-amz-request-id", request),) if protocol is Protocol.S3 else ()),
    )
    return ErrorResponse(status, headers, b"" if method == "HEAD" else body)


def _written(protocol: Protocol, code: str, message: str, status: int, request: str) -> tuple[str, bytes]:
    text, name = escape(message), escape(code)
    fault = "Receiver" if status >= 500 else "Sender"
    if protocol in (Protocol.QUERY, Protocol.REST_XML):
        return "text/xml", (
            f"<ErrorResponse><Error><Type>{fault}</Type><Code>{name}</Code><Message>{text}</Message></Error>"
            f"<RequestId>{request}</RequestId></ErrorResponse>"
        ).encode()
    if protocol is Protocol.EC2:
        return "text/xml", (
            f"<Response><Errors><Error><Code>{name}</Code><Message>{text}</Message></Error></Errors>"
            f"<RequestID>{request}</RequestID></Response>"
        ).encode()
    if protocol is Protocol.S3:
        return "application/xml", (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f"<Error><Code>{name}</Code><Message>{text}</Message><RequestId>{request}</RequestId></Error>"
        ).encode()
    if protocol is Protocol.CBOR:
        return "application/cbor", _cbor({"__type": code, "message": message})
    kind = "application/x-amz-json-1.1" if protocol is Protocol.JSON else "application/json"
    return kind, json.dumps({"__type": code, "message": message}).encode()


def _cbor(values: dict[str, str]) -> bytes:
    """RFC 8949 for a map of at most 23 texts below 64 KiB."""
    parts = [bytes((_CBOR_MAP + len(values),))]
    for text in (item for pair in values.items() for item in pair):
        raw = text.encode()
        if len(raw) < _CBOR_ONE_BYTE:
            head = bytes((_CBOR_TEXT + len(raw),))
        elif len(raw) < 1 << 8:
            head = bytes((_CBOR_TEXT + _CBOR_ONE_BYTE, len(raw)))
        else:
            head = bytes((_CBOR_TEXT + _CBOR_TWO_BYTES, *len(raw).to_bytes(2, "big")))
        parts += (head, raw)
    return b"".join(parts)
