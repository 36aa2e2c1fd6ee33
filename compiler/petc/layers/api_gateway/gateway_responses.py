"""What the gateway answers when it refuses or fails a request: an error object, as a service would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from troposphere import Ref, apigateway

from petc import naming
from petc.layers import error_object
from petc.layers.base import Draft
from petc.model import queries


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """A kind of answer; `status` 0 keeps what API Gateway gives the case at hand."""

    kind: str
    status: int
    error: str


ANSWERS = (
    GatewayResponse("DEFAULT_4XX", 0, ""),
    GatewayResponse("DEFAULT_5XX", 0, ""),
    GatewayResponse("ACCESS_DENIED", 403, "Forbidden"),
    # An unknown path: API Gateway takes it for a request that lacks a signature.
    GatewayResponse("MISSING_AUTHENTICATION_TOKEN", 404, "Not Found"),
    GatewayResponse("RESOURCE_NOT_FOUND", 404, "Not Found"),
    GatewayResponse("REQUEST_TOO_LARGE", 413, "Payload Too Large"),
    GatewayResponse("THROTTLED", 429, "Too Many Requests"),
    GatewayResponse("INTEGRATION_FAILURE", 502, "Bad Gateway"),
    GatewayResponse("INTEGRATION_TIMEOUT", 504, "Gateway Timeout"),
)
"""Kinds: API Gateway Developer Guide, "Gateway response types"; those without a row take the two defaults."""


def add_responses(draft: Draft, api: apigateway.RestApi) -> list[apigateway.GatewayResponse]:
    """Add every answer to the API and return the resources."""
    origin = queries.allowed_origin(draft.stage)
    headers: dict[str, Any] = {}
    if origin:
        headers["ResponseParameters"] = {"gatewayresponse.header.Access-Control-Allow-Origin": f"'{origin}'"}
    return [
        draft.add(
            apigateway.GatewayResponse(
                naming.logical_id("Answer", *answer.kind.lower().split("_")),
                RestApiId=Ref(api),
                ResponseType=answer.kind,
                ResponseTemplates={"application/json": _template(answer)},
                **_status(answer),
                **headers,
            ),
            "/gateway",
            why=f"{answer.error or answer.kind} as an error object that pages can read",
        )
        for answer in ANSWERS
    ]


def _status(answer: GatewayResponse) -> dict[str, Any]:
    return {"StatusCode": str(answer.status)} if answer.status else {}


def _template(answer: GatewayResponse) -> str:
    """Return the body; API Gateway fills in `$context` variables, and `messageString` brings its quotes."""
    error = json.dumps(answer.error) if answer.error else "$context.error.messageString"
    return error_object.render(
        error,
        status=str(answer.status or ""),
        timestamp="$context.requestTimeEpoch",
        path='"$context.path"',
    )
