"""The two services whose answers make up an owner's details."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from shared import deadline, http, logs, settings, shapes, traces

OWNER_TIMEOUT = 10.0
"""Seconds for the owner; the same bound as the circuit breaker of the gateway that this replaces."""

VISITS_TIMEOUT = 5.0
"""Seconds for the visits, without which the answer is still useful."""


class UpstreamFailed(Exception):
    """The owner cannot be known: the service is down or answers nonsense."""


class UpstreamTimedOut(UpstreamFailed):
    """The owner cannot be known in time."""


def owner(identity: int, until: deadline.Deadline) -> Mapping[str, object] | None:
    """Return the owner as the customers service holds it, or None when it knows no such owner.

    The service answers an unknown id with 200 and `null` (or nothing), so that counts like a 404.
    """
    address = f"{settings.required('CUSTOMERS_SERVICE_URL').rstrip('/')}/owners/{identity}"
    response = _get(address, until, OWNER_TIMEOUT, "customers")
    if response.status == 404:
        return None
    if response.status != 200:
        raise UpstreamFailed(f"the customers service answered {response.status}")
    if response.body.strip() in (b"", b"null"):
        return None
    found = _json(response, "customers")
    if not isinstance(found, dict):
        raise UpstreamFailed("the customers service answered no object")
    return shapes.mapping(found)


def visits(pets: Sequence[int], until: deadline.Deadline) -> Sequence[object]:
    """Return the visits of `pets`, without a call when there are none."""
    if not pets:
        return ()
    ids = quote(",".join(map(str, pets)), safe=",")
    address = f"{settings.required('VISITS_SERVICE_URL').rstrip('/')}/pets/visits?petId={ids}"
    response = _get(address, until, VISITS_TIMEOUT, "visits")
    if response.status != 200:
        raise UpstreamFailed(f"the visits service answered {response.status}")
    found = shapes.mapping(_json(response, "visits")).get("items")
    if not isinstance(found, list):
        raise UpstreamFailed("the visits service answered without items")
    return found


def _get(address: str, until: deadline.Deadline, timeout: float, name: str) -> http.Response:
    request = http.Request("GET", address, headers={"Accept": "application/json"})
    began = time.monotonic()
    status = 0
    try:
        with traces.span(f"{name} service", remote=True):
            response = http.send_patiently(
                request, until=_sooner(until, timeout), timeout=timeout, attempts=2
            )
        status = response.status
        return response
    except http.TimedOut as error:
        raise UpstreamTimedOut(f"the {name} service did not answer in time") from error
    except http.Unreachable as error:
        raise UpstreamFailed(f"the {name} service cannot be reached") from error
    finally:
        logs.info(
            "called a service", service=name, status=status, ms=round((time.monotonic() - began) * 1000)
        )


def _sooner(until: deadline.Deadline, seconds: float) -> deadline.Deadline:
    own = deadline.after(seconds)
    return own if own.ends < until.ends else until


def _json(response: http.Response, name: str) -> object:
    try:
        return shapes.parsed(response.body)
    except ValueError as error:
        raise UpstreamFailed(f"the {name} service answered no JSON") from error
