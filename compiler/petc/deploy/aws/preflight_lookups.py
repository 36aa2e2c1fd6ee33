"""The look-ups of the preflight in one target, by boto3. They read only, and are quick to give up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.exceptions
import botocore.parsers

from petc.deploy.aws import errors
from petc.deploy.aws.connection import Connection
from petc.deploy.preflight.types import NotAnswered, NotReached
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

_READING = ("describe_", "get_", "head_", "list_")


@dataclass(frozen=True, slots=True)
class AwsLookups:
    """Answers look-ups in one target, with the reading role there."""

    connection: Connection
    target: Target

    def in_region(self, region: str) -> AwsLookups:
        """Return the look-ups of the same account in another region."""
        return AwsLookups(self.connection, Target(self.target.account, region))

    def call(
        self, service: str, operation: str, /, *absent: str, **parameters: object
    ) -> Mapping[str, Any] | None:
        """Return the answer of one call, or None for one of the `absent` codes. Raises `NotAnswered`."""
        return self._answer(
            service, operation, absent, lambda client: getattr(client, operation)(**parameters)
        )

    def pages(
        self, service: str, operation: str, key: str, /, *absent: str, **parameters: object
    ) -> tuple[Any, ...]:
        """Return the items below `key` of all pages, none for one of the `absent` codes. Raises `NotAnswered`."""

        def all_pages(client: Any) -> dict[str, Any]:
            if not client.can_paginate(operation):
                return {key: getattr(client, operation)(**parameters)[key]}
            pages = client.get_paginator(operation).paginate(**parameters)
            return {key: [item for page in pages for item in page.get(key, ())]}

        found = self._answer(service, operation, absent, all_pages)
        return tuple(found[key]) if found else ()

    def _answer(
        self, service: str, operation: str, absent: tuple[str, ...], ask: Callable[[Any], Mapping[str, Any]]
    ) -> Mapping[str, Any] | None:
        assert operation.startswith(_READING), f"{operation} may write"
        name = f"{service}:{''.join(part.title() for part in operation.split('_'))}"
        try:
            client = self.connection.client(service, self.target.region, self.target.account, quick=True)
            return ask(client)
        except botocore.exceptions.ClientError as fault:
            code = errors.code_of(fault)
            if code in absent:
                return None
            raise NotAnswered(f"{name}: {code}: {errors.message_of(fault)}") from fault
        except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError) as fault:
            raise NotAnswered(f"{name}: {' '.join(str(fault).split())}") from fault
        except Rejected as rejected:
            raise NotReached(f"{name}: {rejected.diagnostics[0].message}") from rejected
        except AttributeError as fault:  # an SDK that does not know the call
            raise NotAnswered(f"{name}: this version of boto3 does not know it") from fault
