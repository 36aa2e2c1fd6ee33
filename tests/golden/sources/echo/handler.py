"""A function for the golden specs: answers with what it was asked."""

from __future__ import annotations


def handler(event: dict[str, object], context: object) -> dict[str, object]:
    """Return the request's path as the body of an API Gateway answer."""
    return {"statusCode": 200, "body": str(event.get("path", ""))}
