"""The functions' zips under AWS's own runtime client, with events as AWS sends them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lambda_src import events, mariadb
from tests.lambda_src.conftest import Serve
from tests.lambda_src.endpoints import LocalAws, Received, Reply, calls, reply_json, says
from tests.lambda_src.runtime import Environment, environment
from tests.lambda_src.zips import Unpacked

SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:one"
CLUSTER = "arn:aws:ecs:us-west-2:123456789012:cluster/main"
TOPIC = "arn:aws:sns:us-west-2:123456789012:alerts"
OWNER = {"firstName": "Ada", "lastName": "Byron", "address": "1 St", "city": "Rome", "telephone": "12"}

Start = Callable[..., Environment]


@pytest.fixture
def start(functions: dict[str, Unpacked], local_aws: LocalAws, tmp_path: Path) -> Iterator[Start]:
    """Start a function's environment, which reaches the test's AWS and nothing else of it."""
    with ExitStack() as stack:

        def started(name: str, **variables: str) -> Environment:
            reached = {"AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"], **variables}
            return stack.enter_context(environment(functions[name], reached, tmp_path / f"{name}.log"))

        yield started


@pytest.fixture
def chat(start: Start, local_aws: LocalAws, database_server: mariadb.Server) -> Iterator[Environment]:
    local_aws.secrets[SECRET] = json.dumps({"username": "clinic", "password": mariadb.PASSWORD})
    yield start(
        "genai",
        CLINIC_HOST="127.0.0.1",
        CLINIC_READER_HOST="localhost",
        CLINIC_PORT=str(database_server.port),
        CLINIC_SCHEMA="petclinic",
        CLINIC_SECRET_ARN=SECRET,
        DATABASE_CA=str(database_server.authority),
        ASSISTANT_MODEL_ID="us.anthropic.claude-haiku-5-5",
    )
    database_server.run("DELETE FROM owners WHERE id > 5")


@pytest.fixture
def slack(serve: Serve, local_aws: LocalAws) -> list[str]:
    """What Slack receives."""
    received: list[str] = []

    def respond(request: Received) -> Reply:
        received.append(request.body.decode())
        return Reply(200, b"ok")

    local_aws.secrets[SECRET] = serve(respond).url
    return received


def question(text: str) -> dict[str, object]:
    return events.rest_request("POST", "/api/genai/chatclient", json.dumps(text))


def test_a_chat_adds_an_owner_that_the_next_question_finds(chat: Environment, local_aws: LocalAws) -> None:
    local_aws.turns += [calls(("add_owner", OWNER)), says("Added.")]
    added = chat.invoke(question("add Ada"))
    local_aws.turns += [calls(("list_owners", {"name": "byron"})), says("Ada 바이런 🐈")]
    found = chat.invoke(question("who is Byron?"))

    assert (added.status, added.body) == (200, "Added.")
    assert (found.status, found.body) == (200, "Ada 바이런 🐈")
    assert '\\"Rome\\"' in json.dumps(json.dumps(local_aws.asked[-1]["messages"]))
    assert local_aws.secret_reads == 1


def test_every_line_of_a_chats_log_is_json_of_its_request_and_trace(
    chat: Environment, local_aws: LocalAws
) -> None:
    local_aws.turns += [calls(("list_owners", {})), says("Five.")]
    lines = chat.invoke(question("who is there?")).lines

    assert [line["message"] for line in lines] == ["ran a tool", "the model answered"]
    for line in lines:
        assert (line["level"], line["requestId"]) == ("INFO", "request-1")
        assert line["trace"] == "1-6564f3a0-0123456789abcdef01234567"


def test_a_chats_trace_says_where_the_time_goes(
    start: Start, local_aws: LocalAws, database_server: mariadb.Server
) -> None:
    local_aws.secrets[SECRET] = json.dumps({"username": "clinic", "password": mariadb.PASSWORD})
    local_aws.turns += [calls(("list_vets", {})), says("Three.")]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(5)
        start(
            "genai",
            CLINIC_HOST="127.0.0.1",
            CLINIC_PORT=str(database_server.port),
            CLINIC_SCHEMA="petclinic",
            CLINIC_SECRET_ARN=SECRET,
            DATABASE_CA=str(database_server.authority),
            ASSISTANT_MODEL_ID="m",
            AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{daemon.getsockname()[1]}",
        ).invoke(question("vets?"))
        names = [json.loads(daemon.recv(65536).split(b"\n")[1])["name"] for _ in range(5)]

    assert names == [
        "bedrock-runtime converse",
        "secretsmanager get_secret_value",
        "connect to the database",
        "tool list_vets",
        "bedrock-runtime converse",
    ]


def test_a_chat_that_fails_is_503_and_one_error_line(start: Start, local_aws: LocalAws) -> None:
    outcome = start("genai", ASSISTANT_MODEL_ID="m").invoke(question("hi"))

    assert outcome.status == 503
    assert "Traceback" not in outcome.body
    assert [line["level"] for line in outcome.lines] == ["ERROR"]
    assert "_SCHEMA" in str(outcome.lines[0]["cause"])


def test_an_alarm_reaches_slack(start: Start, slack: list[str]) -> None:
    outcome = start("slack_notifier", WEBHOOK_SECRET_ARN=SECRET).invoke(events.sns(events.alarm()))

    assert outcome.answer == {"delivered": 1}
    assert "ALARM: customers-cpu" in slack[0]


def test_an_event_and_the_test_message_of_a_bucket_reach_slack(start: Start, slack: list[str]) -> None:
    messages = (json.dumps(events.rotation(SECRET, datetime.now(UTC))), json.dumps(events.s3_test()))
    outcome = start("slack_notifier", WEBHOOK_SECRET_ARN=SECRET).invoke(
        events.sns(*messages, subject="Amazon S3 Notification")
    )

    assert outcome.answer == {"delivered": 2}
    assert "RotationSucceeded" in slack[0]
    assert "Amazon S3 Notification" in slack[1]


def test_a_record_that_fails_fails_the_invocation_after_the_others(start: Start, slack: list[str]) -> None:
    outcome = start("slack_notifier", WEBHOOK_SECRET_ARN=SECRET).invoke(events.sns("one", " ", "two"))

    assert (outcome.error["errorType"], outcome.error["errorMessage"]) == (
        "Incomplete",
        "1 of 3 records were not delivered",
    )
    assert len(slack) == 2


def test_a_rotation_rolls_the_holders_and_is_notified(start: Start, local_aws: LocalAws) -> None:
    at = datetime.now(UTC) - timedelta(seconds=5)
    local_aws.deployments["customers"] = (at - timedelta(days=1)).timestamp()
    rolls = json.dumps({SECRET: [{"cluster": CLUSTER, "service": "customers"}]})
    environment = start("credential_refresh", ROLLS=rolls, NOTIFICATIONS_TOPIC_ARN=TOPIC)
    first = environment.invoke(events.rotation(SECRET, at))
    second = environment.invoke(events.rotation(SECRET, at))

    assert first.answer == {"rolled": ["customers"], "already current": [], "failed": []}
    assert second.answer == {"rolled": [], "already current": ["customers"], "failed": []}
    assert len(local_aws.rolled) == 1
    assert "rolled: customers" in local_aws.published[0]["Message"]


def test_an_owners_details_are_answered(start: Start, serve: Serve) -> None:
    def services(request: Received) -> Reply:
        if request.path == "/owners/6":
            return reply_json({"id": 6, "firstName": "길동", "pets": [{"id": 7, "name": "Max 🐈"}]})
        return reply_json({"items": [{"id": 1, "petId": 7, "date": "2026-01-02", "description": "x"}]})

    url = serve(services).url
    outcome = start("owner_details", CUSTOMERS_SERVICE_URL=url, VISITS_SERVICE_URL=url).invoke(
        events.rest_request("GET", "/api/gateway/owners/6")
    )
    owner = json.loads(outcome.body)

    assert (outcome.status, owner["firstName"]) == (200, "길동")
    assert owner["pets"][0]["visits"][0]["date"] == "2026-01-02"
