"""What the functions call is what the compiler grants them, on the very resources, both ways.

The zips run with the environment of the compiled stage, in which each thing that is only known at deployment has
a name; an AWS of ours records which action is called on which of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lambda_src import events
from tests.lambda_src.compiled import Compiled, Stage, Statement
from tests.lambda_src.endpoints import Endpoint, LocalAws, Received, Reply, calls, says
from tests.lambda_src.runtime import environment
from tests.lambda_src.zips import Unpacked

STAGES = ("dev", "prod")
NAMES = ("credential_refresh", "genai", "owner_details", "slack_notifier")

LOGS = "Lambda writes the log; AWS Lambda Developer Guide, Sending Lambda function logs to CloudWatch Logs"
TRACES = "Lambda's X-Ray daemon sends the trace; Developer Guide, Visualize function invocations using X-Ray"
NETWORK = "Lambda makes the network interfaces; Developer Guide, Giving functions access to a VPC"
LETTERS = "Lambda keeps what failed; Developer Guide, Capturing records of asynchronous invocations"
KEYS = "the service that holds the data uses the key; AWS KMS Developer Guide, kms:ViaService"
PLATFORM: Mapping[str, str] = {
    "logs:CreateLogStream": LOGS,
    "logs:PutLogEvents": LOGS,
    "xray:PutTraceSegments": TRACES,
    "xray:PutTelemetryRecords": TRACES,
    "ec2:CreateNetworkInterface": NETWORK,
    "ec2:DescribeNetworkInterfaces": NETWORK,
    "ec2:DescribeSubnets": NETWORK,
    "ec2:DeleteNetworkInterface": NETWORK,
    "ec2:AssignPrivateIpAddresses": NETWORK,
    "ec2:UnassignPrivateIpAddresses": NETWORK,
    "sqs:SendMessage": LETTERS,
    "kms:Decrypt": KEYS,
    "kms:GenerateDataKey": KEYS,
}
"""Calls that the platform makes for a function, and where AWS says so."""

FORWARDED = "bedrock:InferenceProfileArn"
"""The condition of a grant that Bedrock uses when a profile passes a request on to a model in some region."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a function called in a run that goes through all it does: pairs of action and resource."""

    calls: frozenset[tuple[str, str]]
    clusters: frozenset[str]


@pytest.fixture(scope="module", params=STAGES)
def stage(request: pytest.FixtureRequest) -> dict[str, Compiled]:
    return Stage(request.param).functions()


@pytest.fixture(scope="module")
def made(
    stage: dict[str, Compiled], functions: dict[str, Unpacked], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Made]]:
    """Run every function with its compiled environment."""
    folder = tmp_path_factory.mktemp("grants")
    yield {name: _run(functions[name], stage[name], folder) for name in NAMES}


def _run(function: Unpacked, compiled: Compiled, folder: Path) -> Made:
    aws = LocalAws()
    variables = compiled.variables
    with Endpoint(lambda request: Reply(200, b"ok")) as slack, Endpoint(aws.respond) as local:
        for key, value in variables.items():
            if key.endswith("_SECRET_ARN"):
                webhook = key == "WEBHOOK_SECRET_ARN"
                aws.secrets[value] = slack.url if webhook else '{"username": "u", "password": "p"}'
        aws.turns += [calls(("list_vets", {})), says("never said: there is no database")]
        log = folder / f"{function.name}.log"
        with environment(function, {**variables, "AWS_ENDPOINT_URL": local.url}, log) as running:
            for event in _events(function.name, variables):
                running.invoke(event)
        return Made(
            frozenset(pair for request in local.received for pair in _pairs(request)),
            frozenset(str(request.json().get("cluster")) for request in local.received if _is_ecs(request)),
        )


def _events(name: str, variables: Mapping[str, str]) -> list[dict[str, object]]:
    if name == "genai":
        return [events.rest_request("POST", "/api/genai/chatclient", '"hi"')]
    if name == "owner_details":
        return [events.rest_request("GET", "/api/gateway/owners/1")]
    if name == "slack_notifier":
        return [events.sns(events.alarm())]
    now = datetime.now(UTC) - timedelta(seconds=5)
    return [events.rotation(secret, now) for secret in json.loads(variables["ROLLS"])]


def _pairs(request: Received) -> Iterator[tuple[str, str]]:
    """Yield action and resource as IAM knows them, from the request as AWS receives it."""
    service = request.headers["authorization"].split("/")[3]
    target = request.headers.get("x-amz-target", "").rpartition(".")[2]
    place = "us-west-2:123456789012"
    if service == "bedrock":
        # Converse has no action of its own; Amazon Bedrock API Reference, "Converse".
        model = request.path.split("/")[2]
        yield "bedrock:InvokeModel", f"arn:aws:bedrock:{place}:inference-profile/{model}"
    elif service == "secretsmanager":
        yield f"secretsmanager:{target}", str(request.json()["SecretId"])
    elif service == "ecs":
        value = request.json()
        cluster = str(value["cluster"]).rpartition(":cluster/")[2]
        named = value["services"] if "services" in value else [value["service"]]
        assert isinstance(named, list)
        for item in named:
            yield f"ecs:{target}", f"arn:aws:ecs:{place}:service/{cluster}/{item}"
    elif service == "sns":
        form = dict(part.split("=", 1) for part in request.body.decode().split("&"))
        yield f"sns:{form['Action']}", form["TopicArn"].replace("%2F", "/")
    else:
        raise AssertionError(f"a call of {service} that this table does not know")


def _is_ecs(request: Received) -> bool:
    return "/ecs/" in request.headers.get("authorization", "")


def granted(compiled: Compiled) -> set[tuple[str, str]]:
    """Return what a role allows the function's own code: pairs of action and resource."""
    return {
        (action, resource)
        for statement in compiled.allowed
        if FORWARDED not in statement.conditions
        for action in statement.actions
        if action not in PLATFORM
        for resource in statement.resources
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_function_calls_exactly_what_it_is_granted(
    name: str, stage: dict[str, Compiled], made: dict[str, Made]
) -> None:
    assert made[name].calls == granted(stage[name])


@pytest.mark.parametrize("name", NAMES)
def test_only_a_service_may_use_a_key_for_a_function(name: str, stage: dict[str, Compiled]) -> None:
    about_keys = [item for item in stage[name].allowed if any(a.startswith("kms:") for a in item.actions)]

    assert about_keys
    assert all("kms:ViaService" in item.conditions for item in about_keys)


def test_models_of_other_regions_are_reached_through_the_called_profile_alone(
    stage: dict[str, Compiled], made: dict[str, Made]
) -> None:
    (profile,) = {resource for action, resource in made["genai"].calls if action.startswith("bedrock:")}
    forwarded = [item for item in stage["genai"].allowed if FORWARDED in item.conditions]

    assert forwarded
    assert all(item.conditions[FORWARDED] == profile for item in forwarded)


def test_services_are_rolled_in_the_granted_cluster(
    stage: dict[str, Compiled], made: dict[str, Made]
) -> None:
    clusters = {
        str(item.conditions["ecs:cluster"])
        for item in stage["credential_refresh"].allowed
        if "ecs:cluster" in item.conditions
    }

    assert made["credential_refresh"].clusters == clusters


def test_the_table_of_the_platforms_calls_holds_nothing_that_is_not_granted(
    stage: dict[str, Compiled],
) -> None:
    every: list[Statement] = [item for compiled in stage.values() for item in compiled.allowed]

    assert PLATFORM.keys() <= {action for item in every for action in item.actions}


def test_every_function_of_the_stage_is_compared(stage: dict[str, Compiled]) -> None:
    assert set(stage) == set(NAMES)
