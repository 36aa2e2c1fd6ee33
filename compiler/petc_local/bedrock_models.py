"""Answers about Bedrock models that MiniStack does not give: every model is available, and none is about to end.

The local AWS runs no model; which ones an account may use is known to AWS alone. Source of the forms: Amazon Bedrock
API Reference, GetFoundationModelAvailability and GetFoundationModel.
"""

from __future__ import annotations

import re

from petc_local import asgi
from petc_local.asgi import App, Message, Receive, Send

_PATH = re.compile(r"/(?P<what>foundation-model-availability|foundation-models)/(?P<model>[A-Za-z0-9.:_-]+)")


def answering(inner: App) -> App:
    """Return the application with answers about single models before it."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        asked = _PATH.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        if asked is None or scope["method"] != "GET" or not _is_bedrock(scope):
            await inner(scope, receive, send)
        elif asked["what"] == "foundation-models":
            await asgi.send_json(send, {"modelDetails": _details(asked["model"])})
        else:
            await asgi.send_json(send, {"modelId": asked["model"], **_AVAILABLE})

    return application


_AVAILABLE = {
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


def _details(model: str) -> dict[str, object]:
    arn = f"arn:aws:bedrock:::foundation-model/{model}"
    return {"modelArn": arn, "modelId": model, "modelLifecycle": {"status": "ACTIVE"}}


def _is_bedrock(scope: Message) -> bool:
    """Whether the signature is for Bedrock; the same path could be one of a deployed API."""
    return "/bedrock/aws4_request" in asgi.headers_of(scope).get("authorization", "")
