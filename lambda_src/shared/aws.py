"""Calls to AWS through the SDK that the Lambda runtime brings; the one place that imports it.

The SDK takes most of a cold start, so it is imported by the first call and not with this module.
"""

from __future__ import annotations

import functools
from typing import Protocol

from shared import shapes, traces


class _Session(Protocol):
    def create_client(self, service_name: str, *, config: object) -> object: ...


class Refused(Exception):
    """AWS answered with an error; `code` is its error code, for example `ThrottlingException`."""

    def __init__(self, operation: str, code: str, message: str, status: int) -> None:
        super().__init__(f"{operation}: {code} ({status}): {message}")
        self.code = code
        self.message = message
        self.status = status


class Unreachable(Exception):
    """AWS did not answer: no connection, no answer in time, no credentials, or a request it cannot send."""


def call(
    service: str, operation: str, /, *, timeout: float = 10.0, attempts: int = 3, **parameters: object
) -> dict[str, object]:
    """Call `operation` (the SDK's method name) of `service` and return its answer.

    `timeout` is the seconds to wait for a byte of the answer, per attempt; the SDK makes up to
    `attempts` with back-off when AWS throttles or fails. Raises `Refused` or `Unreachable`.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        with traces.span(f"{service} {operation}", remote=True):
            answer: object = getattr(_client(service, timeout, attempts), operation)(**parameters)
    except ClientError as error:
        details = shapes.mapping(error.response.get("Error"))
        status = shapes.whole(shapes.mapping(error.response.get("ResponseMetadata")).get("HTTPStatusCode"))
        raise Refused(
            operation, shapes.text(details.get("Code")), shapes.text(details.get("Message")), status or 0
        ) from error
    except BotoCoreError as error:
        raise Unreachable(f"{operation}: {error}") from error
    return dict(shapes.mapping(answer))


def forget() -> None:
    """Drop every client, so that the next call reads its endpoint from the environment anew."""
    _client.cache_clear()


@functools.cache
def _client(service: str, timeout: float, attempts: int) -> object:
    # The SDK fixes time-outs per client, so there is one client, with its connections, for each.
    from botocore.config import Config

    client: object = _session().create_client(
        service,
        config=Config(
            connect_timeout=min(timeout, 3.0),
            read_timeout=timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )
    return client


@functools.cache
def _session() -> _Session:
    import botocore.session

    session: _Session = botocore.session.get_session()
    return session
