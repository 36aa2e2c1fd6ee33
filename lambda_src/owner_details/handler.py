"""Entry point: `GET .../owners/{id}` answers an owner with its pets and their visits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from owner_details import details, upstreams
from shared import deadline, gateway, logs, settings

logs.configure()

_RESERVE_SECONDS = 1.0
_GATEWAY_SECONDS = 27.0
"""API Gateway waits 29 seconds at most; the answer must be on its way before."""

_PATH = re.compile(r"/owners/([^/]+)/?\Z")
_IDENTITY = re.compile(r"[0-9]{1,10}")
_LARGEST_IDENTITY = 2**31 - 1
"""The services read an id into a 32-bit signed integer of at least 1."""


def handler(event: object, context: deadline.Context) -> dict[str, object]:
    """Answer 200 with the details, 400, 404 or 405 when the caller is at fault, else 503 or 504.

    Visits that cannot be read leave the lists empty and the status 200, as the page expects.
    """
    logs.begin(context)
    path = gateway.path(event)
    if gateway.method(event) != "GET":
        return _failed(405, path, "only GET is possible here", {"Allow": "GET"})
    asked = _PATH.search(path)
    if asked is None:
        return _failed(404, path, "there is nothing at this path")
    identity = _identity(unquote(asked.group(1)))
    if identity is None:
        return _failed(400, path, f"an owner's id is a whole number from 1 to {_LARGEST_IDENTITY}")
    until = deadline.of(context, reserve=_RESERVE_SECONDS, at_most=_GATEWAY_SECONDS)
    try:
        owner = upstreams.owner(identity, until)
    except upstreams.UpstreamTimedOut as error:
        return _failed(504, path, "the owner could not be read in time", cause=error)
    except (upstreams.UpstreamFailed, settings.Misconfigured) as error:
        return _failed(503, path, "the owner cannot be read at the moment", cause=error)
    if owner is None:
        return _failed(404, path, "there is no such owner")
    return gateway.answer_json(200, details.merged(owner, _visits(details.pet_ids(owner), until)))


def _identity(text: str) -> int | None:
    if not _IDENTITY.fullmatch(text):
        return None
    return int(text) if 1 <= int(text) <= _LARGEST_IDENTITY else None


def _visits(pets: Sequence[int], until: deadline.Deadline) -> Sequence[object]:
    try:
        return upstreams.visits(pets, until)
    except (upstreams.UpstreamFailed, settings.Misconfigured) as error:
        logs.warning("the owner is shown without visits", cause=error)
        return ()


def _failed(
    status: int,
    path: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    *,
    cause: Exception | None = None,
) -> dict[str, object]:
    if status >= 500:
        logs.error("no answer", cause=cause, status=status)
    else:
        logs.info("refused", status=status, reason=message)
    return gateway.answer_error(status, path, message, headers)
