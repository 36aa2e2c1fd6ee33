"""How the adapters reach AWS: one session, clients by service, region and account.

Everything comes from the environment in the way that every AWS tool reads it (profile, keys, web identity,
`AWS_ENDPOINT_URL`), so that the same code serves AWS, the local AWS and a proxy.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
import botocore.loaders
import botocore.session

from petc.deploy.aws import errors, unreadable_responses

READER_ROLE = "petc-reader"
"""The role that `petc bootstrap` makes in each target account, by which petc reads what stands there."""

_ATTEMPTS = 8
_TIMEOUT_SECONDS = 20
_QUICK_ATTEMPTS = 2
_QUICK_SECONDS = 10
_GLANCE_SECONDS = 3
"""To connect to a region that may be out of reach: there are some thirty, and few at a time."""

_KEPT = 64
"""Clients of other accounts that are kept: each takes some 300 KB, and few are used twice."""

_ASSUMED_SECONDS = 3000.0
"""A role is assumed anew after this time; its credentials hold for an hour (STS API reference, AssumeRole)."""


@dataclass(slots=True)
class Connection:
    """The credentials of the administrator account, and clients made with them on demand.

    `writer` is the role by which petc writes in other accounts for the stage; empty when it only reads.

    Not frozen, for it holds open connections. Safe to use from several threads.
    """

    home: str
    _session: Any = field(default_factory=lambda: _of_environment())
    _clients: dict[tuple[str, str, str, bool], Any] = field(default_factory=dict)
    _sessions: dict[str, Any] = field(default_factory=dict)
    _assumed_at: dict[str, float] = field(default_factory=dict)
    _gates: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _account: str = ""
    writer: str = ""

    @property
    def account(self) -> str:
        """The account of the credentials. Raises `Rejected` when they are missing, expired or refused."""
        with self._lock:
            if not self._account:
                with calling("sts:GetCallerIdentity"):
                    self._account = self.client("sts").get_caller_identity()["Account"]
            return self._account

    @property
    def partition(self) -> str:
        """The partition of the home region, such as `aws`."""
        return str(self._session.get_partition_for_region(self.home))

    def client(
        self, service: str, region: str = "", account: str = "", *, writes: bool = False, quick: bool = False
    ) -> Any:
        """Return a client in a region (default: home) of an account (default: that of the credentials).

        For another account the reader role is assumed there, or the stage's writer when the client `writes`. Calls
        that are throttled or lost are tried again by botocore in its standard mode, with back-off; `quick` ones
        twice and with short waits, for questions that may stay without an answer.
        """
        role = (self.writer or READER_ROLE) if writes else READER_ROLE
        foreign = f"{account}/{role}" if account and account != self.account else ""
        key = (service, region or self.home, foreign, quick)
        session = self._assumed(foreign) if foreign else self._session
        with self._lock:
            if key not in self._clients:
                self._clients[key] = client_of(session, service, region or self.home, quick=quick)
                self._forget_clients()
            return self._clients[key]

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of the partition in which botocore knows CloudFormation, enabled for the account or not."""
        return tuple(self._session.get_available_regions("cloudformation", partition_name=self.partition))

    def glance(self, service: str, region: str, account: str = "") -> Any:
        """Return a client for one look in a region that may be disabled or out of reach: it gives up soon.

        It is not kept, for it is used once. The account is chosen as in `client`.
        """
        foreign = f"{account}/{READER_ROLE}" if account and account != self.account else ""
        session = self._assumed(foreign) if foreign else self._session
        return client_of(session, service, region, quick=True, connect=_GLANCE_SECONDS)

    def _assumed(self, foreign: str) -> Any:
        """Return the session of a role in another account, `<account>/<role>`."""
        account, _, name = foreign.partition("/")
        with self._lock:
            gate = self._gates.setdefault(foreign, threading.Lock())
        # One call for each role, and accounts do not wait for each other.
        with gate:
            age = time.monotonic() - self._assumed_at.get(foreign, -_ASSUMED_SECONDS)
            if age >= _ASSUMED_SECONDS:
                role = f"arn:{self.partition}:iam::{account}:role/{name}"
                with calling("sts:AssumeRole", resource=role):
                    answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="petc")
                with self._lock:
                    self._forget_clients(foreign)
                    self._sessions[foreign] = session_of(answer["Credentials"])
                    self._assumed_at[foreign] = time.monotonic()
            return self._sessions[foreign]

    def _forget_clients(self, foreign: str = "") -> None:
        """Forget those of a role, or the oldest of other accounts when they are too many."""
        held = [key for key in self._clients if key[2]]
        for key in [key for key in held if key[2] == foreign] if foreign else held[:-_KEPT]:
            del self._clients[key]


def client_of(
    session: Any, service: str, region: str, *, quick: bool = False, connect: int = _QUICK_SECONDS
) -> Any:
    """Return a client with the time limits and retries of petc; raises `Rejected` for settings that are wrong.

    `connect` is how long a `quick` one tries to connect, in seconds.
    """
    config = botocore.config.Config(
        retries={"mode": "standard", "max_attempts": _QUICK_ATTEMPTS if quick else _ATTEMPTS},
        connect_timeout=connect if quick else _TIMEOUT_SECONDS,
        read_timeout=_QUICK_SECONDS if quick else 60,
        max_pool_connections=32,
        user_agent_extra="petc",
        s3={"addressing_style": "auto"},
    )
    with calling(f"{service}:*"):
        try:
            return session.client(service, region_name=region, config=config)
        except ValueError as fault:  # so botocore refuses an AWS_ENDPOINT_URL that is no URL
            raise botocore.exceptions.InvalidConfigError(error_msg=str(fault)) from fault


@functools.cache
def _models() -> Any:
    """Return the reader of botocore's service models, which keeps what it has read."""
    return botocore.loaders.create_loader()


def session_of(credentials: Mapping[str, str]) -> Any:
    """Return a session of an assumed role; all of them share the models, of which each is several MB."""
    core = unreadable_responses.guard(botocore.session.get_session())
    core.register_component("data_loader", _models())
    core.set_credentials(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
    )
    return boto3.session.Session(botocore_session=core)


def _of_environment() -> Any:
    with calling("sts:GetCallerIdentity"):
        return boto3.session.Session(
            botocore_session=unreadable_responses.guard(botocore.session.get_session())
        )


@contextmanager
def calling(action: str, resource: str = "") -> Iterator[None]:
    """Turn what botocore raises inside into `Rejected`, with cause and way out (`petc.deploy.aws.errors`)."""
    try:
        yield
    except botocore.exceptions.BotoCoreError as fault:
        raise errors.of_library(fault, action, resource) from fault
    except botocore.exceptions.ClientError as fault:
        raise errors.of_answer(fault, action, resource) from fault


def answered(action: str, resource: str, call: Callable[[], Any], *codes: str) -> tuple[Any, str]:
    """Return a call's answer and no code, or no answer and AWS's error code when it is one of `codes`.

    Everything else that goes wrong is raised as by `calling`.
    """
    with calling(action, resource):
        try:
            return call(), ""
        except botocore.exceptions.ClientError as fault:
            if errors.code_of(fault) in codes:
                return None, errors.code_of(fault)
            raise
