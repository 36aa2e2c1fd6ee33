"""A place for one test in the shared server: an administrator account of its own, clients, and short forms."""

from __future__ import annotations

import itertools
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from tests.petc_local.stack_sets.conformity import problems

WEST, EAST = "us-west-2", "us-east-1"
ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION = "AWSCloudFormationStackSetExecutionRole"
OVER = ("SUCCEEDED", "FAILED", "STOPPED")

_ACCOUNTS = itertools.count(200_000_000_000)


def new_account() -> str:
    return str(next(_ACCOUNTS))


def parameter(value: object = "one", **more: object) -> str:
    """Return a template with one SSM parameter."""
    return template(
        {"Word": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}}, **more
    )


def template(resources: Mapping[str, object], **more: object) -> str:
    return json.dumps({"Resources": resources, **more})


WITH_PARAMETER = parameter(
    {"Ref": "Text"},
    Parameters={"Text": {"Type": "String", "Default": "first"}, "Other": {"Type": "String", "Default": "x"}},
)
"""A template whose value is a parameter."""

SWITCHED = parameter("{{resolve:ssm:/switch}}")
"""A template that fails where the SSM parameter /switch does not exist."""

FAILING = parameter("{{resolve:ssm:/missing}}")
"""A template whose one resource fails everywhere."""


@dataclass(frozen=True, slots=True)
class World:
    """An administrator account in the server at `port`."""

    port: int
    account: str

    def client(self, service: str, account: str | None = None, region: str = WEST) -> Any:
        return connected(self.port, service, account or self.account, region)

    @property
    def sets(self) -> Any:
        return self.client("cloudformation")

    def targets(self, count: int, *, roles: bool = True) -> list[str]:
        """Return new accounts, ready for self-managed stack sets of this administrator."""
        accounts = [new_account() for _ in range(count)]
        if roles:
            for account in accounts:
                self.add_execution_role(account)
        return accounts

    def add_administration_role(self) -> None:
        trust = {"Service": "cloudformation.amazonaws.com"}
        self.client("iam").create_role(RoleName=ADMINISTRATION, AssumeRolePolicyDocument=trusting(trust))

    def add_execution_role(self, account: str, name: str = EXECUTION) -> None:
        trust = {"AWS": f"arn:aws:iam::{self.account}:role/{ADMINISTRATION}"}
        self.client("iam", account).create_role(RoleName=name, AssumeRolePolicyDocument=trusting(trust))

    def create(self, name: str, body: str = "", **more: object) -> str:
        answer = self.sets.create_stack_set(StackSetName=name, TemplateBody=body or parameter(), **more)
        return str(answer["StackSetId"])

    def deploy(
        self, name: str, accounts: list[str], regions: tuple[str, ...] = (WEST,), **more: object
    ) -> Any:
        """Create instances and return the operation when it is over."""
        answer = self.sets.create_stack_instances(
            StackSetName=name, Accounts=accounts, Regions=list(regions), **more
        )
        return self.over(name, answer)

    def update(self, name: str, body: str | None = None, **more: object) -> Any:
        how = {"UsePreviousTemplate": True} if body is None else {"TemplateBody": body}
        return self.over(name, self.sets.update_stack_set(StackSetName=name, **how, **more))

    def remove(
        self, name: str, accounts: list[str], regions: tuple[str, ...] = (WEST,), **more: object
    ) -> Any:
        how = {"RetainStacks": False, **more}
        answer = self.sets.delete_stack_instances(
            StackSetName=name, Accounts=accounts, Regions=list(regions), **how
        )
        return self.over(name, answer)

    def over(self, name: str, answer: Mapping[str, str]) -> Any:
        """Return an operation when it is over."""
        return self.until(
            lambda: self.operation(name, answer["OperationId"]), lambda it: it["Status"] in OVER
        )

    def operation(self, name: str, operation_id: str) -> Any:
        return self.sets.describe_stack_set_operation(StackSetName=name, OperationId=operation_id)[
            "StackSetOperation"
        ]

    def until(self, look: Callable[[], Any], good: Callable[[Any], bool], seconds: float = 10) -> Any:
        end = time.monotonic() + seconds
        while not good(seen := look()):
            assert time.monotonic() < end, seen
            time.sleep(0.01)
        return seen

    def instance(self, name: str, account: str, region: str = WEST) -> Any:
        return self.sets.describe_stack_instance(
            StackSetName=name, StackInstanceAccount=account, StackInstanceRegion=region
        )["StackInstance"]

    def states(self, name: str) -> dict[tuple[str, str], tuple[str, str]]:
        """Return Status and DetailedStatus of every instance."""
        return {
            (item["Account"], item["Region"]): (item["Status"], item["StackInstanceStatus"]["DetailedStatus"])
            for item in self.sets.list_stack_instances(StackSetName=name)["Summaries"]
        }

    def results(self, name: str, operation_id: str) -> dict[tuple[str, str], str]:
        summaries = self.sets.list_stack_set_operation_results(StackSetName=name, OperationId=operation_id)[
            "Summaries"
        ]
        return {(item["Account"], item["Region"]): item["Status"] for item in summaries}

    def stacks(self, account: str, region: str = WEST) -> list[Any]:
        stacks: list[Any] = self.client("cloudformation", account, region).describe_stacks()["Stacks"]
        return stacks

    def word(self, account: str, region: str = WEST) -> str:
        """Return the value of the one SSM parameter that a stack made in an account."""
        ssm = self.client("ssm", account, region)
        names = [
            item["Name"] for item in ssm.describe_parameters()["Parameters"] if "StackSet" in item["Name"]
        ]
        return str(ssm.get_parameter(Name=names[0])["Parameter"]["Value"])

    def switch_on(self, account: str, region: str = WEST) -> None:
        self.client("ssm", account, region).put_parameter(Name="/switch", Value="on", Type="String")

    def pace(self, pattern: str, seconds: float) -> None:
        self.ask(Action="SetPace", Pattern=pattern, Seconds=str(seconds))

    def ask(self, **values: str) -> None:
        """Ask the server for something that `launch.py` adds for tests."""
        body = urllib.parse.urlencode(values).encode()
        headers = {"Host": f"cloudformation.{WEST}.amazonaws.com"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", body, headers)
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200


@lru_cache(maxsize=64)
def connected(port: int, service: str, account: str, region: str) -> Any:
    """Return a client that does not retry, and looks at each response of a stack set's action."""
    client = boto3.client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=account,
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("after-call.cloudformation.*", conforming)
    return client


def conforming(http_response: Any, parsed: Any, model: Any, **_: object) -> None:
    """Hold every successful response of CloudFormation's stack sets against the service model."""
    if http_response.status_code == 200 and ("StackSet" in model.name or "StackInstance" in model.name):
        found = problems(model, parsed, http_response.content)
        assert not found, found


def trusting(principal: Mapping[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
