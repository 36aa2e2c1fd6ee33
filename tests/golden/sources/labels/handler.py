"""A function that a queue invokes: prints a label for each parcel, and reports those that it cannot."""

from __future__ import annotations

import json
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """Return the messages that failed, so that only these are tried again.

    Source: AWS Lambda Developer Guide, "Implementing partial batch responses".
    """
    failed = [record["messageId"] for record in event["Records"] if not _labelled(record["body"])]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _labelled(body: str) -> bool:
    address = json.loads(body).get("address", "")
    if address:
        print(json.dumps({"label": address}))
    return bool(address)
