"""The reference spec deployed to the local AWS, and a chat through its API Gateway with a real MariaDB behind it.

The model alone is ours: MiniStack's gives fixed answers and asks for no tools.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from petc.local import environment, process
from tests.lambda_src import events, mariadb
from tests.lambda_src.endpoints import Endpoint, LocalAws, Received, Reply, calls, says
from tests.lambda_src.zips import ROOT

OWNER = {"firstName": "Ada", "lastName": "Byron", "address": "1 St", "city": "Rome", "telephone": "12"}
DAY = ("--as-of", "2026-11-23")


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stage on the local AWS: the API's address, its model, and its database."""

    api: str
    model: LocalAws
    database: mariadb.Server
    endpoint: str

    def asked(self, body: str) -> tuple[int, str]:
        """Post to the chat through the local API Gateway, and return status and text."""
        parts = urlsplit(self.api)
        # By address, because not every resolver knows names below `localhost`.
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=40)
        headers = {"Host": parts.netloc, "Content-Type": "application/json"}
        connection.request("POST", f"{parts.path.rstrip('/')}/api/genai/chatclient", body.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def client(self, service: str) -> Any:
        """Return a client of the local AWS."""
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name="us-west-2",
            aws_access_key_id="123456789012", aws_secret_access_key="local",
        )  # fmt: skip


@pytest.fixture(scope="module")
def deployed(database_server: mariadb.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    home = tmp_path_factory.mktemp("project")
    model = LocalAws()
    with ExitStack() as stack:
        bedrock = stack.enter_context(Endpoint(model.respond))
        _project(home, database_server, bedrock.url)
        stack.callback(process.stop, home / ".petc" / "local")
        _petc(home, "compile", "--stage", "dev", "--no-lint", *DAY)
        _petc(home, "bootstrap", "--stage", "dev", "--local", "--yes")
        _petc(home, "deploy", "--stage", "dev", "--local", "--yes", *DAY)
        status = json.loads(_petc(home, "status", "--stage", "dev", "--local", "--format", "json"))
        here = {item["name"]: next(iter(item["here"].values()), "") for item in status["outputs"]}
        running = process.running(home / ".petc" / "local")
        assert running
        made = Deployed(here["ApiUrl"], model, database_server, running.endpoint)
        _admit(made)
        stack.callback(database_server.run, "DELETE FROM owners WHERE id > 5")
        yield made


def _project(home: Path, server: mariadb.Server, bedrock: str) -> None:
    for part in ("spec", "schemas", "lambda_src", "frontend"):
        shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    wheels = ROOT / ".petc" / "wheels"
    if wheels.is_dir():  # so that no index is asked again
        shutil.copytree(wheels, home / ".petc" / "wheels")
    spec = home / "spec" / "petclinic.yaml"
    text = spec.read_text("utf-8")
    own = {"DATABASE_CA": str(server.authority), "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock}
    for old, new in (
        ("    schema: petclinic\n", f"    schema: petclinic\n    port: {server.port}\n"),
        (
            "    source: ../lambda_src/genai\n",
            f"    source: ../lambda_src/genai\n    environment: {json.dumps(own)}\n",
        ),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    spec.write_text(text, "utf-8")


def _petc(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("petc")), *arguments],
        cwd=home, capture_output=True, text=True, check=False, timeout=400,
        env={**os.environ, environment.DATABASE: "127.0.0.1", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def _secret(made: Deployed, function: str, variable: str) -> str:
    """Return the ARN of a secret that a deployed function was given."""
    found = made.client("lambda").get_function_configuration(FunctionName=f"petclinic-dev-{function}")
    return str(found["Environment"]["Variables"][variable])


def _arn(made: Deployed, function: str) -> str:
    found = made.client("lambda").get_function_configuration(FunctionName=f"petclinic-dev-{function}")
    return str(found["FunctionArn"])


def _dead_letters(made: Deployed, function: str) -> str:
    """Return the name of the queue that gets what a function failed to handle."""
    found = made.client("lambda").get_function_event_invoke_config(
        FunctionName=f"petclinic-dev-{function}", Qualifier="$LATEST"
    )
    return str(found["DestinationConfig"]["OnFailure"]["Destination"]).rpartition(":")[2]


def _held(made: Deployed) -> dict[str, str]:
    """Return what the database's managed secret holds."""
    arn = _secret(made, "genai", "CLINIC_SECRET_ARN")
    value: dict[str, str] = json.loads(
        made.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    )
    return value


def _put(made: Deployed, arn: str, value: str) -> None:
    made.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=value)


def _admit(made: Deployed) -> None:
    """Let the database know the user of the managed secret, as RDS does."""
    user = _held(made)
    made.database.run(
        f"CREATE OR REPLACE USER {user['username']}@'%' IDENTIFIED BY '{user['password']}' REQUIRE SSL",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON petclinic.* TO {user['username']}@'%'",
    )


def _eventually(look: Callable[[], bool], seconds: float = 40.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if look():
            return True
        time.sleep(0.2)
    return False


@dataclass(slots=True)
class Slack:
    """Slack: what it received, and whether it takes anything."""

    received: list[str] = field(default_factory=list)
    refuses: bool = False

    def respond(self, request: Received) -> Reply:
        self.received.append(request.body.decode())
        return Reply(403, b"invalid_token") if self.refuses else Reply(200, b"ok")


@pytest.fixture(scope="module")
def slack(deployed: Deployed) -> Iterator[Slack]:
    """Slack, whose address stands in the webhook's secret as the operator puts it there."""
    made = Slack()
    with Endpoint(made.respond) as endpoint:
        _put(deployed, _secret(deployed, "slack-notifier", "WEBHOOK_SECRET_ARN"), endpoint.url)
        yield made


def test_a_chat_adds_an_owner_that_the_next_question_finds(deployed: Deployed) -> None:
    deployed.model.turns += [calls(("add_owner", OWNER)), says("Ada Byron was added.")]
    added = deployed.asked('"Please add Ada Byron, 1 St, Rome, telephone 12."')
    deployed.model.turns += [calls(("list_owners", {"name": "Byron"})), says("Ada Byron lives in Rome.")]
    found = deployed.asked('{"message": "Where does Byron live?"}')

    assert added == (200, "Ada Byron was added.")
    assert found == (200, "Ada Byron lives in Rome.")
    assert '"Rome"' in json.dumps(deployed.model.asked[-1]["messages"])
    assert deployed.model.models[-1] == "us.anthropic.claude-haiku-5-5"
    assert deployed.database.run("SELECT COUNT(*) FROM owners WHERE last_name = 'Byron'") == [(1,)]


def test_a_bad_question_is_refused_through_the_gateway(deployed: Deployed) -> None:
    assert deployed.asked("hello")[0] == 400
    assert deployed.asked("[]")[0] == 400


def test_a_rotated_password_is_not_noticed_by_the_next_question(deployed: Deployed) -> None:
    rotated = json.dumps({**_held(deployed), "password": "another one"})
    _put(deployed, _secret(deployed, "genai", "CLINIC_SECRET_ARN"), rotated)
    _admit(deployed)
    deployed.database.restart()
    deployed.model.turns += [calls(("list_owners", {})), says("Some.")]

    assert deployed.asked('"who is there?"') == (200, "Some.")


def test_a_rotation_matches_its_rule_rolls_the_services_and_tells_slack(
    deployed: Deployed, slack: Slack
) -> None:
    """Nobody but AWS may put an event of AWS on a bus, so rule and function get the same one apart."""
    arn = _secret(deployed, "genai", "CLINIC_SECRET_ARN")
    event = json.dumps(events.rotation(arn, datetime.now(UTC)))
    rules = deployed.client("events")
    named = rules.list_rule_names_by_target(TargetArn=_arn(deployed, "credential-refresh"))["RuleNames"]
    patterns = [rules.describe_rule(Name=name)["EventPattern"] for name in named]
    deployed.client("lambda").invoke(
        FunctionName="petclinic-dev-credential-refresh", InvocationType="Event", Payload=event
    )

    assert [rules.test_event_pattern(EventPattern=item, Event=event)["Result"] for item in patterns] == [True]
    assert _eventually(lambda: any("services were rolled" in message for message in slack.received))
    assert [
        slack.received[-1].count(name) for name in ("ServiceCustomers", "ServiceVets", "ServiceVisits")
    ] == [1] * 3


def test_an_alarm_reaches_slack(deployed: Deployed, slack: Slack) -> None:
    cloudwatch = deployed.client("cloudwatch")
    name = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm"])["MetricAlarms"][0]["AlarmName"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="tried")

    assert _eventually(lambda: any(f"ALARM: {name}" in message for message in slack.received))


def test_what_slack_does_not_take_becomes_a_dead_letter(deployed: Deployed, slack: Slack) -> None:
    """Invoked as SNS does, which hands a message over and does not wait."""
    slack.refuses = True
    deployed.client("lambda").invoke(
        FunctionName="petclinic-dev-slack-notifier",
        InvocationType="Event",
        Payload=json.dumps(events.sns("nobody reads this")),
    )
    queues = deployed.client("sqs")
    letters = queues.get_queue_url(QueueName=_dead_letters(deployed, "slack-notifier"))["QueueUrl"]

    assert _eventually(lambda: "nobody reads this" in str(queues.receive_message(QueueUrl=letters)))
