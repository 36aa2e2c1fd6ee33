"""A local AWS for tests: started in a temporary folder, asked for faults, stopped at the end.

A test module or a `conftest.py` makes a fixture of it:

    @pytest.fixture(scope="session")
    def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
        with local_aws(tmp_path_factory.mktemp("aws")) as running:
            yield running

Session scope means one server for each worker of xdist. A test that shares the server takes `fresh(aws)`:
another account, which is empty, and no rules left over.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3
import pytest
from botocore.config import Config

from petc.local import process
from petc.local.access import ServerAccess, access, laid_over
from petc.local.server_record import Running
from petc_local.fault_client import Faults

ACCOUNT = "123456789012"
REGION = "us-west-2"

_NONE: Mapping[str, str] = MappingProxyType({})

_ACCOUNTS = itertools.count(210000000000)


@dataclass(frozen=True, slots=True)
class LocalAws:
    """A running server, the account and region in use, and the way to ask for faults."""

    server: Running
    account: str
    region: str
    faults: Faults = field(repr=False)

    @property
    def endpoint(self) -> str:
        return self.server.endpoint

    @property
    def access(self) -> ServerAccess:
        return access(self.server, self.account, self.region)

    def client(self, service: str, *, account: str = "", region: str = "", attempts: int = 1) -> Any:
        """Return a boto3 client; by default it does not retry, so that each fault is seen."""
        return boto3.client(
            service,
            region_name=region or self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=account or self.account,
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, proxies={}),
        )

    def environment(self) -> dict[str, str]:
        """Return the environment for a subprocess whose AWS clients reach this server only."""
        return laid_over(os.environ, self.access)


@contextlib.contextmanager
def local_aws(
    folder: Path, *, account: str = ACCOUNT, region: str = REGION, variables: Mapping[str, str] = _NONE
) -> Iterator[LocalAws]:
    """Start a server whose state lies in a folder, and stop it at the end.

    `variables` are in the environment while it starts, and only then: the next server must not have them.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        server = process.start(folder, account=account, region=region)
    try:
        yield LocalAws(server, account, region, Faults(server.endpoint))
    finally:
        process.stop(folder)


def fresh(aws: LocalAws) -> LocalAws:
    """Return the server seen from an account that no test has used, without rules and counts."""
    aws.faults.clear()
    aws.faults.forget_calls()
    return replace(aws, account=str(next(_ACCOUNTS)))


def grant_stack_sets(aws: LocalAws, *targets: str) -> None:
    """Make the two roles of self-managed stack sets: in the account in use and, by default, for itself."""
    _trust(aws, aws.account, "Administration", {"Service": "cloudformation.amazonaws.com"})
    for target in targets or (aws.account,):
        _trust(aws, target, "Execution", {"AWS": f"arn:aws:iam::{aws.account}:root"})


def _trust(aws: LocalAws, account: str, kind: str, principal: dict[str, str]) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    aws.client("iam", account=account).create_role(
        RoleName=f"AWSCloudFormationStackSet{kind}Role",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
